import ArgumentParser
import AuspexTensors
import Foundation

/// How much of the machine the engine takes.
struct EngineOptions: ParsableArguments {
    @Option(help: "Threads that compute; all processors that the process may use if not given.")
    var threads: Int?

    func validate() throws { try requireAtLeast(1, threads, "--threads", atMost: Most.threads) }

    /// Sets the engine up; called on the engine's thread before anything is computed.
    func apply() {
        Kernels.setThreads(threads ?? Processors.usable)
    }
}

/// The processors that the process may use: its affinity, cut by a container's quota.
enum Processors {
    static var usable: Int {
        // On Linux this heeds the affinity, not the quota.
        let allowed = ProcessInfo.processInfo.activeProcessorCount
        return max(1, min(allowed, quota ?? allowed))
    }

    /// Whole processors of the cgroup's quota: `cpu.max` holds microseconds allowed and the period, or `max`.
    private static var quota: Int? {
        if let text = try? String(contentsOfFile: "/sys/fs/cgroup/cpu.max", encoding: .utf8) {
            let words = text.split(whereSeparator: \.isWhitespace)
            guard words.count == 2, let allowed = Double(words[0]), let period = Double(words[1]) else { return nil }
            return max(1, Int(allowed / period))
        }
        func number(_ name: String) -> Double? {
            (try? String(contentsOfFile: "/sys/fs/cgroup/cpu/" + name, encoding: .utf8))
                .flatMap { Double($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
        }
        guard let allowed = number("cpu.cfs_quota_us"), allowed > 0, let period = number("cpu.cfs_period_us") else {
            return nil
        }
        return max(1, Int(allowed / period))
    }
}
