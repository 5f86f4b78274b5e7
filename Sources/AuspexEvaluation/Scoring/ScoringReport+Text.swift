import AuspexMetrics
import AuspexSupport

extension ScoringReport: Report {
    /// What was compared, and the table.
    public var text: String { summary + "\n" + table }

    /// The notes of the comparison and of its metrics.
    public var allNotes: [String] {
        notes + settings.metrics.flatMap { name in (metrics[name]?.notes ?? []).map { "\(name): \($0)" } }
    }

    /// What was compared, in one line.
    public var summary: String {
        let (real, predicted) = (sets.real.count, sets.predicted.count)
        let things = settings.kind == .embeddings ? "rows" : "clips"
        if pairing != "as sets" { return "\(clips) \(things), paired \(pairing)" }
        return real == predicted
            ? "\(real) \(things) of each set" : "\(real) real and \(predicted) predicted \(things), as sets"
    }

    /// A row for each metric, in the order requested.
    public var table: String {
        let results = settings.metrics.compactMap { name in metrics[name].map { (name, $0) } }
        let hasInfinite = results.contains { $0.1.atInfinity != nil }
        var table = TextTable(header: ["metric", "value", "95% interval"] + (hasInfinite ? ["at n = ∞"] : []))
        for (name, result) in results {
            let interval = result.interval.map {
                "\(NumberText.measured($0[0])) … \(NumberText.measured($0[1]))"
            }
            table.add(
                [name, NumberText.measured(result.value), interval ?? ""]
                    + (hasInfinite ? [result.atInfinity.map(NumberText.measured) ?? ""] : []))
        }
        return table.text + "\n\n" + results.map { "\($0): \($1.convention)" }.joined(separator: "\n")
    }
}
