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
    /// The distances of a group's pixels at one step.
    private struct Distances {
        var sum = 0.0
        var count = 0

        mutating func add(_ other: Distances) {
            sum += other.sum
            count += other.count
        }
    }

    /// By step, for the groups that pixels fall into; all of them follow from these.
    private var straight: [Distances]
    private var bounced: [Distances]
    private var behind: [Distances]

    init(steps: Int) {
        let none = [Distances](repeating: Distances(), count: steps)
        (straight, bounced, behind) = (none, none, none)
    }

    /// - Parameters:
    ///   - paths: predicted ones of one clip, `[T, H, W, 2]`.
    ///   - truth: the true ones.
    mutating func add(_ paths: Tensor, truth: SceneMotion) {
        let distances = squareRoot(sum(square(paths - truth.displacement), along: [3])).scalars
        let pixels = truth.isInFront.count
        for (place, distance) in distances.enumerated() {
            let (step, one) = (place / pixels, Distances(sum: Double(distance), count: 1))
            if !truth.isInFront[place % pixels] {
                behind[step].add(one)
            } else if truth.hasBounced[place] {
                bounced[step].add(one)
            } else {
                straight[step].add(one)
            }
        }
    }

    /// Nil without a clip.
    var scores: MotionScores? {
        let all = straight.indices.map { step in
            var sum = straight[step]
            sum.add(bounced[step])
            sum.add(behind[step])
            return sum
        }
        let whole = all.reduce(0) { $0 + $1.count }
        guard whole > 0 else { return nil }
        var means: [String: MotionScores.Mean] = [:]
        let groups: [(MotionScores.Group, [Distances])] = [
            (.all, all), (.straight, straight), (.bounced, bounced), (.behind, behind),
        ]
        for (group, steps) in groups {
            let count = steps.reduce(0) { $0 + $1.count }
            guard count > 0 else { continue }
            means[group.rawValue] = MotionScores.Mean(
                value: steps.reduce(0) { $0 + $1.sum } / Double(count),
                perStep: steps.map { $0.count > 0 ? $0.sum / Double($0.count) : nil },
                share: Double(count) / Double(whole))
        }
        return MotionScores(endpointError: means)
    }
}
