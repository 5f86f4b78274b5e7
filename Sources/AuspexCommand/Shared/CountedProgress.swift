import AuspexTraining

/// A progress bar for work whose size is known only once it has begun, such as how many clips a source really has.
final class CountedProgress {
    private let title: String
    private let unit: String
    private let quiet: Bool
    private let smallest: Int
    private var reporter: ProgressReporter?

    /// - Parameter smallest: the bar is not shown for fewer units than this.
    init(_ title: String, unit: String, quiet: Bool, from smallest: Int = 0) {
        (self.title, self.unit, self.quiet, self.smallest) = (title, unit, quiet, smallest)
    }

    func update(_ done: Int, of total: Int) {
        guard total >= smallest else { return }
        let reporter =
            reporter ?? ProgressReporter(title, total: total, unit: unit, style: .automatic(quiet: quiet))
        reporter.update(completed: done)
        self.reporter = reporter
    }

    func finish() { reporter?.finish() }
}
