import Foundation

/// The processors that the process may use: its affinity, cut by the quotas of its control groups.
package enum Processors {
    package static var usable: Int {
        // On Linux this heeds the affinity, not the quota.
        let allowed = ProcessInfo.processInfo.activeProcessorCount
        return max(1, min(allowed, quota() ?? allowed))
    }

    /// Whole processors of the smallest quota of the process's control group and of all groups around it; nil where none has one.
    ///
    /// A service or a shell with `CPUQuota` lies some groups below the root; in a container the root that is seen is the container's own group.
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

    /// A group's path and those of all groups around it, up to the root, whose path is empty.
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
