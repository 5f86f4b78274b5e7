import AuspexTraining

/// Shows how far work is whose size is known only when it has begun: how many clips a source really has.
final class CountedProgress {
    private let title: String
    private let unit: String
    private let quiet: Bool
    private var reporter: ProgressReporter?

    init(_ title: String, unit: String, quiet: Bool) {
        (self.title, self.unit, self.quiet) = (title, unit, quiet)
    }

    func update(_ done: Int, of total: Int) {
        let reporter =
            reporter ?? ProgressReporter(title, total: total, unit: unit, style: .automatic(quiet: quiet))
        reporter.update(completed: done)
        self.reporter = reporter
    }

    func finish() { reporter?.finish() }
}
