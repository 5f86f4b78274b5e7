import AuspexSupport
import AuspexTensors
import Foundation

extension ExplanationReport: Report {
    /// How many deviations that do not explain the value get rows, unless all do.
    private static let nearestRefuted = 8

    /// The nearest rows of the table, and the conclusion.
    public var text: String { text(full: false) }

    /// The table, and the conclusion.
    ///
    /// - Parameter full: whether every deviation has a row, including those that change nothing.
    public func text(full: Bool) -> String {
        table(refuted: full ? nil : Self.nearestRefuted) + "\n\n" + summary.joined(separator: "\n")
    }

    /// Facts about the sets.
    public var allNotes: [String] { notes }

    /// A row for each deviation, the best first, and what the columns mean.
    ///
    /// - Parameter refuted: the number of rows for deviations that do not explain the value, nearest first; the others are only counted. nil gives rows to all,
    /// including those that change nothing.
    public func table(refuted: Int? = nil) -> String {
        let away = singles.filter { $0.verdict == .no }
        let shown =
            refuted.map { most in
                singles.filter { $0.verdict == .explains || $0.verdict == .possible } + away.prefix(most)
            } ?? singles
        var table = TextTable(header: ["deviation", "value", "difference", "verdict", ""])
        for row in [definition] + shown + pairs {
            let distance = row.standardErrors.map {
                $0 < 0.01 ? "< 0.01 SE" : "\(NumberText.rounded($0, digits: 2)) SE"
            }
            table.add([
                row.name, fixed(row.value), fixed(row.difference, isSigned: true),
                [row.verdict.rawValue, distance].compactMap(\.self).joined(separator: ", "),
                row.estimatedFromClips.map { "about, from \($0, "clip")" } ?? row.summary,
            ])
        }
        var lines = [table.text]
        if let refuted {
            if away.count > refuted {
                lines.append("\(away.count - refuted) more do not explain it; the full table has them.")
            }
            let same = singles.filter { $0.verdict == .same }.map(\.name)
            if !same.isEmpty { lines.append("Change nothing on these clips: \(same.joined(separator: ", ")).") }
        }
        if ([definition] + shown + pairs).contains(where: { $0.standardErrors != nil }) {
            lines.append(
                "SE: standard errors of the difference between two draws of such clips; up to 2 are possible from the choice of clips alone."
            )
        }
        return lines.joined(separator: "\n")
    }

    /// The conclusion, line by line.
    public var summary: [String] {
        guard let clipCount else { return [conclusion] }
        let needed =
            clipCount.needed.map { "\(NumberText.rounded(reported)) would be that of about \($0)" }
            ?? "no number of clips gives \(NumberText.rounded(reported))"
        return [
            conclusion,
            "Number of clips alone: a line through smaller sets' values gives \(NumberText.rounded(clipCount.atInfinity)) for infinitely many clips; by it, \(needed).",
        ]
    }

    /// Rounded to as many decimals as give the reported value five digits, so that decimal points align in a column.
    private func fixed(_ value: Double, isSigned: Bool = false) -> String {
        let decimals = reported == 0 ? 4 : min(max(4 - Int(log10(abs(reported)).rounded(.down)), 0), 12)
        return isSigned
            ? NumberText.signed(value, decimals: decimals) : NumberText.fixed(value, decimals: decimals)
    }
}
