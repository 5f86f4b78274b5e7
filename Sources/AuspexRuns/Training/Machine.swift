import AuspexSupport
import AuspexTensors
import AuspexVideo

/// The machine that computed a run: bits may differ on another machine, or with other versions of the libraries.
struct Machine: Codable, Equatable {
    var instructionSet: Kernels.InstructionSet
    var threads: Int
    /// Versions by name; nil in checkpoints of earlier versions, which did not record them.
    var libraries: [String: String]?

    static var current: Machine {
        Machine(
            instructionSet: Kernels.instructionSet, threads: Kernels.threads,
            libraries: [
                "FFmpeg": ffmpegVersion, "oneDNN": MathLibraries.oneDNN, "OpenBLAS": MathLibraries.openBLAS,
            ])
    }

    /// A note for users who resume a run on another machine; nil if nothing differs.
    func notice(goingOnWith now: Machine) -> String? {
        var (before, after): ([String], [String]) = ([], [])
        func compare(_ old: String, _ new: String) {
            guard old != new else { return }
            before.append(old)
            after.append(new)
        }
        func inWords(_ threads: Int) -> String { "\(threads, "thread")" }
        compare(inWords(threads), inWords(now.threads))
        compare(instructionSet.rawValue, now.instructionSet.rawValue)
        for (name, version) in (libraries ?? [:]).sorted(by: { $0.key < $1.key }) {
            compare("\(name) \(version)", "\(name) \(now.libraries?[name] ?? "of an unknown version")")
        }
        guard !before.isEmpty else { return nil }
        return "the run was computed with \(before.joined(separator: ", ")), and goes on with "
            + "\(after.joined(separator: ", ")): its bits may differ from those of a run in one go"
    }
}
