import AuspexSupport
import AuspexTensors
import Foundation

/// One channel of a picture, for loops over single pixels: row after row of float32.
package struct Plane: Sendable {
    package let height: Int
    package let width: Int
    package var values: [Float]

    package init(height: Int, width: Int, values: [Float]) {
        require(
            values.count == height * width, "Plane", "\(values.count, "value") for \(width)×\(height) pixels")
        self.height = height
        self.width = width
        self.values = values
    }

    /// Which pixel replaces one outside the picture.
    package enum Border: Sendable {
        /// The one at the edge.
        case repeated
        /// The mirror image, with the edge itself not repeated.
        case mirrored

        func index(_ place: Int, in count: Int) -> Int {
            switch self {
            case .repeated: return min(max(place, 0), count - 1)
            case .mirrored:
                guard count > 1 else { return 0 }
                let period = 2 * (count - 1)
                let folded = abs(place) % period
                return folded < count ? folded : period - folded
            }
        }
    }

    /// The correlation with a separable window: `Σᵢⱼ vertical[i] · horizontal[j] · p[y + i − r, x + j − r]`, windows of odd length.
    package func filtered(vertical: [Float], horizontal: [Float], border: Border) -> Plane {
        filtered(vertical: vertical, border: border).filtered(horizontal: horizontal, border: border)
    }

    func filtered(vertical taps: [Float], border: Border) -> Plane {
        var sums = [Float](repeating: 0, count: values.count)
        values.withUnsafeBufferPointer { values in
            sums.withUnsafeMutableBufferPointer { sums in
                for y in 0..<height {
                    for (tap, weight) in taps.enumerated() {
                        let source = border.index(y + tap - taps.count / 2, in: height) * width
                        for x in 0..<width { sums[y * width + x] += weight * values[source + x] }
                    }
                }
            }
        }
        return Plane(height: height, width: width, values: sums)
    }

    func filtered(horizontal taps: [Float], border: Border) -> Plane {
        let reach = taps.count / 2
        // A row with its surroundings, so that the inner loop needs no border checks.
        let sources = (-reach..<width + reach).map { border.index($0, in: width) }
        var row = [Float](repeating: 0, count: sources.count)
        var sums = [Float](repeating: 0, count: values.count)
        values.withUnsafeBufferPointer { values in
            row.withUnsafeMutableBufferPointer { row in
                sums.withUnsafeMutableBufferPointer { sums in
                    for y in 0..<height {
                        for (place, source) in sources.enumerated() { row[place] = values[y * width + source] }
                        for (tap, weight) in taps.enumerated() {
                            for x in 0..<width { sums[y * width + x] += weight * row[tap + x] }
                        }
                    }
                }
            }
        }
        return Plane(height: height, width: width, values: sums)
    }
}

/// `exp(−x² / 2σ²)` at whole numbers from −reach to reach, summing to 1.
package func gaussianWindow(reach: Int, deviation: Double) -> [Double] {
    let weights = (-reach...reach).map { exp(-Double($0 * $0) / (2 * deviation * deviation)) }
    let sum = weights.reduce(0, +)
    return weights.map { $0 / sum }
}
