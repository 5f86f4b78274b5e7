import AuspexSupport

extension ScoringReplay.Outcome: Report {
    /// The differences, a line each, or how equal the numbers are.
    public var text: String {
        let verdict = isBitForBit ? "Equal to the last bit." : "Equal within \(relativeTolerance) of each number."
        return (differences + (isEqual ? [verdict] : [])).joined(separator: "\n")
    }

    /// Versions and processors that differ.
    public var allNotes: [String] { remarks }
}
