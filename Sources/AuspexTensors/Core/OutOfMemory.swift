import AuspexSupport
import CAuspexSystem
import Foundation

/// Reports that memory is missing without which the engine cannot continue.
///
/// Operations on tensors do not throw, and the program is not at fault: it ends with one line and status 1, not with a trap.
package enum OutOfMemory {
    /// Ends the process.
    ///
    /// - Parameter purpose: what the memory was needed for: "a tensor".
    package static func stop(wanting bytes: Int, for purpose: String) -> Never {
        let limit = ax_address_space_limit()
        let allowance = limit == .max ? "" : "; the process may use \(limit >> 20) MiB of address space (ulimit -v)"
        let live = StoragePool.shared.statistics.liveBytes
        try? StandardStream.error.write(
            "auspex: out of memory: \(megabytes(bytes)) for \(purpose), beside \(megabytes(live)) of tensors, cannot be had"
                + allowance + "; take a smaller model, batch or number of frames"
                + (limit == .max ? "" : ", or raise the limit") + "\n")
        _exit(Status.failed)
    }

    private enum Status { static let failed: Int32 = 1 }

    private static func megabytes(_ bytes: Int) -> String {
        let whole = (bytes + (1 << 20) - 1) >> 20
        return "\(whole) MiB"
    }

    /// Whether this many bytes can be mapped now and still leave room for libraries.
    package static func leavesRoom(forBytes bytes: Int) -> Bool {
        let free = ax_free_address_space()
        return free == .max || free >= UInt64(bytes) + UInt64(reserveBytes)
    }

    /// oneDNN, the Swift runtime and others crash if a small allocation fails: the engine's own, large allocations stop before that.
    private static let reserveBytes = 32 << 20
}
