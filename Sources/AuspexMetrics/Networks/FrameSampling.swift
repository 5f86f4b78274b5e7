import AuspexTensors

/// How a frame's pixels become those of another size: the rules that people's resizing follows, each exactly.
public enum FrameSampling: String, Sendable, CaseIterable, Codable {
    /// Bilinear, output i at `i · in / out`: TensorFlow 1's `resize_bilinear`, and so the published FVD.
    case corner
    /// Bilinear, output i at `(i + ½) · in / out − ½`: PyTorch's `interpolate` with `align_corners=False`, OpenCV's `INTER_LINEAR`.
    case centred
    /// Bilinear, output i at `i · (in − 1) / (out − 1)`: `align_corners=True`.
    case aligned
    /// The pixel at `⌊i · in / out⌋`: PyTorch's `nearest`, the default of its `interpolate`.
    case nearest
    /// Cubic with a = −¾, centred, not clipped: PyTorch's and OpenCV's bicubic.
    case bicubic
    /// Bilinear, centred, the triangle as wide as an output pixel where frames shrink, rounded to bytes: Pillow, and torchvision on pictures.
    case antialiased
    /// The mean of the pixels that an output touches: PyTorch's `area`.
    case area

    public var summary: String {
        switch self {
        case .corner: "bilinear, corner-based (i·in/out), no antialias"
        case .centred: "bilinear, centre-based, no antialias"
        case .aligned: "bilinear, corners aligned, no antialias"
        case .nearest: "nearest pixel"
        case .bicubic: "bicubic (a = −0.75), centre-based, no antialias"
        case .antialiased: "bilinear, centre-based, antialiased, rounded to bytes"
        case .area: "mean of the area"
        }
    }

    /// Whether the result passes through bytes.
    var roundsToBytes: Bool { self == .antialiased }
}

/// For every output along a side, the pixels that it is made of and their shares.
package struct FrameTaps: Sendable, Equatable {
    /// Pixels an output has, padded with shares of 0.
    package let width: Int
    /// `[output, width]`.
    package private(set) var pixels: [Int]
    /// `[output, width]`.
    package private(set) var shares: [Float]

    /// - Parameter taken: which of the `outputs` are wanted.
    init(_ sampling: FrameSampling, inputs: Int, outputs: Int, taking taken: Range<Int>) {
        let taps = taken.map { Self.taps(sampling, of: $0, inputs: inputs, outputs: outputs) }
        width = taps.map(\.count).max() ?? 1
        (pixels, shares) = ([], [])
        for tap in taps {
            let padding = width - tap.count
            pixels += tap.map { min(max($0.pixel, 0), inputs - 1) } + [Int](repeating: 0, count: padding)
            shares += tap.map(\.share) + [Float](repeating: 0, count: padding)
        }
    }

    /// The pixels of one output; those beyond the ends stand for the ends.
    private static func taps(
        _ sampling: FrameSampling, of output: Int, inputs: Int, outputs: Int
    ) -> [(pixel: Int, share: Float)] {
        let step = Float(inputs) / Float(outputs)
        let centre = (Float(output) + 0.5) * step - 0.5
        func linear(_ place: Float) -> [(pixel: Int, share: Float)] {
            let first = min(Int(place), inputs - 1)
            let share = place - Float(first)
            return [(first, 1 - share), (first + 1, share)]
        }
        switch sampling {
        case .corner: return linear(Float(output) * step)
        case .centred: return linear(max(0, centre))
        case .aligned: return linear(outputs > 1 ? Float(output) * Float(inputs - 1) / Float(outputs - 1) : 0)
        case .nearest: return [(Int(Float(output) * step), 1)]
        case .bicubic:
            let first = Int(centre.rounded(.down))
            let part = centre - Float(first)
            return (-1...2).map { (first + $0, cubic(abs(part - Float($0)))) }
        case .antialiased:
            // Pillow: in Double, pixels whose centre lies under the triangle, shares made to sum to 1.
            let scale = Double(inputs) / Double(outputs)
            let reach = max(scale, 1)
            let middle = (Double(output) + 0.5) * scale
            let first = max(0, Int(middle - reach + 0.5))
            let pixels = Array(first..<max(first + 1, min(inputs, Int(middle + reach + 0.5))))
            let weights = pixels.map { max(0, 1 - abs((Double($0) - middle + 0.5) / reach)) }
            let sum = weights.reduce(0, +)
            return zip(pixels, weights).map { ($0, Float($1 / sum)) }
        case .area:
            let first = output * inputs / outputs
            let end = ((output + 1) * inputs + outputs - 1) / outputs
            return (first..<end).map { ($0, 1 / Float(end - first)) }
        }
    }

    /// The cubic kernel of Keys 1981 with a = −¾.
    private static func cubic(_ x: Float) -> Float {
        let a: Float = -0.75
        if x <= 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
        if x < 2 { return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a }
        return 0
    }

    var outputs: Int { pixels.count / width }

    /// Which of the pixels any output is made of.
    func used(of inputs: Int) -> [Bool] {
        var used = [Bool](repeating: false, count: inputs)
        for (pixel, share) in zip(pixels, shares) where share != 0 { used[pixel] = true }
        return used
    }

    /// A row of `[W, 3]` pixels to one of `[outputs, 3]`, at a place of `lines`.
    func addPixels(of row: [Float], to lines: inout [Float], at place: Int, rounding: Bool) {
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
                    if rounding { (red, green, blue) = (toByte(red), toByte(green), toByte(blue)) }
                    let target = place + output * 3
                    (lines[target], lines[target + 1], lines[target + 2]) = (red, green, blue)
                }
            }
        }
    }

    /// Rows of `length` numbers to `outputs` rows, scaled and shifted.
    func addRows(
        of lines: [Float], length: Int, to out: UnsafeMutablePointer<Float>, rounding: Bool, scale: Float, offset: Float
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
                if rounding { for i in 0..<length { target[i] = toByte(target[i]) } }
                for i in 0..<length { target[i] = target[i] * scale + offset }
            }
        }
    }
}

/// The nearest whole number that a byte holds.
@inline(__always)
private func toByte(_ value: Float) -> Float { min(max((value + 0.5).rounded(.down), 0), 255) }
