import AuspexTensors

/// At most 256 colours that represent all colours of some frames, by median cut: boxes of colour space are halved where they vary most.
///
/// Source: Heckbert 1982, "Color image quantization for frame buffer display", with the box of largest squared deviation cut at its mean
/// (Wan, Wong and Prusinkiewicz 1988) instead of the fullest at its median: rare but distinct colours keep their own entries.
package struct Palette: Sendable {
    /// The colours as `0xRRGGBB`.
    package let colours: [UInt32]
    private let entries: [SIMD4<Int32>]
    /// The approximate distance of neighbouring entries in each component, which a dithering pattern must span.
    private let spacing: Int
    /// For each colour rounded to six bits per component, the nearest entry of the palette; -1 if not computed yet.
    private var nearest = [Int16](repeating: -1, count: 1 << 18)

    /// - Parameters:
    ///   - frames: uint8 pictures `[H, W, 3]` or `[H, W, 1]`.
    ///   - count: how many colours the palette may have, 1 to 256.
    package init(of frames: [Tensor], count: Int = 256) {
        var boxes = [Box(bins: Bin.histogram(of: frames))]
        while boxes.count < count {
            guard let worst = boxes.indices.max(by: { boxes[$0].deviation < boxes[$1].deviation }),
                let (low, high) = boxes[worst].halved()
            else { break }
            boxes[worst] = low
            boxes.append(high)
        }
        entries = boxes.map(\.mean)
        spacing = Palette.spacing(of: entries)
        colours = entries.map { UInt32($0[0]) << 16 | UInt32($0[1]) << 8 | UInt32($0[2]) }
    }

    private static func spacing(of entries: [SIMD4<Int32>]) -> Int {
        var sum = 0.0
        for (place, entry) in entries.enumerated() {
            var least = Int32.max
            for (other, neighbour) in entries.enumerated() where other != place {
                let difference = entry &- neighbour
                least = min(least, (difference &* difference).wrappedSum())
            }
            // Three equal components give the distance its factor √3.
            if least < Int32.max { sum += (Double(least) / 3).squareRoot() }
        }
        return Int((sum / Double(entries.count)).rounded())
    }

    /// The palette's entry for every pixel.
    ///
    /// - Parameter dithered: whether colours between two entries are shown as a fixed 4×4 pattern of both: smoother slopes,
    ///     and, unlike with error diffusion, still pixels do not flicker.
    package mutating func indices(of frame: Tensor, dithered: Bool = false) -> [UInt8] {
        let (height, width, channels) = (frame.shape[0], frame.shape[1], frame.shape[2])
        let (second, third) = channels == 3 ? (1, 2) : (0, 0)
        let strength = dithered ? spacing : 0
        return frame.withScalars(as: UInt8.self) { pixels in
            var result = [UInt8](repeating: 0, count: height * width)
            for row in 0..<height {
                for column in 0..<width {
                    let first = (row * width + column) * channels
                    let push = (Palette.bayer[(row & 3) * 4 + (column & 3)] * strength) / 16
                    let key =
                        Palette.sixBits(pixels[first], push) << 12 | Palette.sixBits(pixels[first + second], push) << 6
                        | Palette.sixBits(pixels[first + third], push)
                    if nearest[key] < 0 { nearest[key] = nearestEntry(to: key) }
                    result[row * width + column] = UInt8(nearest[key])
                }
            }
            return result
        }
    }

    private func nearestEntry(to key: Int) -> Int16 {
        // Extends six bits so that 0 stays 0 and 63 becomes 255.
        let colour = SIMD4<Int32>(truncatingIfNeeded: SIMD4(key >> 12 & 63, key >> 6 & 63, key & 63, 0) &* 255 / 63)
        var (best, least) = (0, Int32.max)
        for (index, entry) in entries.enumerated() {
            let difference = entry &- colour
            let distance = (difference &* difference).wrappedSum()
            if distance < least { (best, least) = (index, distance) }
        }
        return Int16(best)
    }

    private static func sixBits(_ value: UInt8, _ push: Int) -> Int {
        (max(0, min(255, Int(value) + push)) * 63 + 127) / 255
    }

    /// Bayer's 4×4 threshold matrix, centred on zero.
    private static let bayer = [-8, 0, -6, 2, 4, -4, 6, -2, -5, 3, -7, 1, 7, -1, 5, -3]
}

/// All pixels whose colours agree in their first six bits: their number and the sums of their components.
private struct Bin {
    var count = 0
    var sums = SIMD3<Int>(repeating: 0)

    var mean: SIMD3<Double> { SIMD3<Double>(sums) / Double(count) }

    static func histogram(of frames: [Tensor]) -> [Bin] {
        var bins = [Bin](repeating: Bin(), count: 1 << 18)
        for frame in frames {
            let channels = frame.shape[2]
            let (second, third) = channels == 3 ? (1, 2) : (0, 0)
            frame.withScalars(as: UInt8.self) { pixels in
                for first in stride(from: 0, to: pixels.count, by: channels) {
                    let colour = SIMD3(Int(pixels[first]), Int(pixels[first + second]), Int(pixels[first + third]))
                    let key = (colour[0] >> 2) << 12 | (colour[1] >> 2) << 6 | colour[2] >> 2
                    bins[key].count += 1
                    bins[key].sums &+= colour
                }
            }
        }
        return bins.filter { $0.count > 0 }
    }
}

/// A part of the colours that will share one entry.
private struct Box {
    let bins: [Bin]
    let mean: SIMD4<Int32>
    /// Sum of squared distances from the mean, over pixels.
    let deviation: Double
    private let axis: Int
    private let cut: Double

    init(bins: [Bin]) {
        self.bins = bins
        let count = bins.reduce(0) { $0 + $1.count }
        let centre = SIMD3<Double>(bins.reduce(SIMD3<Int>(repeating: 0)) { $0 &+ $1.sums }) / Double(max(1, count))
        var spread = SIMD3<Double>(repeating: 0)
        for bin in bins {
            let away = bin.mean - centre
            spread += away * away * Double(bin.count)
        }
        axis = (0..<3).max { spread[$0] < spread[$1] } ?? 0
        cut = centre[axis]
        deviation = spread.sum()
        mean = SIMD4<Int32>(SIMD4(centre.rounded(.toNearestOrEven), 0))
    }

    func halved() -> (Box, Box)? {
        let low = bins.filter { $0.mean[axis] <= cut }
        if low.count == bins.count || low.isEmpty { return nil }
        return (Box(bins: low), Box(bins: bins.filter { $0.mean[axis] > cut }))
    }
}
