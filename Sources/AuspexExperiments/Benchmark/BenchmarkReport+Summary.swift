import Foundation

extension BenchmarkReport {
    /// The measurement in words, for people.
    public var summary: [String] {
        func short(_ number: Double) -> String {
            number.formatted(.number.precision(.significantDigits(3)).grouping(.never))
        }
        let unit =
            switch work {
            case .step: "a step"
            case .predict: "a prediction"
            case .i3d: "a clip, \(batch) at once"
            }
        var lines = [
            "\(unit): \(short(seconds.median)) s (\(short(seconds.minimum)) … \(short(seconds.maximum)), \(repeats) times), \(threads) threads, \(instructionSet)",
            "\(short(gflopAsWritten)) GFLOP as written, \(short(gflopExecuted)) executed, \(short(gflopsPerSecond)) a second: \(short(shareOfConvolutionLimit * 100))% of a plain convolution's \(short(convolutionLimit))",
            "tensors \(peakBytes >> 20) MiB at most, process \(peakResidentBytes >> 20) MiB, \(short(faultsPerStep)) page faults each time",
        ]
        var table = TextTable(header: ["family", "seconds", "GFLOP", "calls"])
        for (name, count) in byFamily.sorted(by: { $0.value.seconds > $1.value.seconds }) {
            table.add([name, short(count.seconds), short(count.gflop), "\(count.calls)"])
        }
        lines.append(table.text)
        return lines
    }
}
