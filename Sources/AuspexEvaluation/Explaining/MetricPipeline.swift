import AuspexConfiguration
import AuspexMetrics
import AuspexStatistics
import AuspexSupport
import AuspexTensors
import AuspexVideo

/// Everything that the value of a feature metric depends on, except the clips themselves.
public struct MetricPipeline: Sendable, Hashable, Codable {
    /// What is done to one set of clips.
    public struct Side: Sendable, Hashable, Codable {
        /// How frames become what the network takes.
        public var preparation: FramePreparation
        /// The codec that the clips went through before; nil for none.
        public var codec: LossyCodec?
        /// Which frames of a clip count.
        public var frames: FrameChoice
        /// The number of clips used, from the first of the set on.
        public var clips: Int

        /// Applies to every clip: it determines which pass through the network gives the features.
        var pass: Side {
            var pass = self
            pass.clips = 0
            return pass
        }
    }

    /// What is done to the real clips.
    public var real: Side
    /// What is done to the predicted clips.
    public var predicted: Side
    /// How the two sets of features are compared.
    public var distance: FeatureDistance

    subscript(side: MetricSide) -> Side {
        get { side == .real ? real : predicted }
        set { if side == .real { real = newValue } else { predicted = newValue } }
    }

    mutating func change(_ sides: [MetricSide], _ body: (inout Side) -> Void) {
        for side in sides { body(&self[side]) }
    }
}

/// Which frames of a clip are used.
public struct FrameChoice: Sendable, Hashable, Codable {
    /// The first, counted from 0.
    public var first = 0
    /// How many; nil takes all that follow.
    public var count: Int?
    /// From one frame to the next.
    public var stride = 1
    /// Shifts the clip by this many frames; the first or last frame is repeated at the ends.
    public var shift = 0

    /// Every frame.
    public static let all = FrameChoice()

    /// The frames of a clip of T.
    func frames(of total: Int) -> [Int] {
        Swift.stride(from: first, to: total, by: stride).prefix(count ?? total).map {
            min(max($0 + shift, 0), total - 1)
        }
    }
}

/// A distance of two sets of features.
public enum FeatureDistance: Sendable, Hashable {
    /// Fréchet's, with covariances divided by n or n − 1.
    case frechet(FeatureStatistics.Divisor)
    /// Of all clips at once, not the mean over subsets.
    case kernel(KernelDistance.Kernel)

    func callAsFunction(_ a: ClipFeatures, _ b: ClipFeatures) -> Double {
        switch self {
        case .frechet(let divisor): FrechetDistance.between(a, b, divisor: divisor)
        case .kernel(let kernel): KernelDistance.between(a, b, kernel: kernel)
        }
    }

    var isFrechet: Bool { if case .frechet = self { true } else { false } }
}

extension FeatureDistance: Codable {
    private var text: String {
        switch self {
        case .frechet(let divisor): "frechet/" + (divisor == .all ? "n" : "n-1")
        case .kernel(let kernel): "kernel/" + kernel.rawValue
        }
    }

    private static let known: [FeatureDistance] = [
        .frechet(.lessOne), .frechet(.all), .kernel(.scaled), .kernel(.plain),
    ]

    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let found = Self.known.first(where: { $0.text == text }) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "no distance is called '\(text)'"))
        }
        self = found
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

/// A metric whose deviations are known.
struct ExplainedMetric: Sendable {
    let name: String
    let convention: String
    let preparation: FramePreparation
    let distance: FeatureDistance
    /// The largest number of clips of each set that the metric uses.
    let mostClips: Int?

    /// - Throws: `MetricError.unknown`; `ConfigurationError` for a metric that is not computed from features of clips.
    init(named name: String) throws {
        if let variant = FrechetVideoDistance.Variant(rawValue: name) {
            self.init(
                name: name, preparation: variant.preparation, distance: .frechet(variant.divisor),
                mostClips: variant.mostClips)
        } else if let variant = KernelVideoDistance.Variant(rawValue: name) {
            self.init(
                name: name, preparation: .published, distance: .kernel(variant == .paper ? .plain : .scaled),
                mostClips: nil)
        } else {
            let known = MetricRegistry.standard.names
            guard known.contains(name) else {
                throw MetricError.unknown(name: name, nearest: NearestName.of(name, among: known), known: known)
            }
            throw ConfigurationError(
                "metric \(name): found a metric whose deviations are not known, expected one of "
                    + "\(Self.names.joined(separator: ", ")); "
                    + "other published forms of \(name) are separate metrics", remedies: [.metric])
        }
    }

    private init(name: String, preparation: FramePreparation, distance: FeatureDistance, mostClips: Int?) {
        self.name = name
        self.preparation = preparation
        self.distance = distance
        self.mostClips = mostClips
        let what =
            switch distance {
            case .frechet(let divisor): "Fréchet distance, covariances with \(divisor == .all ? "n" : "n − 1")"
            case .kernel(let kernel):
                "unbiased squared MMD, kernel \(kernel == .plain ? "(x·y + 1)³" : "(x·y / 400 + 1)³")"
            }
        convention = "\(what), of 400 logits of I3D (Kinetics-400); \(preparation.summary)"
    }

    static let names =
        FrechetVideoDistance.Variant.allCases.map(\.rawValue) + KernelVideoDistance.Variant.allCases.map(\.rawValue)

    /// What the metric itself does.
    func recipe(clips: [MetricSide: Int]) -> MetricPipeline {
        func side(_ side: MetricSide) -> MetricPipeline.Side {
            MetricPipeline.Side(preparation: preparation, codec: nil, frames: .all, clips: clips[side] ?? 0)
        }
        return MetricPipeline(real: side(.real), predicted: side(.predicted), distance: distance)
    }
}
