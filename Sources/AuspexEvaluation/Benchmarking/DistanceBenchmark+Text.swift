import AuspexSupport

extension DistanceBenchmark.Report: Report {
    /// The measurement in words.
    public var text: String {
        func words(_ seconds: DistanceBenchmark.Report.Seconds) -> String {
            let short = NumberText.short
            return "\(short(seconds.median)) s (\(short(seconds.minimum)) … \(short(seconds.maximum)))"
        }
        return [
            "\(rows, "row") of \(features, "feature") a set, \(repeats, "time"), \(threads, "thread"), \(instructionSet)",
            "means and covariances of both: \(words(statistics))",
            "distance of these: \(words(distance))",
        ].joined(separator: "\n")
    }
}
