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

    /// What was written since the last look.
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
        #expect(stage.written.dropFirst("\r\u{1B}[K".unicodeScalars.count).count == 19)
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
