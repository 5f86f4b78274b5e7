import AuspexMetrics
import AuspexSupport

extension CalibrationReport: Report {
    /// What was measured, and the table.
    public var text: String { heading + "\n" + table }

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

    /// A grade as people write it.
    static func plain(_ grade: Double) -> String {
        grade == grade.rounded() ? String(Int(grade)) : String(grade)
    }
}
