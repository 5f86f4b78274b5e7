import AuspexSupport

extension TrainingForecast {
    /// Longer than anyone would wait for a training.
    private static let tooLongSeconds = 60.0 * 86_400

    /// The forecast as text.
    ///
    /// - Parameters:
    ///   - steps: of the run.
    ///   - memory: this machine's memory, in bytes.
    public func summary(steps: Int, memory: Double) -> [String] {
        var lines = [
            "generator:     \(generatorParameters) parameters",
            "discriminators: \(discriminatorParameters) parameters",
            "peak memory:   \(HumanUnits.bytes(Double(peakResidentBytes))), expected; "
                + "\(HumanUnits.bytes(Double(peakBytes))) of tensors",
            "a step:        \(HumanUnits.duration(seconds: secondsPerStep)), expected; "
                + "\(NumberText.short(gflopPerStep)) GFLOP",
            "the run:       \(HumanUnits.duration(seconds: totalSeconds)) for \(steps, "step"), expected"
                + (totalSeconds > Self.tooLongSeconds
                    ? ": choose a smaller preset, or a machine with more processors" : ""),
        ]
        if Double(peakResidentBytes) > memory {
            lines.append(
                "this process may use \(HumanUnits.bytes(memory)): lower training.batch (and raise training.accumulation), or set "
                    + "training.checkpointActivations")
        }
        return lines
    }
}
