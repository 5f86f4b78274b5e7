import AuspexLayers
import AuspexModels
import AuspexSupport
import AuspexTensors

/// A generator and its discriminators in training: the updates of a step, and everything that the next step depends on.
///
/// A step goes through the configuration's phases. The gradients of `accumulation` shards are averaged into each update; one replica or several
/// compute them, with the same bits. Every random draw is a pure function of (seed, purpose, number of the clip).
/// Source: Luc et al. 2020, arXiv:2003.04035, appendix; Clark et al. 2019, arXiv:1907.06571.
public final class AdversarialTrainer {
    /// The network that is trained to predict.
    public let generator: any VideoGenerator
    /// The networks that the generator is trained against; none if it is trained on pixels alone.
    public let discriminators: Discriminators
    /// The updates of a step, and their settings.
    public let configuration: TrainingConfiguration
    let phases: [TrainingPhase]
    /// The generator's weights averaged over steps.
    public let averaged: AveragedWeights
    /// Completed steps. It may be set to count the work of a later step.
    public package(set) var step = 0
    /// Whether to keep only the inputs of every block and run it again in the backward pass.
    public var recomputesActivations: Bool
    /// The replicas that share the work of a step.
    let replicas: any Replicas
    /// Called before each micro-batch of a step; if it throws, the step ends, possibly after some of its updates.
    public var beforeMicroBatch: () throws -> Void = {}

    /// Makes a trainer at step 0.
    ///
    /// - Parameter replicas: they share the work of a step; their number must divide `configuration.accumulation`.
    public init(
        generator: any VideoGenerator, discriminators: Discriminators, configuration: TrainingConfiguration,
        replicas: any Replicas = SingleReplica()
    ) {
        require(
            configuration.accumulation % replicas.count == 0, "AdversarialTrainer",
            "\(configuration.accumulation) shards cannot be shared by \(replicas.count) replicas")
        self.replicas = replicas
        self.generator = generator
        self.discriminators = discriminators
        self.configuration = configuration
        recomputesActivations = configuration.checkpointActivations
        phases = TrainingPhase.all(configuration.resolvedPhases, of: generator, discriminators)
        averaged = AveragedWeights(of: generator.parameters, configuration.averaging)
    }

    /// The fraction of the training that is done.
    private var progress: Double { Double(step) / Double(max(1, configuration.steps)) }

    /// Micro-batches that the next step needs, on this replica.
    public var batchesPerStep: Int {
        configuration.freshUpdates(atStep: step) * configuration.accumulation / replicas.count
    }

    /// Micro-batches that all steps so far have used, on all replicas.
    public var consumedBatches: Int { configuration.freshUpdates(before: step) * configuration.accumulation }

    /// One whole step.
    ///
    /// - Parameter nextBatch: called `batchesPerStep` times, for this replica's shards of each update in order.
    /// - Throws: `NonFiniteValue` naming the term; the networks are then as after the last finite update.
    public func advance(_ nextBatch: () throws -> TrainingBatch) throws -> StepReport {
        var report = StepReport()
        var shards: [Shard] = []
        var taken = consumedBatches
        var factor = 1.0
        for phase in phases where phase.plan.isActive(atStep: step) {
            factor = phase.plan.learningRateFactor(atStep: step, ofSteps: configuration.steps)
            let rate = phase.plan.optimizer.learningRate * factor
            for _ in 0..<phase.plan.repeats {
                if phase.plan.batch == .fresh || shards.isEmpty {
                    shards = try replicas.ownShards(of: configuration.accumulation).map { shard in
                        Shard(batch: try nextBatch(), firstClip: (taken + shard) * configuration.batch)
                    }
                    taken += configuration.accumulation
                } else {
                    for position in shards.indices { shards[position].earlierUses += 1 }
                }
                switch phase.plan.network {
                case .discriminators: try updateDiscriminators(phase, on: shards, learningRate: rate, &report)
                case .generator: try updateGenerator(phase, on: shards, learningRate: rate, &report)
                }
            }
        }
        step += 1
        averaged.follow(
            atStep: step, clipsPerStep: shards.reduce(0) { $0 + $1.batch.clips } * replicas.count)
        report.add("learningRate/factor", factor)
        StoragePool.shared.endStep()
        return report
    }

    /// Copies replica 0's networks to all replicas, before the first step. (Optimizers' state is zero then, or read from one checkpoint.)
    public func synchronise() throws {
        guard replicas.count > 1 else { return }
        let networks = [generator as any Layer, discriminators]
        let parameters = networks.flatMap(\.parameters).map(\.parameter)
        let buffers = networks.flatMap(\.buffers).map(\.buffer)
        var values = try replicas.broadcast(
            parameters.map(\.value) + buffers.map(\.value) + averaged.values)[...]
        for parameter in parameters { parameter.value = values.removeFirst() }
        for buffer in buffers { buffer.value = values.removeFirst() }
        averaged.values = Array(values)
    }

    private func updateDiscriminators(
        _ phase: TrainingPhase, on shards: [Shard], learningRate: Double, _ report: inout StepReport
    ) throws {
        var names: [String] = []
        let sums = try sum(over: shards) { shard, _, isFirst in
            let batch = shard.batch
            let predicted = generator(
                context: batch.context, horizon: batch.predictedFrames,
                noise: shard.noise(of: generator, seed: configuration.seed), classes: batch.classes,
                Pass(.training, iteratesSpectralNorms: isFirst)
            ).frames
            let result = DiscriminatorGradients(
                of: discriminators, on: batch, predicted: predicted,
                draws: shard.draws(of: discriminators, seed: configuration.seed), loss: phase.adversarialLoss,
                iteratesSpectralNorms: isFirst, recomputesActivations: recomputesActivations)
            let numbers = result.outcomes.flatMap { outcome in
                [
                    ("discriminator/\(outcome.view)/loss", outcome.loss),
                    ("discriminator/\(outcome.view)/accuracyReal", outcome.accuracyReal),
                    ("discriminator/\(outcome.view)/accuracyPredicted", outcome.accuracyPredicted),
                ]
            }
            names = numbers.map(\.0)
            return result.gradients + [Tensor(numbers.map(\.1), shape: [numbers.count])]
        }
        try add(sums[sums.count - 1], named: names, to: &report)
        try apply(
            Array(sums.dropLast()), with: phase, named: "discriminator", learningRate: learningRate, &report)
    }

    private func updateGenerator(
        _ phase: TrainingPhase, on shards: [Shard], learningRate: Double, _ report: inout StepReport
    ) throws {
        var names: [String] = []
        var recorder = StatisticsRecorder()
        let sums = try sum(over: shards) { shard, number, isFirst in
            recorder = StatisticsRecorder()
            let result = GeneratorGradients(
                of: generator, against: discriminators, on: shard.batch,
                noise: shard.noise(of: generator, seed: configuration.seed),
                draws: shard.draws(of: discriminators, seed: configuration.seed), terms: phase.plan.loss,
                progress: progress, recorder: recorder, iteratesSpectralNorms: isFirst,
                recomputesActivations: recomputesActivations)
            names = result.losses.map { "generator/\($0.name)" }
            return result.gradients + [Tensor(result.losses.map(\.value), shape: [names.count])]
                + recorder.contributions(ofShard: number, of: configuration.accumulation)
        }
        let count = generator.parameters.count
        var gradients = Array(sums.prefix(count))
        try add(sums[count], named: names, to: &report)
        if let weight = phase.orthogonalWeight {
            // The sums are divided by the number of shards later; the penalty counts once per update.
            let penalty = OrthogonalPenaltyGradients(
                of: generator, weight: weight * Double(configuration.accumulation))
            report.add("generator/orthogonalPenalty", penalty.value)
            for (position, gradient) in penalty.gradients.enumerated() {
                if let gradient { gradients[position] = gradients[position] + gradient }
            }
            try report.checkFinite()
        }
        try apply(gradients, with: phase, named: "generator", learningRate: learningRate, &report)
        recorder.follow(sums.dropFirst(count + 1), shards: configuration.accumulation)
    }

    /// Sums the results of an update's shards, over all replicas.
    ///
    /// - Parameter values: computes one shard; it is given the shard's number, and whether it is this replica's first shard, which iterates spectral norms.
    private func sum(
        over shards: [Shard], _ values: (_ shard: Shard, _ number: Int, _ isFirst: Bool) throws -> [Tensor]
    ) throws -> [Tensor] {
        let own = replicas.ownShards(of: configuration.accumulation)
        return try replicas.sum(ofShards: configuration.accumulation) { number in
            try beforeMicroBatch()
            return try values(shards[number - own.lowerBound], number, number == own.lowerBound)
        }
    }

    /// Reports the mean losses of an update.
    private func add(_ sums: Tensor, named names: [String], to report: inout StepReport) throws {
        for (name, sum) in zip(names, sums.scalars) {
            report.addMean(name, Double(sum) / Double(configuration.accumulation))
        }
        try report.checkFinite()
    }

    /// Averages the shards' gradients, measures and limits their norm, and takes the optimizer's step.
    private func apply(
        _ gradients: [Tensor], with phase: TrainingPhase, named name: String, learningRate: Double,
        _ report: inout StepReport
    ) throws {
        let count = Double(configuration.accumulation)
        let norm = gradients.reduce(0) { $0 + $1.sumOfSquares }.squareRoot() / count
        report.addMean("\(name)/gradientNorm", norm)
        try report.checkFinite()
        let clipping = phase.plan.optimizer.gradientClipping
        let limit = clipping.map { min(1, $0 / max(norm, .leastNormalMagnitude)) } ?? 1
        phase.optimizer.update(gradients, learningRate: learningRate, gradientScale: limit / count)
    }
}
