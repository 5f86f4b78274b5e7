import Foundation

/// How far long work has come: a bar that redraws itself on a terminal, a plain line every few seconds elsewhere.
final class ProgressLine {
    private let total: Int
    private let unit: String
    private let quiet: Bool
    private let start = ContinuousClock.now
    private var lastDrawn: ContinuousClock.Instant
    private var firstCount: Int?
    private var drawnWidth = 0

    /// Work that is done before this is not worth a line.
    private var interval: Duration { Console.errorIsTerminal ? .milliseconds(200) : .seconds(5) }

    init(total: Int, unit: String, quiet: Bool) {
        self.total = total
        self.unit = unit
        self.quiet = quiet
        lastDrawn = start
    }

    /// - Parameters:
    ///   - done: how many are done.
    ///   - numbers: the few numbers that matter, as they should stand there.
    func update(_ done: Int, numbers: String = "") {
        if firstCount == nil { firstCount = done - 1 }
        let now = ContinuousClock.now
        guard !quiet, now - lastDrawn >= interval else { return }
        lastDrawn = now
        draw(line(done, numbers, elapsed: now - start))
    }

    /// Takes the bar away.
    func finish() {
        guard !quiet, Console.errorIsTerminal, drawnWidth > 0 else { return }
        draw("")
        drawnWidth = 0
    }

    private func line(_ done: Int, _ numbers: String, elapsed: Duration) -> String {
        let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
        // A resumed run starts somewhere: only what was done since counts for the rate.
        let rate = Double(done - (firstCount ?? 0)) / max(seconds, 1e-9)
        let left = rate > 0 ? Double(total - done) / rate : 0
        var words = "\(done)/\(total) \(unit)  \(rate.formatted(.number.precision(.significantDigits(3)))) a second"
        if done < total { words += "  \(Self.clock(left)) left" }
        if !numbers.isEmpty { words += "  " + numbers }
        guard Console.errorIsTerminal else { return words }
        let filled = total > 0 ? min(20, done * 20 / total) : 20
        return "[" + String(repeating: "#", count: filled) + String(repeating: "·", count: 20 - filled) + "] " + words
    }

    private func draw(_ line: String) {
        guard Console.errorIsTerminal else { return Console.say(line) }
        let blank = String(repeating: " ", count: max(0, drawnWidth - line.count))
        FileHandle.standardError.write(Data(("\r" + line + blank + (line.isEmpty ? "\r" : "")).utf8))
        drawnWidth = line.count
    }

    /// `1:02:03`, `2:03`.
    static func clock(_ seconds: Double) -> String {
        let whole = Int(seconds.rounded())
        let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60)
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return hours > 0 ? "\(hours):\(two(minutes)):\(two(rest))" : "\(minutes):\(two(rest))"
    }
}
