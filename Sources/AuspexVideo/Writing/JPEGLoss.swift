/// What a picture loses when it is kept as JPEG and read again: byte for byte as libjpeg-turbo does both, and so Pillow, OpenCV and torchvision.
///
/// No file is made: after its quantiser, JPEG loses nothing more. Colours become BT.601's Y, Cb and Cr of full range, the last two halved both ways (4:2:0).
///
/// Source: ITU-T T.81 (1992), annexes A and K; rounding, edges and the interpolation of chroma are those of libjpeg-turbo's defaults (slow integer transform,
/// fancy upsampling), found by comparing with Pillow.
struct JPEGLoss {
    private let luminance: JPEGQuantiser
    private let chrominance: JPEGQuantiser

    /// - Parameter quality: 1 to 100: Pillow writes 75 unasked, OpenCV 95.
    init(quality: Int) {
        luminance = JPEGQuantiser(JPEGQuantiser.luminance, quality: quality)
        chrominance = JPEGQuantiser(JPEGQuantiser.chrominance, quality: quality)
    }

    /// - Parameters:
    ///   - pixels: `[H, W, C]`.
    ///   - channels: 3 (RGB) or 1 (grey).
    /// - Returns: `[H, W, C]`.
    func callAsFunction(_ pixels: UnsafeBufferPointer<UInt8>, height: Int, width: Int, channels: Int) -> [UInt8] {
        var planes = planes(of: pixels, height: height, width: width, channels: channels)
        luminance.pass(&planes[0])
        guard channels == 3 else { return planes[0].cut(height: height, width: width) }
        let chroma = planes[1...].map { plane in
            var halved = plane.halved(height: height, width: width)
            chrominance.pass(&halved)
            return halved.doubled(height: height, width: width)
        }
        var result = [UInt8](repeating: 0, count: height * width * 3)
        for y in 0..<height {
            for x in 0..<width {
                let luma = planes[0][y, x]
                let (blue, red) = (chroma[0][y * width + x] - 128, chroma[1][y * width + x] - 128)
                let place = (y * width + x) * 3
                // 1.402, −0.34414, −0.71414 and 1.772 in units of 2⁻¹⁶.
                result[place] = byte(luma + (91_881 * red + 32_768) >> 16)
                result[place + 1] = byte(luma + (-22_554 * blue - 46_802 * red + 32_768) >> 16)
                result[place + 2] = byte(luma + (116_130 * blue + 32_768) >> 16)
            }
        }
        return result
    }

    /// Y alone, or Y, Cb and Cr.
    private func planes(
        of pixels: UnsafeBufferPointer<UInt8>, height: Int, width: Int, channels: Int
    ) -> [JPEGPlane] {
        var planes = (0..<channels).map { _ in JPEGPlane(height: height, width: width) }
        for y in 0..<planes[0].height {
            for x in 0..<planes[0].width {
                // Beyond the edges the last pixels are repeated.
                let place = (min(y, height - 1) * width + min(x, width - 1)) * channels
                guard channels == 3 else {
                    planes[0][y, x] = Int32(pixels[place])
                    continue
                }
                let (r, g, b) = (Int32(pixels[place]), Int32(pixels[place + 1]), Int32(pixels[place + 2]))
                planes[0][y, x] = (19_595 * r + 38_470 * g + 7_471 * b + 32_768) >> 16
                // One less than a half: 128.5 would be the next number.
                planes[1][y, x] = (-11_059 * r - 21_709 * g + 32_768 * b + 128 << 16 + 32_767) >> 16
                planes[2][y, x] = (32_768 * r - 27_439 * g - 5_329 * b + 128 << 16 + 32_767) >> 16
            }
        }
        return planes
    }

    @inline(__always)
    private func byte(_ value: Int32) -> UInt8 { UInt8(truncatingIfNeeded: min(max(value, 0), 255)) }
}

/// Numbers 0…255 in whole blocks of 8×8.
private struct JPEGPlane {
    let height: Int
    let width: Int
    var values: [Int32]

    init(height: Int, width: Int) {
        self.height = (height + 7) / 8 * 8
        self.width = (width + 7) / 8 * 8
        values = [Int32](repeating: 0, count: self.height * self.width)
    }

    subscript(y: Int, x: Int) -> Int32 {
        get { values[y * width + x] }
        set { values[y * width + x] = newValue }
    }

    func cut(height: Int, width: Int) -> [UInt8] {
        (0..<height).flatMap { y in (0..<width).map { UInt8(self[y, $0]) } }
    }

    /// Means of 2×2, rounded down and up by turns so that nothing drifts.
    func halved(height: Int, width: Int) -> JPEGPlane {
        let rows = (height + 1) / 2
        var half = JPEGPlane(height: rows, width: (width + 1) / 2)
        for y in 0..<half.height {
            // Below the last row of means it is repeated, not the picture's.
            let top = 2 * min(y, rows - 1)
            let bottom = min(top + 1, height - 1)
            for x in 0..<half.width {
                let (left, right) = (min(2 * x, width - 1), min(2 * x + 1, width - 1))
                let sum = self[top, left] + self[top, right] + self[bottom, left] + self[bottom, right]
                half[y, x] = (sum + (x % 2 == 0 ? 1 : 2)) >> 2
            }
        }
        return half
    }

    /// Twice as many both ways, `[height, width]`: ¾ of the nearest and ¼ of the next, both ways.
    func doubled(height: Int, width: Int) -> [Int32] {
        let (rows, columns) = ((height + 1) / 2, (width + 1) / 2)
        var result = [Int32](repeating: 0, count: height * width)
        var sums = [Int32](repeating: 0, count: columns)
        for y in 0..<height {
            let near = y / 2
            let far = min(max(y % 2 == 0 ? near - 1 : near + 1, 0), rows - 1)
            for x in 0..<columns { sums[x] = 3 * self[near, x] + self[far, x] }
            for x in 0..<width {
                guard columns > 2 else {
                    result[y * width + x] = self[near, x / 2]
                    continue
                }
                let isLeft = x % 2 == 0
                let next = min(max(isLeft ? x / 2 - 1 : x / 2 + 1, 0), columns - 1)
                result[y * width + x] = (3 * sums[x / 2] + sums[next] + (isLeft ? 8 : 7)) >> 4
            }
        }
        return result
    }
}

/// The transform of blocks to frequencies, their rounding to multiples of a table's numbers, and back.
private struct JPEGQuantiser {
    private let steps: [Int32]

    init(_ table: [Int32], quality: Int) {
        let percent = Int32(quality < 50 ? 5000 / quality : 200 - 2 * quality)
        steps = table.map { min(max(($0 * percent + 50) / 100, 1), 255) }
    }

    /// Annex K, table K.1.
    static let luminance: [Int32] = [
        16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29,
        51, 87, 80, 62,
        18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101,
        72, 92, 95, 98, 112, 100, 103, 99,
    ]
    /// Annex K, table K.2: 99 but for its corner.
    static let chrominance: [Int32] = {
        var table = [Int32](repeating: 99, count: 64)
        let corner: [[Int32]] = [[17, 18, 24, 47], [18, 21, 26, 66], [24, 26, 56, 99], [47, 66, 99, 99]]
        for y in 0..<4 { for x in 0..<4 { table[y * 8 + x] = corner[y][x] } }
        return table
    }()

    func pass(_ plane: inout JPEGPlane) {
        let (height, width) = (plane.height, plane.width)
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: 64) { block in
            guard let numbers = block.baseAddress else { return }
            plane.values.withUnsafeMutableBufferPointer { values in
                for top in stride(from: 0, to: height, by: 8) {
                    for left in stride(from: 0, to: width, by: 8) {
                        for i in 0..<64 { numbers[i] = values[(top + i / 8) * width + left + i % 8] - 128 }
                        pass(numbers)
                        for i in 0..<64 {
                            values[(top + i / 8) * width + left + i % 8] = min(max(numbers[i] + 128, 0), 255)
                        }
                    }
                }
            }
        }
    }

    /// One block, in place.
    private func pass(_ block: UnsafeMutablePointer<Int32>) {
        // Two more bits between the passes; sums are eight times the frequencies.
        for row in 0..<8 { JPEGTransform.forward(block + row * 8, step: 1, whole: -2, rest: 11) }
        for column in 0..<8 { JPEGTransform.forward(block + column, step: 8, whole: 2, rest: 15) }
        for i in 0..<64 {
            let step = 8 * steps[i]
            let count = (abs(block[i]) + step / 2) / step
            block[i] = (block[i] < 0 ? -count : count) * steps[i]
        }
        for column in 0..<8 { JPEGTransform.inverse(block + column, step: 8, shift: 11) }
        for row in 0..<8 { JPEGTransform.inverse(block + row * 8, step: 1, shift: 18) }
    }
}

/// The discrete cosine transform of eight numbers, in whole numbers: Loeffler, Ligtenberg and Moschytz 1989, with constants in units of 2⁻¹³.
private enum JPEGTransform {
    @inline(__always)
    private static func rounded(_ value: Int32, _ bits: Int32) -> Int32 {
        bits > 0 ? (value + 1 << (bits - 1)) >> bits : value << -bits
    }

    /// - Parameters:
    ///   - step: from one of the eight to the next.
    ///   - whole: bits that the two sums without constants lose.
    ///   - rest: bits that the others lose.
    @inline(__always)
    static func forward(_ x: UnsafeMutablePointer<Int32>, step: Int, whole: Int32, rest: Int32) {
        let (s0, d0) = (x[0] + x[7 * step], x[0] - x[7 * step])
        let (s1, d1) = (x[step] + x[6 * step], x[step] - x[6 * step])
        let (s2, d2) = (x[2 * step] + x[5 * step], x[2 * step] - x[5 * step])
        let (s3, d3) = (x[3 * step] + x[4 * step], x[3 * step] - x[4 * step])
        let (outer, inner) = (s0 - s3, s1 - s2)
        x[0] = rounded(s0 + s3 + s1 + s2, whole)
        x[4 * step] = rounded(s0 + s3 - s1 - s2, whole)
        let turned = (outer + inner) * 4433
        x[2 * step] = rounded(turned + outer * 6270, rest)
        x[6 * step] = rounded(turned - inner * 15_137, rest)
        let odd = odd(d3, d2, d1, d0)
        x[7 * step] = rounded(odd.0, rest)
        x[5 * step] = rounded(odd.1, rest)
        x[3 * step] = rounded(odd.2, rest)
        x[step] = rounded(odd.3, rest)
    }

    /// - Parameter shift: bits that all sums lose.
    @inline(__always)
    static func inverse(_ x: UnsafeMutablePointer<Int32>, step: Int, shift: Int32) {
        let turned = (x[2 * step] + x[6 * step]) * 4433
        let (inner, outer) = (turned - x[6 * step] * 15_137, turned + x[2 * step] * 6270)
        let (sum, difference) = ((x[0] + x[4 * step]) << 13, (x[0] - x[4 * step]) << 13)
        let even = (sum + outer, difference + inner, difference - inner, sum - outer)
        let odd = odd(x[7 * step], x[5 * step], x[3 * step], x[step])
        x[0] = rounded(even.0 + odd.3, shift)
        x[7 * step] = rounded(even.0 - odd.3, shift)
        x[step] = rounded(even.1 + odd.2, shift)
        x[6 * step] = rounded(even.1 - odd.2, shift)
        x[2 * step] = rounded(even.2 + odd.1, shift)
        x[5 * step] = rounded(even.2 - odd.1, shift)
        x[3 * step] = rounded(even.3 + odd.0, shift)
        x[4 * step] = rounded(even.3 - odd.0, shift)
    }

    /// The turns of the odd half, which are the same both ways.
    @inline(__always)
    private static func odd(_ a: Int32, _ b: Int32, _ c: Int32, _ d: Int32) -> (Int32, Int32, Int32, Int32) {
        let all = (a + b + c + d) * 9633
        let (first, second) = ((a + d) * -7373, (b + c) * -20_995)
        let (third, fourth) = ((a + c) * -16_069 + all, (b + d) * -3196 + all)
        return (
            a * 2446 + first + third, b * 16_819 + second + fourth, c * 25_172 + second + third,
            d * 12_299 + first + fourth
        )
    }
}
