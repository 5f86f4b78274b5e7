import AuspexGraphics
import AuspexMetrics
import AuspexSupport

extension EvaluationReport {
    /// The metric of every forecaster against the horizon; with several futures, the best and the worst, too.
    public func plot(of metric: String) -> LinePlot {
        var series: [LinePlot.Series] = []
        func add(_ name: String, _ result: MetricResult?, isDashed: Bool) {
            guard let values = result?.perStep else { return }
            let band = result?.perStepInterval.flatMap { ends in
                ends.count == values.count ? (lower: ends.map { $0[0] }, upper: ends.map { $0[1] }) : nil
            }
            series.append(
                .init(name: name, x: (1...values.count).map(Double.init), y: values, band: band, isDashed: isDashed))
        }
        for name in names {
            guard let scores = models[name] else { continue }
            let samples = `protocol`.samples
            add(
                scores.best == nil ? name : "\(name), mean of \(samples)", scores.metrics[metric],
                isDashed: name != "model")
            add("\(name), best of \(samples)", scores.best?[metric], isDashed: false)
            add("\(name), worst of \(samples)", scores.worst?[metric], isDashed: false)
        }
        // If the step is a time, the axis has a unit.
        let step = frames.step.hasSuffix(" s") ? " (\(frames.step))" : ""
        return LinePlot(
            title: (origin.map { $0 + " · " } ?? "") + "\(`protocol`.name): \(clips, "clip")",
            xLabel: "predicted frame" + step, yLabel: MetricAxis.label(metric), series: series)
    }
}
