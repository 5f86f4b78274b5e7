import AuspexMetrics
import AuspexSupport

extension EvaluationReport {
    /// Who wins, in words: one line for every metric that the model and a baseline share; empty without a model or a baseline.
    public var comparison: String {
        `protocol`.metrics.compactMap { verdict(on: $0) }.joined(separator: "\n")
    }

    private func verdict(on metric: String) -> String? {
        guard let model = models["model"]?.metrics[metric], model.value.isFinite else { return nil }
        let baselines = names.compactMap { name -> (name: String, result: MetricResult)? in
            guard !Self.isModel(name), let result = models[name]?.metrics[metric], result.value.isFinite else {
                return nil
            }
            return (name, result)
        }
        func isBetter(_ a: MetricResult, _ b: MetricResult) -> Bool {
            model.higherIsBetter ? a.value > b.value : a.value < b.value
        }
        guard var strongest = baselines.first else { return nil }
        for next in baselines.dropFirst() where isBetter(next.result, strongest.result) { strongest = next }
        let sense = model.higherIsBetter ? "higher is better" : "lower is better"
        let numbers =
            "\(NumberText.measured(model.value)) against \(NumberText.measured(strongest.result.value)), \(sense)"
        let doubt =
            Self.overlap(model.interval, strongest.result.interval)
            ? "; the 95% intervals overlap, so more clips may change this" : ""
        if model.value == strongest.result.value {
            return "\(metric): the model and \(strongest.name) are equal (\(numbers))"
        }
        guard isBetter(model, strongest.result) else {
            return "\(metric): \(strongest.name) beats the model (\(numbers)\(doubt))"
        }
        let beaten =
            baselines.count > 1 ? "every baseline, the strongest of which is \(strongest.name)" : strongest.name
        return "\(metric): the model beats \(beaten) (\(numbers)\(doubt))"
    }

    private static func overlap(_ a: [Double]?, _ b: [Double]?) -> Bool {
        guard let a, let b, a.count == 2, b.count == 2 else { return false }
        return a[0] <= b[1] && b[0] <= a[1]
    }
}
