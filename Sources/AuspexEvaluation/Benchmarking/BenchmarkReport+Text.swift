import AuspexSupport
import AuspexTensors
import Foundation

extension BenchmarkReport: Report {
    /// The measurement in words, and a row for each family of operations.
    public var text: String {
        let unit =
            switch work {
            case .step: "a step"
            case .predict: "a prediction"
            case .i3d: "a clip, \(batch) at once"
            }
        var lines = [
            "\(unit): \(NumberText.short(seconds.median)) s (\(NumberText.short(seconds.minimum)) … \(NumberText.short(seconds.maximum)), \(repeats, "time")), \(threads, "thread"), \(instructionSet)"
                + (busyThreads > 0 ? ", beside \(busyThreads, "busy thread")" : ""),
            "\(NumberText.short(gflopAsWritten)) GFLOP as written, \(NumberText.short(gflopExecuted)) executed, \(NumberText.short(gflopsPerSecond)) a second: \(NumberText.short(shareOfConvolutionLimit * 100))% of a plain convolution's \(NumberText.short(convolutionLimit))",
            "tensors \(peakBytes >> 20) MiB at most, process \(peakResidentBytes >> 20) MiB, \(NumberText.short(faultsPerStep)) page faults each time",
        ]
        var table = TextTable(header: ["family", "seconds", "GFLOP", "calls"])
        for (name, count) in byFamily.sorted(by: { $0.value.seconds > $1.value.seconds }) {
            table.add([name, NumberText.short(count.seconds), NumberText.short(count.gflop), "\(count.calls)"])
        }
        lines.append(table.text)
        return lines.joined(separator: "\n")
    }
}
