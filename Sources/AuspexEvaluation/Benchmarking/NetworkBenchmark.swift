import AuspexMetrics
import AuspexPretrained
import AuspexSupport
import AuspexTensors

/// This machine's speed on the network behind FVD and KVD: the logits of clips of noise. The weights are random, too, so no download is needed.
public struct NetworkBenchmark {
    /// Clips that go through the network together.
    public var batch = 4
    /// Frames of a clip.
    public var frames = 16
    /// Batches that are timed.
    public var repeats = 5
    /// The element type of the network's products.
    public let precision: I3D.Precision

    /// - Throws: `BenchmarkError` for bfloat16 on a processor that has no instructions for it.
    public init(precision: I3D.Precision = .float32) throws {
        guard precision == .float32 || Kernels.multiplyBFloat16 else { throw BenchmarkError.noBFloat16 }
        self.precision = precision
    }

    /// Measurements per clip.
    ///
    /// - Throws: `BenchmarkError` for clips that do not fit in memory.
    public func logits(progress: (Int) -> Void = { _ in }) throws -> BenchmarkReport {
        // The clips, and the first layer's maps: 64 channels at half the side and half the frames.
        let pixels = Double(batch) * Double(frames) * Double(I3D.frameSide * I3D.frameSide)
        try BenchmarkError.check(
            bytes: pixels * (3 + 64 / 8) * 4, of: "a batch of \(batch, "clip") of \(frames, "frame")")
        let network = I3D(seed: 1, precision: precision)
        let clips = RandomStream(seed: 1, name: "clips").uniform([batch, frames, I3D.frameSide, I3D.frameSide, 3])
        let written = ShapePass.count {
            let clip = Tensor(zeros: [1, frames, I3D.frameSide, I3D.frameSide, 3])
            _ = I3D(seed: 1, precision: precision).logits(clip)
        }
        return BenchmarkReport.measured(
            .i3d, repeats: repeats, batch: batch, gflopAsWritten: written.nominalFLOP * 1e-9, progress
        ) { _ = network.logits(clips) }
    }
}

/// A benchmark that this machine cannot run.
public enum BenchmarkError: RemediableError, Sendable, CustomStringConvertible {
    /// bfloat16 was asked for on a processor without instructions for it.
    case noBFloat16
    /// Work that needs more memory than the process may use.
    case tooLarge(work: String, bytes: Double)

    static func check(bytes: Double, of work: String) throws {
        if bytes > MachineMemory.bytes { throw BenchmarkError.tooLarge(work: work, bytes: bytes) }
    }

    /// The element type that every processor has.
    public var remedies: [Remedy] {
        switch self {
        case .tooLarge: []
        case .noBFloat16: [.precision(I3D.Precision.float32.rawValue)]
        }
    }

    public var description: String {
        switch self {
        case .tooLarge(let work, let bytes):
            "\(work) would take at least \(HumanUnits.bytes(bytes)) of memory, and this process may use "
                + "\(HumanUnits.bytes(MachineMemory.bytes)); ask for less"
        case .noBFloat16:
            "found a processor without instructions for products of bfloat16 (AVX-512 BF16), expected them for "
                + "bfloat16; choose float32, which the published values were computed in"
        }
    }
}
