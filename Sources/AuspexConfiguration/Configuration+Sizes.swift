import AuspexModels
import AuspexSupport
import AuspexTensors
import AuspexVideo

/// Memory needed for a configuration's sizes, computed before a network is built or a clip is read.
extension Configuration {
    /// More than any machine that trains on CPUs has: a size that needs this much is a typing mistake.
    private static let absurdBytes = 1e13

    /// Refuses sizes for which no network can be built anywhere: element counts would overflow.
    ///
    /// - Throws: `ConfigurationError` naming the field and the memory that it would need.
    func refuseAbsurdSizes() throws { try check(sizes: needs, limit: Self.absurdBytes, whose: "no machine has that") }

    /// Refuses a training that needs more memory than the process may use.
    ///
    /// - Parameter memories: the allowed multiple of this machine's memory: a forecast may be for a larger machine.
    /// - Throws: as `refuseAbsurdSizes`.
    public func refuseWhatDoesNotFit(in memories: Double = 1) throws {
        try check(
            sizes: needs, limit: memories * MachineMemory.bytes,
            whose: "this process may use \(HumanUnits.bytes(MachineMemory.bytes))")
    }

    /// Refuses a model whose weights alone need more memory than the process may use: a checkpoint's documents may be damaged.
    package func refuseModelThatDoesNotFit(of run: String) throws {
        // Prediction needs no discriminators, and one of the copies that training keeps.
        let least = LeastMemory(self)
        let bytes = (least.parameterBytes - least.discriminatorBytes) / LeastMemory.bytesPerParameter * 4
        guard bytes > MachineMemory.bytes else { return }
        throw ConfigurationError(
            "\(run): the model takes at least \(HumanUnits.bytes(bytes)) of memory, and this process may use "
                + "\(HumanUnits.bytes(MachineMemory.bytes)); predict on a larger machine")
    }

    /// Refuses a prediction whose frames alone need more memory than the process may use.
    ///
    /// - Parameters:
    ///   - clips: how many futures are held at once.
    ///   - work: what makes it that large, as worded in the error.
    ///   - remedies: which choices of the caller make it smaller.
    /// - Throws: `ConfigurationError` with the least memory that it would take.
    package func refusePredictionThatDoesNotFit(
        frames: Int, clips: Int, of work: String, remedies: [Remedy] = []
    ) throws {
        let pixels = model.size.pixelCount * Double(model.frameChannels)
        let bytes = (Double(model.contextFrames) + Double(frames)) * Double(clips) * pixels
        guard bytes > MachineMemory.bytes else { return }
        throw ConfigurationError(
            "\(work): the predicted frames would take at least \(HumanUnits.bytes(bytes)) of memory, and this process may use "
                + "\(HumanUnits.bytes(MachineMemory.bytes)); ask for fewer", remedies: remedies)
    }

    private struct Need {
        let field: String
        let value: Int
        let bytes: Double
        let advice: String
    }

    private func check(sizes: [Need], limit: Double, whose: String) throws {
        let total = sizes.reduce(0) { $0 + $1.bytes }
        guard total > limit, let largest = sizes.max(by: { $0.bytes < $1.bytes }) else { return }
        throw ConfigurationError(
            "\(largest.field) is \(largest.value): a training step would take at least \(HumanUnits.bytes(total)) of memory, and "
                + "\(whose); \(largest.advice)")
    }

    /// Lower bounds in `Double`, which cannot overflow.
    private var needs: [Need] {
        let least = LeastMemory(self)
        let pixels = model.size.pixelCount * Double(model.frameChannels)
        let clipBytes = (Double(model.contextFrames) + Double(model.predictedFrames)) * pixels
        let batchBytes = Double(training.batch) * clipBytes
        // If a sufficient number of batches is already too large, blame the batch; these fields are blamed for the excess only.
        func parts(_ batches: Int, enough: Double) -> (usual: Double, more: Double) {
            (min(Double(batches), enough), max(0, Double(batches) - enough))
        }
        let standing = parts(training.standingStatisticsBatches, enough: 16)
        let queued = parts(data.queuedBatches, enough: 4)
        let discriminatorChannels = discriminators.channels ?? model.discriminatorChannels
        var needs = model.leastSizes.map { size in
            Need(
                field: "model.\(size.field)", value: size.value, bytes: size.parameters * LeastMemory.bytesPerParameter,
                advice: size.advice)
        }
        needs += [
            Need(
                field: "discriminators.channels", value: discriminatorChannels, bytes: least.discriminatorBytes,
                advice: "lower it: the weights grow with its square"),
            Need(
                field: "training.batch", value: training.batch,
                bytes: least.clipBytes + (standing.usual + queued.usual) * batchBytes,
                advice: "lower it, and raise training.accumulation to keep the clips of an update"),
            Need(
                field: "training.standingStatisticsBatches", value: training.standingStatisticsBatches,
                bytes: standing.more * batchBytes, advice: "lower it: 16 are enough"),
            Need(
                field: "data.queuedBatches", value: data.queuedBatches, bytes: queued.more * batchBytes,
                advice: "lower it: 4 are enough"),
        ]
        // Other sources have a limited number of clips.
        if (data.validation ?? data.source).hasPrefix(SyntheticSources.prefix) {
            needs.append(
                Need(
                    field: "training.validationClips", value: training.validationClips,
                    bytes: Double(training.validationClips) * clipBytes, advice: "lower it"))
        }
        return needs
    }
}
