import AuspexSupport

extension ExplanationReport {
    /// The conclusion from the rows, in words.
    static func conclusion(
        reported: String, definition: Row, singles: [Row], pairs: [Row], chance: Double
    ) -> String {
        func named(_ rows: [Row]) -> String {
            let some = rows.prefix(4).map { "\($0.name) (\(NumberText.rounded($0.value)))" }
            return some.joined(separator: ", ") + (rows.count > 4 ? " and \(rows.count - 4) more" : "")
        }
        let explaining = singles.filter { $0.verdict == .explains }
        if definition.verdict == .explains {
            let same = explaining.isEmpty ? "" : "; \(named(explaining)) cannot be distinguished from it here"
            return
                "\(reported) is what the definition gives on these clips (\(NumberText.rounded(definition.value)))\(same)."
        }
        if let best = explaining.first {
            let ties = explaining.dropFirst()
            let tie = ties.isEmpty ? "" : " Tied with \(named(Array(ties))): \(Self.apart)"
            return
                "\(reported) is explained by \(best.name): \(best.summary) (\(NumberText.rounded(best.value))).\(tie)"
        }
        let both = pairs.filter { $0.verdict == .explains }
        if !both.isEmpty {
            return "No single deviation gives \(reported) on these clips. Two at once do: \(named(both)). "
                + "By chance alone, about \(NumberText.rounded(chance, digits: 2)) of this many pairs would."
        }
        let possible = singles.filter { $0.verdict == .possible }
        let scatter = (definition.verdict == .possible ? [definition] : []) + possible
        if !scatter.isEmpty {
            return
                "None explains \(reported) on these clips. If it was measured on other clips of the same kind, or with another codec quality, it may be: "
                + "\(named(scatter)); these clips are too few to tell."
        }
        return
            "None explains \(reported): no known deviation, alone or in the pairs tried, comes within "
            + "its digits or within what other clips would change."
    }

    private static let apart =
        "more digits of the reported value, or other clips, may distinguish them."
}
