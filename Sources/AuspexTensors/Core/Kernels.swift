import AuspexSupport
import CAuspexEngine

/// How many threads the engine's kernels use, and which instruction set.
public enum Kernels {
    /// Sets how many threads kernels use (1…256); also oneDNN's number, so call it on the thread that computes.
    public static func setThreads(_ count: Int) { ax_set_threads(Int32(clamping: count)) }

    /// How many threads kernels use.
    public static var threads: Int { Int(ax_threads()) }

    /// Instruction sets that the kernels are compiled for, each containing those before it.
    public enum InstructionSet: String, CaseIterable, Sendable, Codable {
        /// The architecture's minimum.
        case baseline
        /// AVX2 with FMA, 8 floats at a time.
        case avx2
        /// AVX-512 (F, BW, DQ, VL), 16 floats at a time.
        case avx512

        fileprivate var isa: ax_isa {
            switch self {
            case .baseline: ax_isa_baseline
            case .avx2: ax_isa_avx2
            case .avx512: ax_isa_avx512
            }
        }
    }

    /// The instruction set in use: the processor's best, limited by the environment variable `AUSPEX_ISA` (`baseline` or `avx2`).
    public static var instructionSet: InstructionSet {
        InstructionSet.allCases.first { $0.isa == ax_isa_selected() } ?? .baseline
    }

    /// Whether the processor has instructions for products of bfloat16 (and `AUSPEX_ISA` allows them).
    public static var multiplyBFloat16: Bool { ax_dnn_has_bfloat16() != 0 }

    /// All that this processor has (and `AUSPEX_ISA` allows).
    package static var instructionSets: [InstructionSet] {
        InstructionSet.allCases.filter { $0.isa.rawValue <= ax_isa_available().rawValue }
    }

    /// Runs `body` with the kernels of another instruction set, for tests; program-wide, so one at a time.
    package static func with<Result>(_ set: InstructionSet, _ body: () throws -> Result) rethrows -> Result {
        let before = ax_isa_selected()
        require(ax_isa_select(set.isa) != 0, "Kernels.with", "this processor has no \(set.rawValue)")
        defer { _ = ax_isa_select(before) }
        return try body()
    }
}
