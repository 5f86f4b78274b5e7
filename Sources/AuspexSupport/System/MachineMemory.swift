import Foundation

/// How much memory the process may use.
package enum MachineMemory {
    /// The machine's memory in bytes, reduced to the container's and the process's limits.
    package static let bytes: Double = {
        let own = Double(ProcessInfo.processInfo.physicalMemory)
        let limits = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"].compactMap { path in
            (try? String(contentsOfFile: path, encoding: .utf8))
                .flatMap { Double($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
        }
        var addressSpace = rlimit()
        let isKnown = getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &addressSpace) == 0
        let process = isKnown && addressSpace.rlim_cur > 0 ? [Double(addressSpace.rlim_cur)] : []
        return ([own] + limits + process).min() ?? own
    }()
}
