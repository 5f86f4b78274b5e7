import AuspexTensors
import AuspexVideo

/// How far predicted paths of pixels are from the true ones: the endpoint error, the distance in pixels between where a pixel of the last given frame is
/// said to go and where it goes. Known for drawn sources alone.
///
/// Source: Otte and Nagel 1994; Baker et al. 2011, "A Database and Evaluation Methodology for Optical Flow", section 4.1.
public struct MotionScores: Codable, Sendable, Equatable {
    /// The pixels that a mean is over.
    public enum Group: String, Codable, Sendable, CaseIterable {
        /// All of them.
        case all
        /// Those of moving things that have not bounced by then.
        case straight
        /// Those of moving things that have bounced since the last given frame.
        case bounced
        /// Those of the background.
        case behind

        /// The heading of its column.
        var heading: String {
            switch self {
            case .all: "all"
            case .straight: "in front, straight"
            case .bounced: "in front, bounced"
            case .behind: "behind"
            }
        }
    }

    /// The mean over pixels of a group.
    public struct Mean: Codable, Sendable, Equatable {
        /// Over all predicted frames, in pixels.
        public var value: Double
        /// At each predicted frame; nil where the group has no pixel.
        public var perStep: [Double?]
        /// The share of all pixels and frames that the group is.
        public var share: Double
    }

    /// By the group's name; a group without a pixel is absent.
    public var endpointError: [String: Mean]
}

/// One forecaster's endpoint errors so far.
struct MotionTally {
    private var sums: [MotionScores.Group: [Double]] = [:]
    private var counts: [MotionScores.Group: [Int]] = [:]
    private let steps: Int

    init(steps: Int) { self.steps = steps }

    /// - Parameters:
    ///   - paths: predicted ones of one clip, `[T, H, W, 2]`.
    ///   - truth: the true ones.
    mutating func add(_ paths: Tensor, truth: SceneMotion) {
        let distances = squareRoot(sum(square(paths - truth.displacement), along: [3])).scalars
        let pixels = truth.isInFront.count
        for step in 0..<steps {
            var found: [MotionScores.Group: (sum: Double, count: Int)] = [:]
            for pixel in 0..<pixels {
                let distance = Double(distances[step * pixels + pixel])
                let group: MotionScores.Group =
                    !truth.isInFront[pixel] ? .behind : truth.hasBounced[step * pixels + pixel] ? .bounced : .straight
                found[group, default: (0, 0)].sum += distance
                found[group, default: (0, 0)].count += 1
            }
            let all = found.values
            found[.all] = (
                MotionScores.Group.allCases.reduce(0) { $0 + (found[$1]?.sum ?? 0) }, all.reduce(0) { $0 + $1.count }
            )
            for (group, (sum, count)) in found {
                sums[group, default: [Double](repeating: 0, count: steps)][step] += sum
                counts[group, default: [Int](repeating: 0, count: steps)][step] += count
            }
        }
    }

    /// Nil without a clip.
    var scores: MotionScores? {
        guard let whole = counts[.all]?.reduce(0, +), whole > 0 else { return nil }
        return MotionScores(
            endpointError: Dictionary(
                uniqueKeysWithValues: counts.map { group, counts in
                    let sums = sums[group] ?? []
                    let count = counts.reduce(0, +)
                    return (
                        group.rawValue,
                        MotionScores.Mean(
                            value: sums.reduce(0, +) / Double(count),
                            perStep: zip(sums, counts).map { $1 > 0 ? $0 / Double($1) : nil },
                            share: Double(count) / Double(whole))
                    )
                }))
    }
}
