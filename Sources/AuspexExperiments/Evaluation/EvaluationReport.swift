import AuspexMetrics
import AuspexVideo

/// What an evaluation found: for every predictor its metrics, over all clips and at every predicted step.
public struct EvaluationReport: Codable, Sendable, Equatable {
    /// One predictor's numbers, by the metrics' names.
    public struct Scores: Codable, Sendable, Equatable {
        /// Where several futures were drawn: the mean over them.
        public var metrics: [String: MetricResult]
        /// The best future of every clip, chosen for each metric by itself; nil where one future was drawn.
        public var best: [String: MetricResult]?
        /// The worst future of every clip.
        public var worst: [String: MetricResult]?
    }

    /// A test clip, so that the same clips can be had again.
    public struct TestClip: Codable, Sendable, Equatable {
        public var name: String
        public var startSeconds: Double
        public var firstFrame: Int
    }

    public var schema = 1
    public var `protocol`: EvaluationProtocol
    /// Where the test clips come from.
    public var source: String
    /// Test clips that were scored.
    public var clips: Int
    /// By predictor: `model`, and the baselines.
    public var models: [String: Scores]
    public var clipList: [TestClip]

    /// The predictors, the model first.
    public var names: [String] {
        models.keys.sorted { ($0 != "model" ? 1 : 0, $0) < ($1 != "model" ? 1 : 0, $1) }
    }

    /// A row for each predictor: every metric with half of its 95% interval.
    public var table: String {
        var table = TextTable(header: [""] + `protocol`.metrics)
        for name in names {
            guard let scores = models[name] else { continue }
            table.add([name] + `protocol`.metrics.map { Self.cell(scores.metrics[$0]) })
            if let best = scores.best, let worst = scores.worst {
                let samples = `protocol`.samples
                table.add(["  best of \(samples)"] + `protocol`.metrics.map { Self.cell(best[$0]) })
                table.add(["  worst of \(samples)"] + `protocol`.metrics.map { Self.cell(worst[$0]) })
            }
        }
        return table.text
    }

    /// A row for each predicted step: every metric of every predictor.
    public var curve: String {
        let curves = `protocol`.metrics.filter { metric in
            names.allSatisfy { models[$0]?.metrics[metric]?.perStep != nil }
        }
        guard !curves.isEmpty else { return "" }
        var table = TextTable(header: ["step"] + curves.flatMap { metric in names.map { "\(metric) \($0)" } })
        for step in 0..<`protocol`.predictedFrames {
            table.add(
                ["\(step + 1)"]
                    + curves.flatMap { metric in
                        names.map { Self.number(models[$0]?.metrics[metric]?.perStep?[step] ?? .nan) }
                    })
        }
        return table.text
    }

    /// The metric of every predictor against the horizon.
    public func plot(of metric: String) -> LinePlot {
        LinePlot(
            title: "\(`protocol`.name): \(clips) clips", xLabel: "predicted frame", yLabel: metric,
            series: names.compactMap { name in
                guard let values = models[name]?.metrics[metric]?.perStep else { return nil }
                return LinePlot.Series(
                    name: name, x: (1...values.count).map(Double.init), y: values, isDashed: name != "model")
            })
    }

    private static func cell(_ result: MetricResult?) -> String {
        guard let result else { return "" }
        let interval = result.interval.map { " ±" + number(($0[1] - $0[0]) / 2) } ?? ""
        return number(result.value) + interval
    }

    static func number(_ value: Double) -> String {
        value.formatted(.number.precision(.significantDigits(4)).grouping(.never))
    }
}
