import AuspexGraphics
import AuspexMetrics
import AuspexSupport

extension CalibrationReport {
    /// A plot for each metric, with every distortion as a line over its grades, and a legend of the grades.
    public var figure: PlotSheet {
        PlotSheet(
            title: heading,
            plots: metrics.map { metric in
                LinePlot(
                    title: metric + (undistorted[metric]?.higherIsBetter == true ? " (higher is better)" : ""),
                    xLabel: "grade of the distortion", yLabel: MetricAxis.label(metric),
                    series: distortions.map { distortion in
                        let results = ([undistorted] + distortion.grades.map(\.metrics)).map { $0[metric] }
                        let values = results.map { $0?.value ?? .nan }
                        // A result without an interval has a band of width 0.
                        let ends = zip(results, values).map { $0?.interval ?? [$1, $1] }
                        let hasIntervals = results.contains { $0?.interval != nil }
                        return .init(
                            name: "\(distortion.name): "
                                + distortion.grades.map { Self.plain($0.grade) }.joined(separator: ", "),
                            x: values.indices.map(Double.init), y: values,
                            band: hasIntervals ? (ends.map { $0[0] }, ends.map { $0[1] }) : nil)
                    })
            },
            legendNotes: distortions.map(\.unit))
    }
}
