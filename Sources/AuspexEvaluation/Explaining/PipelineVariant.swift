import AuspexMetrics
import AuspexStatistics
import AuspexTensors
import AuspexVideo

/// One way in which people's numbers deviate from a metric's definition.
public struct PipelineVariant: Sendable {
    /// What a deviation changes: the two of a pair always change different things.
    public enum Axis: String, Sendable, Hashable, CaseIterable, Codable {
        /// How frames become 224×224.
        case resize
        /// Whether the middle is cropped.
        case crop
        /// The range of the network's input.
        case range
        /// Limited range mistaken for full range, or the reverse.
        case levels
        /// RGB or BGR.
        case order
        /// What the clips were compressed by.
        case codec
        /// Which frames count, and whether context does.
        case frames
        /// How many clips count.
        case clips
        /// What covariances are divided by.
        case divisor
        /// The kernel of a kernel distance.
        case kernel
        /// A whole convention: several deviations at once, as in somebody's code.
        case convention = "as"
    }

    /// `resize:centred`, `order:bgr:predicted`.
    public let name: String
    /// What it does, in words.
    public let summary: String
    let axes: Set<Axis>
    /// How far another quality of the same codec can move the number, as a share of the effect of this one; 0 if there is no such freedom.
    let looseness: Double
    private let change: @Sendable (inout MetricPipeline) -> Void

    init(
        _ axis: Axis, _ name: String, _ summary: String, also: Set<Axis> = [], looseness: Double = 0,
        change: @escaping @Sendable (inout MetricPipeline) -> Void
    ) {
        self.name = "\(axis.rawValue):\(name)"
        self.summary = summary
        axes = also.union([axis])
        self.looseness = looseness
        self.change = change
    }

    /// The axis that its name begins with.
    var axis: Axis? { Axis(rawValue: String(name.prefix { $0 != ":" })) }

    func applied(to recipe: MetricPipeline) -> MetricPipeline {
        var changed = recipe
        change(&changed)
        return changed
    }
}

/// Facts about the clips that decide which deviations are possible.
struct ClipFacts: Sendable {
    var frames: Int
    /// Frames that a predictor was given, at the beginning of every clip.
    var context: Int?
    var isGrey: Bool
    /// Whether all frames are square, so that a crop removes nothing.
    var isSquare: Bool
    var counts: [MetricSide: Int]
}

extension PipelineVariant {
    /// All single deviations from a metric that can be tried on these clips, the likeliest first.
    static func all(from metric: ExplainedMetric, on facts: ClipFacts) -> [PipelineVariant] {
        let all =
            resizes + divisors(metric) + colours(facts) + frames(facts) + clips(facts) + ranges + crops(facts)
            + conventions + codecs + levels
        // What the metric does anyway is not a deviation, and half of 32 clips is the same as the first 16.
        let definition = metric.recipe(clips: facts.counts)
        var seen: Set<MetricPipeline> = [definition]
        return all.filter { seen.insert($0.applied(to: definition)).inserted }
    }

    private static let both: [MetricSide] = [.real, .predicted]

    private static var resizes: [PipelineVariant] {
        let order: [FrameSampling] = [.centred, .corner, .antialiased, .aligned, .bicubic, .nearest, .area]
        let users: [FrameSampling: String] = [
            .corner: "TensorFlow 1, the published code", .centred: "PyTorch align_corners=False, OpenCV",
            .aligned: "PyTorch align_corners=True", .bicubic: "PyTorch, OpenCV", .nearest: "PyTorch's default",
            .antialiased: "Pillow, torchvision", .area: "PyTorch's area",
        ]
        return order.map { sampling in
            PipelineVariant(.resize, sampling.rawValue, "\(sampling.summary) (\(users[sampling] ?? ""))") {
                $0.change(both) { $0.preparation.sampling = sampling }
            }
        }
    }

    private static func divisors(_ metric: ExplainedMetric) -> [PipelineVariant] {
        guard metric.distance.isFrechet else {
            return [KernelDistance.Kernel.scaled, .plain].map { kernel in
                PipelineVariant(
                    .kernel, kernel.rawValue, kernel == .plain ? "kernel (x·y + 1)³" : "kernel (x·y / 400 + 1)³"
                ) {
                    $0.distance = .kernel(kernel)
                }
            }
        }
        return [FeatureStatistics.Divisor.all, .lessOne].map { divisor in
            let name = divisor == .all ? "n" : "n-1"
            return PipelineVariant(.divisor, name, "covariances divided by \(name)") { $0.distance = .frechet(divisor) }
        }
    }

    private static func colours(_ facts: ClipFacts) -> [PipelineVariant] {
        guard !facts.isGrey else { return [] }
        return onSides(.order, "bgr", "channels in the order BGR") { $0.preparation.channels = .bgr }
    }

    private static var levels: [PipelineVariant] {
        FrameColours.Levels.allCases.filter { $0 != .kept }.flatMap { levels in
            onSides(
                .levels, levels.rawValue, levels == .limited ? "0…255 pressed into 16…235" : "16…235 stretched to 0…255"
            ) {
                $0.preparation.levels = levels
            }
        }
    }

    private static var ranges: [PipelineVariant] {
        let summaries: [(FrameColours.Range, String)] = [
            (.unit, "values 0…1 for −1…1"), (.half, "values −½…½ for −1…1"), (.signed, "values −1…1"),
            (.scaledTwice, "values 0…1 treated as bytes"), (.shiftedTwice, "values −1…1 treated as 0…1"),
            (.bytes, "bytes as they are"),
        ]
        return summaries.map { range, summary in
            PipelineVariant(.range, range.rawValue, summary) { $0.change(both) { $0.preparation.range = range } }
        } + [
            PipelineVariant(.range, "unit:predicted", "values 0…1 for −1…1, of the predicted alone") {
                $0.change([.predicted]) { $0.preparation.range = .unit }
            }
        ]
    }

    /// One change to both sets, or to one of them: the features are the same, so the other two cost no pass.
    private static func onSides(
        _ axis: Axis, _ name: String, _ summary: String, change: @escaping @Sendable (inout MetricPipeline.Side) -> Void
    ) -> [PipelineVariant] {
        [PipelineVariant(axis, name, summary) { $0.change(both, change) }]
            + both.reversed().map { side in
                PipelineVariant(axis, "\(name):\(side.rawValue)", "\(summary), of the \(side.rawValue) alone") {
                    $0.change([side], change)
                }
            }
    }

    private static func crops(_ facts: ClipFacts) -> [PipelineVariant] {
        guard !facts.isSquare else { return [] }
        return [
            PipelineVariant(.crop, "centre", "short side to 224 and the middle of the long one") {
                $0.change(both) { $0.preparation.framing = .cropped }
            },
            PipelineVariant(.crop, "none", "the whole frame squeezed to 224×224") {
                $0.change(both) { $0.preparation.framing = .squeezed }
            },
        ]
    }

    /// Code bases that have their own metrics here; one that differs in the resize alone counts as a resize.
    private static var conventions: [PipelineVariant] {
        [FrechetVideoDistance.Variant.published, .styleGANV, .videoGPT].map { variant in
            let name = variant.rawValue.split(separator: ":").last.map(String.init) ?? variant.rawValue
            return PipelineVariant(
                .convention, name,
                "all that \(variant.rawValue) does: \(variant.preparation.summary); divided by \(variant.divisor == .all ? "n" : "n-1")",
                also: [.resize, .crop, .range, .divisor, .kernel]
            ) { recipe in
                guard recipe.distance.isFrechet else { return }
                recipe.change(both) { $0.preparation = variant.preparation }
                recipe.distance = .frechet(variant.divisor)
            }
        }
    }

    private static var codecs: [PipelineVariant] {
        LossyCodec.allCases.filter(\.isAvailable).flatMap { codec in
            [
                PipelineVariant(
                    .codec, "\(codec.rawValue):predicted", "\(codec.summary), of the predicted alone", looseness: 0.5
                ) { $0.change([.predicted]) { $0.codec = codec } },
                PipelineVariant(.codec, codec.rawValue, "\(codec.summary), of both", looseness: 0.5) {
                    $0.change(both) { $0.codec = codec }
                },
            ]
        }
    }

    private static func frames(_ facts: ClipFacts) -> [PipelineVariant] {
        let (total, least) = (facts.frames, FrechetVideoDistance.fewestFrames)
        var choices: [(name: String, summary: String, choice: FrameChoice)] = []
        if let context = facts.context {
            choices.append(("predicted-only", "frames from \(context) on, without the context", .init(first: context)))
        }
        for count in [16, 10, total / 2]
        where count < total && !choices.contains(where: { $0.name == "first-\(count)" }) {
            choices.append(("first-\(count)", "the first \(count, "frame")", .init(count: count)))
        }
        if total > 16 { choices.append(("last-16", "the last 16 frames", .init(first: total - 16))) }
        choices.append(("every-second", "every second frame", .init(stride: 2)))
        let ofBoth = choices.filter { $0.choice.frames(of: total).count >= least }.map { name, summary, choice in
            PipelineVariant(.frames, name, summary) { $0.change(both) { $0.frames = choice } }
        }
        return ofBoth + offByOne(total: total, least: least)
    }

    /// Off-by-one errors of a loop over frames.
    private static func offByOne(total: Int, least: Int) -> [PipelineVariant] {
        let choices: [(name: String, summary: String, choice: FrameChoice)] = [
            ("first-doubled", "the first frame twice, without the last", .init(shift: -1)),
            ("last-doubled", "the last frame twice, without the first", .init(shift: 1)),
            ("without-first", "without the first frame", .init(first: 1)),
        ]
        return choices.filter { $0.choice.frames(of: total).count >= least }.flatMap { name, summary, choice in
            onSides(.frames, name, summary) { $0.frames = choice }
        }
    }

    private static func clips(_ facts: ClipFacts) -> [PipelineVariant] {
        let most = max(facts.counts[.real] ?? 0, facts.counts[.predicted] ?? 0)
        let parts = [("half", "half", 2), ("quarter", "quarter", 4)].map { name, word, part in
            PipelineVariant(.clips, name, "the first \(word) of the clips of each set") {
                $0.change(both) { $0.clips /= part }
            }
        }
        let counts = [16, 64, 128, 256, 512, 1024, 2048].filter { $0 < most }.map { count in
            PipelineVariant(.clips, "\(count)", "the first \(count, "clip") of each set") {
                $0.change(both) { $0.clips = min($0.clips, count) }
            }
        }
        return (parts + counts).filter { deviation in
            let recipe = deviation.applied(to: MetricPipeline(counts: facts.counts))
            return min(recipe.real.clips, recipe.predicted.clips) >= 2
        }
    }
}

extension MetricPipeline {
    /// Any clips, this many of them.
    fileprivate init(counts: [MetricSide: Int]) {
        func side(_ side: MetricSide) -> Side {
            Side(preparation: .published, codec: nil, frames: .all, clips: counts[side] ?? 0)
        }
        self.init(real: side(.real), predicted: side(.predicted), distance: .frechet(.lessOne))
    }
}
