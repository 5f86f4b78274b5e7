import AuspexSupport
import AuspexTensors
import Foundation
import Synchronization

/// Shows the progress of long work: a bar on a terminal, otherwise a plain line every few seconds.
///
/// Writes to standard error; if that is closed or full, work continues without progress. May be called from any thread, as often as needed: it draws at most
/// ten times a second.
public final class ProgressReporter: Sendable {
    /// How progress is shown.
    public enum Style: Sendable, Equatable {
        /// A bar that is redrawn in place, this many columns wide.
        case bar(columns: Int)
        /// A line every few seconds.
        case lines(everySeconds: Double)
        /// Not at all.
        case quiet

        /// The style that suits standard error: a bar on a terminal, lines in a file or pipe.
        public static func automatic(quiet: Bool) -> Style {
            if quiet { return .quiet }
            guard isatty(STDERR_FILENO) == 1, ProcessInfo.processInfo.environment["TERM"] != "dumb" else {
                return .lines(everySeconds: 5)
            }
            var size = winsize()
            let known = ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
            return .bar(columns: known ? Int(size.ws_col) : 80)
        }
    }

    private struct State {
        var completed: Int
        var numbers: [(name: String, text: String)] = []
        var lastDrawn = -Double.infinity
        /// Recent steps per second.
        var rate: Double?
        /// The rate when the last window closed.
        var settledRate: Double?
        var rateFrom: (completed: Int, seconds: Double)
        var barIsShown = false
    }

    private let title: String
    private let unit: String
    private let total: Int?
    private let style: Style
    private let clock: @Sendable () -> Double
    private let output: @Sendable (String) -> Void
    private let state: Mutex<State>

    /// - Parameters:
    ///   - title: the name of the work: "train".
    ///   - total: how many units there are; nil if unknown.
    ///   - unit: what is counted, in the plural: "steps".
    ///   - completed: how many were done before, by a run that is resumed.
    public init(
        _ title: String, total: Int?, unit: String, completed: Int = 0, style: Style = .automatic(quiet: false),
        clock: @escaping @Sendable () -> Double = { Double(DispatchTime.now().uptimeNanoseconds) * 1e-9 },
        output: @escaping @Sendable (String) -> Void = ProgressReporter.toStandardError
    ) {
        self.title = title
        self.unit = unit
        self.total = total
        self.style = style
        self.clock = clock
        self.output = output
        let now = clock()
        var start = State(completed: completed, rateFrom: (completed, now))
        // The first line comes after the first interval: at the very start there is nothing to report.
        if case .lines = style { start.lastDrawn = now }
        state = Mutex(start)
    }

    /// Output that cannot be shown is lost, and the work continues.
    public static let toStandardError: @Sendable (String) -> Void = { try? StandardStream.error.write($0) }

    /// Records how many units are done, and the few numbers that matter.
    public func update(completed: Int, numbers: [(name: String, text: String)] = []) {
        let now = clock()
        let text: String? = state.withLock { state in
            state.completed = completed
            state.numbers = numbers
            Self.measure(&state, now: now)
            let interval: Double
            switch style {
            case .bar: interval = 0.1
            case .lines(let seconds): interval = seconds
            case .quiet: return nil
            }
            guard now - state.lastDrawn >= interval else { return nil }
            return draw(&state, now: now)
        }
        if let text { output(text) }
    }

    /// Prints a message on its own line above the bar; not silenced by `.quiet`, because warnings must be seen.
    public func say(_ message: String) {
        let text = state.withLock { state -> String in
            guard case .bar = style, state.barIsShown else { return message + "\n" }
            state.barIsShown = false
            state.lastDrawn = -.infinity
            return "\r\u{1B}[K" + message + "\n"
        }
        output(text)
    }

    /// Draws the last state and leaves it on the screen.
    public func finish() {
        let now = clock()
        let text: String? = state.withLock { state in
            if style == .quiet { return nil }
            var text = draw(&state, now: now)
            if case .bar = style { text += "\n" }
            state.barIsShown = false
            return text
        }
        if let text { output(text) }
    }

    /// Measured over windows of at least two seconds, each with the same weight as all before it: steady, and quick to follow a change.
    private static func measure(_ state: inout State, now: Double) {
        let elapsed = now - state.rateFrom.seconds
        let done = state.completed - state.rateFrom.completed
        // Units done in an instant took no work: clips in a cache, or the clock's resolution.
        guard done > 0, elapsed >= (state.settledRate == nil ? 0.2 : 2) else { return }
        let latest = Double(done) / elapsed
        state.rate = state.settledRate.map { 0.5 * ($0 + latest) } ?? latest
        if elapsed >= 2 {
            state.settledRate = state.rate
            state.rateFrom = (state.completed, now)
        }
    }

    private func draw(_ state: inout State, now: Double) -> String {
        state.lastDrawn = now
        var parts = [counted(state.completed)]
        if let rate = state.rate {
            parts.append(rate >= 1 || rate == 0 ? "\(Self.short(rate))/s" : "\(Self.short(1 / rate)) s each")
            if let total, total > state.completed, rate > 0 {
                parts.append("\(HumanUnits.clock(seconds: Double(total - state.completed) / rate)) left")
            }
        }
        parts += state.numbers.map { "\($0.name) \($0.text)" }
        let share = total.map { $0 == 0 ? 1 : min(1, Double(state.completed) / Double($0)) }
        guard case .bar(let columns) = style else {
            let percent = share.map { " \(Int($0 * 100))%" } ?? ""
            return "\(title)\(percent)  \(parts.joined(separator: "  "))\n"
        }
        state.barIsShown = true
        return "\r\u{1B}[K" + fitted(share: share, parts: parts, columns: columns)
    }

    /// A line that does not wrap, because a wrapped line could not be redrawn in place: with a shorter bar, or without the last numbers, but never with a part
    /// of a number.
    private func fitted(share: Double?, parts: [String], columns: Int) -> String {
        func line(_ parts: some Sequence<String>, barWidth: Int) -> String {
            let filled = Int((share ?? 0) * Double(barWidth))
            let bar =
                share == nil || barWidth == 0
                ? ""
                : "[" + String(repeating: "=", count: filled) + String(repeating: " ", count: barWidth - filled) + "] "
            return "\(title) \(bar)\(parts.joined(separator: "  "))"
        }
        let widths = [24, 12, 6]
        let whole = widths.lazy.map { line(parts, barWidth: $0) }
        let fewer = (1...max(1, parts.count)).reversed().lazy.flatMap { count in
            [widths[2], 0].lazy.map { line(parts.prefix(count), barWidth: $0) }
        }
        return whole.first { $0.count < columns } ?? fewer.first { $0.count < columns }
            ?? String(title.prefix(max(1, columns - 1)))
    }

    /// `3/10 steps`, `1/1 step`, and without a total `3 steps`.
    private func counted(_ completed: Int) -> String {
        let count = total.map { "\(completed)/\($0)" } ?? "\(completed)"
        guard (total ?? completed) == 1 else { return "\(count) \(unit)" }
        // Units are named in the plural: steps, batches.
        return "\(count) \(unit.dropLast(unit.hasSuffix("ches") ? 2 : 1))"
    }

    /// Three significant digits: `0.12`, `34.5`, `6789`, `12.3k`, `4.56M`.
    static func short(_ number: Double) -> String {
        if number >= 999_500 { return short(number / 1e6) + "M" }
        if number >= 9_995 { return short(number / 1e3) + "k" }
        let digits = number >= 99.95 ? 0 : number >= 9.995 ? 1 : 2
        return NumberText.fixed(number, decimals: digits)
    }
}
