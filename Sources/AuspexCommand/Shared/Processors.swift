import Foundation

/// The processors that the process may use: its affinity, limited by the quotas of its control groups.
package enum Processors {
    package static var usable: Int {
        // On Linux this respects the affinity but not the quota.
        let allowed = ProcessInfo.processInfo.activeProcessorCount
        return max(1, min(allowed, quota() ?? allowed))
    }

    /// Whole processors allowed by the smallest quota of the process's control group and its ancestors; nil if none has a quota.
    ///
    /// A service or a shell with `CPUQuota` is some groups below the root; a container sees its own group as the root.
    ///
    /// - Parameter root: `/`; another folder for tests.
    package static func quota(root: String = "") -> Int? {
        let groups = (try? String(contentsOfFile: root + "/proc/self/cgroup", encoding: .utf8)) ?? ""
        var quotas: [Double] = []
        for line in groups.split(separator: "\n") {
            // `0::/user.slice/…` of version 2; `4:cpu,cpuacct:/…` of version 1.
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 3 else { continue }
            if parts[0] == "0", parts[1].isEmpty {
                quotas += folders(from: parts[2]).compactMap { unified("\(root)/sys/fs/cgroup\($0)/cpu.max") }
            } else if parts[1].split(separator: ",").contains("cpu") {
                quotas += folders(from: parts[2]).compactMap { separate("\(root)/sys/fs/cgroup/cpu\($0)") }
            }
        }
        return quotas.min().map { max(1, Int($0)) }
    }

    /// The paths of a group and of all its ancestors up to the root, whose path is empty.
    private static func folders(from path: String) -> [String] {
        var names = path.split(separator: "/")
        var paths = [""]
        while !names.isEmpty {
            paths.append("/" + names.joined(separator: "/"))
            names.removeLast()
        }
        return paths
    }

    /// Microseconds allowed and the period, or `max`.
    private static func unified(_ file: String) -> Double? {
        guard let text = try? String(contentsOfFile: file, encoding: .utf8) else { return nil }
        let words = text.split(whereSeparator: \.isWhitespace)
        guard words.count == 2, let allowed = Double(words[0]), let period = Double(words[1]), period > 0 else {
            return nil
        }
        return allowed / period
    }

    private static func separate(_ folder: String) -> Double? {
        func number(_ name: String) -> Double? {
            (try? String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8))
                .flatMap { Double($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
        }
        guard let allowed = number("cpu.cfs_quota_us"), allowed > 0, let period = number("cpu.cfs_period_us"),
            period > 0
        else { return nil }
        return allowed / period
    }
}
