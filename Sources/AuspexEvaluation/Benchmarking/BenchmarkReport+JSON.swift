extension BenchmarkReport: Encodable {
    private enum CodingKeys: String, CodingKey {
        case schema, work, secondsPerStep, secondsPerPrediction, secondsPerClip, secondsMinimum, secondsMaximum
        case gflopAsWritten, gflopExecuted, gflopsPerSecond, shareOfConvolutionLimit, convolutionLimit, peakBytes,
            peakResidentBytes, faultsPerStep
        case secondsWaiting, byFamily, threads, instructionSet, repeats, batch, busyThreads
    }

    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(schema, forKey: .schema)
        try fields.encode(work, forKey: .work)
        try fields.encode(seconds.median, forKey: secondsKey)
        try fields.encode(seconds.minimum, forKey: .secondsMinimum)
        try fields.encode(seconds.maximum, forKey: .secondsMaximum)
        try fields.encode(gflopAsWritten, forKey: .gflopAsWritten)
        try fields.encode(gflopExecuted, forKey: .gflopExecuted)
        try fields.encode(gflopsPerSecond, forKey: .gflopsPerSecond)
        try fields.encode(convolutionLimit, forKey: .convolutionLimit)
        try fields.encode(shareOfConvolutionLimit, forKey: .shareOfConvolutionLimit)
        try fields.encode(peakBytes, forKey: .peakBytes)
        try fields.encode(peakResidentBytes, forKey: .peakResidentBytes)
        try fields.encode(faultsPerStep, forKey: .faultsPerStep)
        try fields.encode(secondsWaiting, forKey: .secondsWaiting)
        try fields.encode(byFamily, forKey: .byFamily)
        try fields.encode(threads, forKey: .threads)
        try fields.encode(instructionSet, forKey: .instructionSet)
        try fields.encode(repeats, forKey: .repeats)
        try fields.encode(batch, forKey: .batch)
        try fields.encode(busyThreads, forKey: .busyThreads)
    }

    /// The name of the median says which unit it refers to.
    private var secondsKey: CodingKeys {
        switch work {
        case .step: .secondsPerStep
        case .predict: .secondsPerPrediction
        case .i3d: .secondsPerClip
        }
    }
}
