import AuspexTensors
import Foundation

extension BenchmarkReport {
    /// A measured number as people read it.
    static func short(_ number: Double) -> String {
        number.formatted(.number.precision(.significantDigits(3)).grouping(.never))
    }

    /// The measurement in words, for people.
    public var summary: [String] {
        let unit =
            switch work {
            case .step: "a step"
            case .predict: "a prediction"
            case .i3d: "a clip, \(batch) at once"
            }
        var lines = [
            "\(unit): \(Self.short(seconds.median)) s (\(Self.short(seconds.minimum)) … \(Self.short(seconds.maximum)), \(repeats, "time")), \(threads, "thread"), \(instructionSet)",
            "\(Self.short(gflopAsWritten)) GFLOP as written, \(Self.short(gflopExecuted)) executed, \(Self.short(gflopsPerSecond)) a second: \(Self.short(shareOfConvolutionLimit * 100))% of a plain convolution's \(Self.short(convolutionLimit))",
            "tensors \(peakBytes >> 20) MiB at most, process \(peakResidentBytes >> 20) MiB, \(Self.short(faultsPerStep)) page faults each time",
        ]
        var table = TextTable(header: ["family", "seconds", "GFLOP", "calls"])
        for (name, count) in byFamily.sorted(by: { $0.value.seconds > $1.value.seconds }) {
            table.add([name, Self.short(count.seconds), Self.short(count.gflop), "\(count.calls)"])
        }
        lines.append(table.text)
        return lines
    }
}
