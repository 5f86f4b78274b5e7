import AuspexGraphics
import AuspexMetrics
import AuspexSupport
import AuspexTensors
import AuspexVideo
import Foundation

/// What metrics made of graded distortions.
public struct CalibrationReport: Codable, Sendable, Equatable {
    /// One grade of a distortion.
    public struct Grade: Codable, Sendable, Equatable {
        /// As the distortion's `unit` says.
        public var grade: Double
        public var metrics: [String: MetricResult]
    }

    /// One distortion, the weakest grade first.
    public struct Graded: Codable, Sendable, Equatable {
        public var name: String
        public var unit: String
        public var grades: [Grade]
    }

    /// A clip that was distorted.
    public struct UsedClip: Codable, Sendable, Equatable {
        public var name: String
        public var firstFrame: Int
    }

    public var schema = 1
    public var source: String
    public var clips: Int
    public var frames: Int
    public var stride: Int
    /// The side of a square, or `[height, width]`.
    @FrameSizeOption public var size: FrameSize
    public var seed: UInt64
    /// Names of the metrics, in order.
    public var metrics: [String]
    /// Every clip beside itself.
    public var undistorted: [String: MetricResult]
    public var distortions: [Graded]
    public var clipList: [UsedClip]

    /// What was measured, in one line.
    public var heading: String {
        "\(clips, "clip") of \(source), \(frames, "frame") of \(size)"
            + (stride > 1 ? ", stride \(stride)" : "")
    }

    /// A row for each grade of each distortion.
    public var table: String {
        var table = TextTable(header: ["distortion", "grade"] + metrics)
        func row(_ name: String, _ grade: String, _ results: [String: MetricResult]) {
            table.add([name, grade] + metrics.map { results[$0].map { NumberText.measured($0.value) } ?? "" })
        }
        row("none", "0", undistorted)
        for distortion in distortions {
            for grade in distortion.grades { row(distortion.name, Self.plain(grade.grade), grade.metrics) }
        }
        return table.text
    }

    /// A plot for each metric, every distortion a line over its grades, and what the grades are.
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
                        // Where a result has no interval the band has no width.
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

    /// Writes `calibration.json`, and the figure as `calibration.png`, into a folder.
    ///
    /// - Throws: `FileError` where they can't be written, or are there and `overwriting` is false.
    public func write(to folder: String, overwriting: Bool = false) throws {
        let places = try Self.places(in: folder, overwriting: overwriting)
        try places.figure.write(figure.png())
        try places.report.write(try ReportFile.data(self))
    }

    /// Looks, before any work is done, whether there is room; makes the folder.
    @discardableResult
    public static func places(
        in folder: String, overwriting: Bool
    ) throws -> (figure: OutputPlace, report: OutputPlace) {
        try FolderMaking.make(folder)
        return (
            try OutputPlace(folder + "/calibration.png", overwriting: overwriting),
            try OutputPlace(folder + "/calibration.json", overwriting: overwriting)
        )
    }

    private static func plain(_ grade: Double) -> String {
        grade == grade.rounded() ? String(Int(grade)) : String(grade)
    }
}
