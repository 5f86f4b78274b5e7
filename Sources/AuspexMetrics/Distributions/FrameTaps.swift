import AuspexTensors

/// For every output along a side, the input pixels that it is made of and their weights.
package struct FrameTaps: Sendable, Equatable {
    /// Pixels per output, padded with weights of 0.
    package let width: Int
    /// `[output, width]`.
    package private(set) var pixels: [Int]
    /// `[output, width]`.
    package private(set) var shares: [Float]
    /// `[output, width]`, weights in units of 2⁻²², for the rule that computes in whole numbers; otherwise empty.
    private var wholeShares: [Int32] = []

    /// Fractional bits of a whole-number weight: with a byte's 8 bits and 2 for sums outside its range, they fill 32 (Pillow's `PRECISION_BITS`).
    private static let wholeBits: Int32 = 22

    /// - Parameter taken: which of the `outputs` are wanted.
    init(_ sampling: FrameSampling, inputs: Int, outputs: Int, taking taken: Range<Int>) {
        let taps = taken.map { Self.taps(sampling, of: $0, inputs: inputs, outputs: outputs) }
        width = taps.map(\.count).max() ?? 1
        (pixels, shares) = ([], [])
        for tap in taps {
            let padding = width - tap.count
            pixels += tap.map { min(max($0.pixel, 0), inputs - 1) } + [Int](repeating: 0, count: padding)
            shares += tap.map { Float($0.share) } + [Float](repeating: 0, count: padding)
            guard sampling.roundsToBytes else { continue }
            wholeShares +=
                tap.map { Int32($0.share * Double(1 << Self.wholeBits) + 0.5) } + [Int32](repeating: 0, count: padding)
        }
    }

    /// The input pixels of one output; those beyond the ends are replaced by the pixels at the ends.
    private static func taps(
        _ sampling: FrameSampling, of output: Int, inputs: Int, outputs: Int
    ) -> [(pixel: Int, share: Double)] {
        // PyTorch and TensorFlow compute positions and weights in Float.
        let step = Float(inputs) / Float(outputs)
        let centre = (Float(output) + 0.5) * step - 0.5
        func linear(_ place: Float) -> [(pixel: Int, share: Double)] {
            let first = min(Int(place), inputs - 1)
            let share = place - Float(first)
            return [(first, Double(1 - share)), (first + 1, Double(share))]
        }
        switch sampling {
        case .corner: return linear(Float(output) * step)
        case .centred: return linear(max(0, centre))
        case .aligned: return linear(outputs > 1 ? Float(output) * Float(inputs - 1) / Float(outputs - 1) : 0)
        case .nearest: return [(Int(Float(output) * step), 1)]
        case .bicubic:
            let first = Int(centre.rounded(.down))
            let part = centre - Float(first)
            return (-1...2).map { (first + $0, Double(cubic(abs(part - Float($0))))) }
        case .antialiased: return triangle(of: output, inputs: inputs, outputs: outputs)
        case .area:
            let first = output * inputs / outputs
            let end = ((output + 1) * inputs + outputs - 1) / outputs
            return (first..<end).map { ($0, Double(1 / Float(end - first))) }
        }
    }

    /// Pillow's: in Double, pixels whose centre is under the triangle, weights normalised to sum to 1. Multiplies by reciprocals as Pillow does, or last bits
    /// would differ.
    private static func triangle(of output: Int, inputs: Int, outputs: Int) -> [(pixel: Int, share: Double)] {
        let scale = Double(inputs) / Double(outputs)
        let reach = max(scale, 1)
        let middle = (Double(output) + 0.5) * scale
        let first = max(0, Int(middle - reach + 0.5))
        let pixels = Array(first..<max(first + 1, min(inputs, Int(middle + reach + 0.5))))
        let weights = pixels.map { max(0, 1 - abs((Double($0) - middle + 0.5) * (1 / reach))) }
        let unit = 1 / weights.reduce(0, +)
        return zip(pixels, weights).map { ($0, $1 * unit) }
    }

    /// The cubic kernel of Keys 1981 with a = −¾.
    private static func cubic(_ x: Float) -> Float {
        let a: Float = -0.75
        if x <= 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
        if x < 2 { return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a }
        return 0
    }

    var outputs: Int { pixels.count / width }

    /// The pixels that any output uses.
    func used(of inputs: Int) -> [Bool] {
        var used = [Bool](repeating: false, count: inputs)
        for (pixel, share) in zip(pixels, shares) where share != 0 { used[pixel] = true }
        return used
    }

    // MARK: Weights in floats

    /// Resizes a row of `[W, 3]` pixels to one of `[outputs, 3]`, written at an offset into `lines`.
    func addPixels(of row: [Float], to lines: inout [Float], at place: Int) {
        row.withUnsafeBufferPointer { row in
            lines.withUnsafeMutableBufferPointer { lines in
                for output in 0..<outputs {
                    var (red, green, blue) = (Float(0), Float(0), Float(0))
                    for tap in output * width..<(output + 1) * width {
                        let (share, pixel) = (shares[tap], pixels[tap] * 3)
                        red += share * row[pixel]
                        green += share * row[pixel + 1]
                        blue += share * row[pixel + 2]
                    }
                    let target = place + output * 3
                    (lines[target], lines[target + 1], lines[target + 2]) = (red, green, blue)
                }
            }
        }
    }

    /// Resizes rows of `length` numbers to `outputs` rows, scaled and shifted.
    func addRows(
        of lines: [Float], length: Int, to out: UnsafeMutablePointer<Float>, scale: Float, offset: Float
    ) {
        lines.withUnsafeBufferPointer { lines in
            guard let lines = lines.baseAddress else { return }
            for output in 0..<outputs {
                let target = out + output * length
                for tap in 0..<width {
                    let share = shares[output * width + tap]
                    let line = lines + pixels[output * width + tap] * length
                    if tap == 0 {
                        for i in 0..<length { target[i] = share * line[i] }
                    } else if share != 0 {
                        for i in 0..<length { target[i] += share * line[i] }
                    }
                }
                for i in 0..<length { target[i] = target[i] * scale + offset }
            }
        }
    }

    // MARK: Weights in whole numbers

    /// `addPixels` in whole numbers, rounded to bytes.
    func addPixels(of row: [UInt8], to lines: inout [UInt8], at place: Int) {
        row.withUnsafeBufferPointer { row in
            lines.withUnsafeMutableBufferPointer { lines in
                for output in 0..<outputs {
                    var (red, green, blue) = (Self.half, Self.half, Self.half)
                    for tap in output * width..<(output + 1) * width {
                        let (share, pixel) = (wholeShares[tap], pixels[tap] * 3)
                        red &+= share &* Int32(row[pixel])
                        green &+= share &* Int32(row[pixel + 1])
                        blue &+= share &* Int32(row[pixel + 2])
                    }
                    let target = place + output * 3
                    lines[target] = Self.byte(red)
                    lines[target + 1] = Self.byte(green)
                    lines[target + 2] = Self.byte(blue)
                }
            }
        }
    }

    /// `addRows` in whole numbers, rounded to bytes before they are scaled and shifted.
    func addRows(
        of lines: [UInt8], length: Int, to out: UnsafeMutablePointer<Float>, scale: Float, offset: Float
    ) {
        var sums = [Int32](repeating: 0, count: length)
        lines.withUnsafeBufferPointer { lines in
            guard let lines = lines.baseAddress else { return }
            for output in 0..<outputs {
                for i in 0..<length { sums[i] = Self.half }
                for tap in output * width..<(output + 1) * width where wholeShares[tap] != 0 {
                    let (share, line) = (wholeShares[tap], lines + pixels[tap] * length)
                    for i in 0..<length { sums[i] &+= share &* Int32(line[i]) }
                }
                let target = out + output * length
                for i in 0..<length { target[i] = Float(Self.byte(sums[i])) * scale + offset }
            }
        }
    }

    private static let half: Int32 = 1 << (wholeBits - 1)

    @inline(__always)
    private static func byte(_ sum: Int32) -> UInt8 { UInt8(truncatingIfNeeded: min(max(sum >> wholeBits, 0), 255)) }
}
