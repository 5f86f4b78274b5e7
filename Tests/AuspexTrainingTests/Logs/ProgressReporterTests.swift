import AuspexTraining
import Synchronization
import Testing

/// A clock that is set by hand, and what a reporter wrote.
private final class Stage: Sendable {
    let seconds = Mutex(0.0)
    let text = Mutex("")

    func reporter(total: Int?, completed: Int = 0, style: ProgressReporter.Style) -> ProgressReporter {
        ProgressReporter(
            "train", total: total, unit: "steps", completed: completed, style: style,
            clock: { self.seconds.withLock { $0 } }, output: { text in self.text.withLock { $0 += text } })
    }

    func advance(_ duration: Double) { seconds.withLock { $0 += duration } }

    /// Output since the last call.
    var written: String {
        text.withLock { text in
            defer { text = "" }
            return text
        }
    }
}

@Suite struct ProgressReporterTests {
    @Test func plainLines() {
        let stage = Stage()
        let reporter = stage.reporter(total: 1000, style: .lines(everySeconds: 5))
        for step in 1...60 {
            stage.advance(0.125)
            reporter.update(completed: step, numbers: [("loss", "0.5")])
        }
        #expect(stage.written == "train 4%  40/1000 steps  8.00/s  2:00 left  loss 0.5\n")
        reporter.finish()
        #expect(stage.written == "train 6%  60/1000 steps  8.00/s  1:58 left  loss 0.5\n")
    }

    @Test func bar() {
        let stage = Stage()
        let reporter = stage.reporter(total: 4, style: .bar(columns: 200))
        stage.advance(4)
        reporter.update(completed: 1)
        #expect(stage.written == "\r\u{1B}[Ktrain [======                  ] 1/4 steps  4.00 s each  0:12 left")
        stage.advance(0.05)
        reporter.update(completed: 2)
        #expect(stage.written == "", "no more than ten drawings a second")
        reporter.say("a broken file")
        #expect(stage.written == "\r\u{1B}[Ka broken file\n")
        stage.advance(10)
        reporter.update(completed: 4)
        #expect(stage.written.hasPrefix("\r\u{1B}[Ktrain [========================] 4/4 steps"))
        reporter.finish()
        #expect(stage.written.hasSuffix("\n"))
    }

    @Test func aBarNeverWraps() {
        let stage = Stage()
        let reporter = stage.reporter(total: 4, style: .bar(columns: 20))
        stage.advance(1)
        reporter.update(completed: 1, numbers: [("generator loss", "0.123456")])
        #expect(stage.written == "\r\u{1B}[Ktrain 1/4 steps")
        let tiny = stage.reporter(total: 4, style: .bar(columns: 4))
        tiny.update(completed: 1)
        #expect(stage.written == "\r\u{1B}[Ktra")
    }

    /// Every prefix of the line's parts is a line; a number is on it whole or not at all.
    @Test(arguments: 12...120) func aBarIsNotCutInsideANumber(columns: Int) {
        let stage = Stage()
        let reporter = stage.reporter(total: 500, style: .bar(columns: columns))
        stage.advance(50)
        reporter.update(
            completed: 100, numbers: [("D", "0.123"), ("G", "-4.567"), ("pixel", "0.089"), ("waiting", "0.001")])
        let line = String(stage.written.dropFirst("\r\u{1B}[K".count))
        #expect(line.count < columns)
        let parts = ["100/500 steps", "2.00/s", "3:20 left", "D 0.123", "G -4.567", "pixel 0.089", "waiting 0.001"]
        let text = line.replacing(#/\[[= ]*\] /#, with: "")
        let whole = ["train"] + (1...parts.count).map { "train " + parts.prefix($0).joined(separator: "  ") }
        #expect(whole.contains(text), "\(text)")
        // Eighty columns have room for all of them.
        if columns >= 86 { #expect(text.hasSuffix("waiting 0.001")) }
        if columns == 80 { #expect(text.contains("pixel 0.089")) }
    }

    /// Sixty cached clips are done at once: that is not a rate.
    @Test func workThatTakesNoTimeHasNoRate() {
        let stage = Stage()
        let reporter = stage.reporter(total: 60, style: .lines(everySeconds: 5))
        for step in 1...60 {
            stage.advance(1e-7)
            reporter.update(completed: step)
        }
        reporter.finish()
        #expect(stage.written == "train 100%  60/60 steps\n")
    }

    @Test func largeRatesAndSingleUnits() {
        let stage = Stage()
        let reporter = stage.reporter(total: 9_000_000, style: .lines(everySeconds: 1))
        stage.advance(2)
        reporter.update(completed: 2_469_000)
        #expect(stage.written == "train 27%  2469000/9000000 steps  1.23M/s  0:05 left\n")
        let one = stage.reporter(total: 1, style: .lines(everySeconds: 1))
        stage.advance(3)
        one.update(completed: 1)
        #expect(stage.written == "train 100%  1/1 step  3.00 s each\n")
        let unknown = stage.reporter(total: nil, style: .lines(everySeconds: 1))
        stage.advance(3)
        unknown.update(completed: 1)
        #expect(stage.written == "train  1 step  3.00 s each\n")
    }

    /// A resumed run's rate counts only what it does itself.
    @Test func resumed() {
        let stage = Stage()
        let reporter = stage.reporter(total: 8000, completed: 500, style: .lines(everySeconds: 5))
        stage.advance(5)
        reporter.update(completed: 501)
        #expect(stage.written == "train 6%  501/8000 steps  5.00 s each  10:24:55 left\n")
    }

    @Test func unknownTotalAndQuiet() {
        let stage = Stage()
        let reporter = stage.reporter(total: nil, style: .lines(everySeconds: 1))
        stage.advance(2)
        reporter.update(completed: 3)
        #expect(stage.written == "train  3 steps  1.50/s\n")
        let quiet = stage.reporter(total: 3, style: .quiet)
        stage.advance(20)
        quiet.update(completed: 3)
        quiet.finish()
        #expect(stage.written == "")
        quiet.say("warning: a broken file")
        #expect(stage.written == "warning: a broken file\n")
    }
}
