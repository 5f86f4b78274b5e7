import AuspexTensors
import Foundation

/// Scales pictures and fields of any number of channels, uint8 or float32; libswscale only handles colours.
///
/// Every output number is a weighted mean of the numbers around its position, rows and columns separately. A smaller picture averages over its pixels'
/// area: the kernels widen with the factor.
package struct FieldResizing {
    private struct Taps {
        var first: Int
        var weights: [Float]
    }

    private let rows: [Taps]
    private let columns: [Taps]
    private let plan: ScalingPlan
    private let range: ClosedRange<Float>?

    /// - Parameter range: of float values: filters that overshoot are clamped to it.
    package init(
        from stored: FrameSize, plan: ScalingPlan, filter: ClipRequest.ScalingFilter, range: ClosedRange<Float>? = nil
    ) {
        self.plan = plan
        self.range = range
        rows = Self.taps(from: stored.height, to: plan.scaled.height, filter)
        columns = Self.taps(from: stored.width, to: plan.scaled.width, filter)
    }

    private static func taps(from old: Int, to new: Int, _ filter: ClipRequest.ScalingFilter) -> [Taps] {
        let ratio = Double(old) / Double(new)
        // A box narrower than a pixel would have holes: a larger picture is interpolated.
        let kernel = filter == .area && ratio < 1 ? .bilinear : filter
        let scale = max(1, ratio)
        return (0..<new).map { place in
            let centre = (Double(place) + 0.5) * ratio
            if kernel == .nearest { return Taps(first: min(old - 1, Int(centre)), weights: [1]) }
            let reach = kernel.reach * scale
            let first = max(0, Int((centre - reach - 0.5).rounded(.down)))
            let last = min(old - 1, Int((centre + reach + 0.5).rounded(.up)))
            var weights = (first...last).map { pixel -> Double in
                if kernel == .area {
                    return max(0, min(Double(pixel) + 1, centre + reach) - max(Double(pixel), centre - reach))
                }
                return kernel.weight((Double(pixel) + 0.5 - centre) / scale)
            }
            let sum = weights.reduce(0, +)
            weights = weights.map { $0 / sum }
            return Taps(first: first, weights: weights.map(Float.init))
        }
    }

    /// - Parameter frame: `[H, W, C]`, uint8 or float32.
    /// - Returns: the frame scaled and cropped, of the same type; bytes are rounded.
    package func resized(_ frame: Tensor) -> Tensor {
        let depth = frame.shape[2]
        let floats: [Float] =
            frame.elementType == .uint8 ? frame.scalars(as: UInt8.self).map(Float.init) : frame.scalars
        let width = frame.shape[1]
        var narrow = [Float](repeating: 0, count: frame.shape[0] * columns.count * depth)
        for y in 0..<frame.shape[0] {
            for (x, taps) in columns.enumerated() {
                for (tap, weight) in taps.weights.enumerated() {
                    let source = (y * width + taps.first + tap) * depth
                    let out = (y * columns.count + x) * depth
                    for c in 0..<depth { narrow[out + c] += weight * floats[source + c] }
                }
            }
        }
        let rowLength = columns.count * depth
        var small = [Float](repeating: 0, count: rows.count * rowLength)
        for (y, taps) in rows.enumerated() {
            for (tap, weight) in taps.weights.enumerated() {
                let source = (taps.first + tap) * rowLength
                for i in 0..<rowLength { small[y * rowLength + i] += weight * narrow[source + i] }
            }
        }
        let shape = [rows.count, columns.count, depth]
        guard frame.elementType == .uint8 else {
            if let range { small = small.map { min(range.upperBound, max(range.lowerBound, $0)) } }
            return plan.cut(Tensor(small, shape: shape))
        }
        return plan.cut(Tensor(small.map { UInt8(min(255, max(0, $0.rounded()))) }, shape: shape))
    }
}

extension ClipRequest.ScalingFilter {
    /// Half the kernel's width in pixels.
    fileprivate var reach: Double {
        switch self {
        case .nearest, .area: 0.5
        case .bilinear: 1
        case .bicubic: 2
        case .lanczos: 3
        }
    }

    /// - Source: R. Keys 1981, "Cubic convolution interpolation", a = −0.6 as in libswscale; C. Lanczos, three lobes.
    fileprivate func weight(_ distance: Double) -> Double {
        let x = abs(distance)
        guard x < reach else { return 0 }
        switch self {
        case .nearest, .area: return 1
        case .bilinear: return 1 - x
        case .bicubic:
            let a = -0.6
            return x < 1 ? ((a + 2) * x - (a + 3)) * x * x + 1 : ((x - 5) * x + 8) * x * a - 4 * a
        case .lanczos:
            guard x > 1e-9 else { return 1 }
            let angle = Double.pi * x
            return sin(angle) / angle * sin(angle / 3) / (angle / 3)
        }
    }
}
