import AuspexLayers
import AuspexModels
import AuspexTensors
import AuspexTraining
import TestSupport
import Testing

@Suite("Replicas share a step")
struct ReplicasTests {
    /// A step of four shards with two updates of discriminators, noise, views and batch norm.
    private static var run: SmallRun {
        var run = SmallRun(steps: 2)
        run.training.accumulation = 4
        run.training.discriminatorSteps = 2
        run.training.pixelLoss = .l1
        run.training.pixelWeight = 1
        run.training.gradientClipping = 1
        return run
    }

    private func trainer(_ run: SmallRun, on replicas: any Replicas) -> AdversarialTrainer {
        // Every replica begins with different weights, which those of replica 0 replace.
        var initializer = Initializer(seed: 1 + UInt64(replicas.rank))
        var discriminators = DiscriminatorsConfiguration()
        discriminators.views = run.views
        return AdversarialTrainer(
            generator: TrIVDGAN(run.model, using: &initializer),
            discriminators: Discriminators(discriminators, for: run.model, using: &initializer),
            configuration: run.training, replicas: replicas)
    }

    /// What each replica has after two steps, bit for bit, and what it reports.
    private func train(_ run: SmallRun, on count: Int) throws -> [(bits: [String: [UInt32]], report: [String])] {
        var results = [(bits: [String: [UInt32]], report: [String])](repeating: ([:], []), count: count)
        func body(_ replicas: any Replicas) throws {
            let trainer = trainer(run, on: replicas)
            try trainer.synchronise()
            let own = replicas.ownShards(of: run.training.accumulation)
            var report: [String] = []
            var taken = 0
            for _ in 0..<2 {
                let numbers = try trainer.advance {
                    let number = taken / own.count * run.training.accumulation + own.lowerBound + taken % own.count
                    taken += 1
                    let clips = try run.loader(from: number * run.training.batch).nextBatch().frames
                    return TrainingBatch(clips: clips.pixelsAsValues(), contextFrames: run.model.contextFrames)
                }.numbers
                report += numbers.map { "\($0.name) \($0.value.bitPattern)" }
            }
            #expect(trainer.consumedBatches == taken * count)
            let groups = trainer.checkpoint.groups
            var bits: [String: [UInt32]] = [:]
            for (group, tensors) in groups {
                for (name, tensor) in tensors { bits["\(group)/\(name)"] = tensor.scalars.map(\.bitPattern) }
            }
            results[replicas.rank] = (bits, report)
        }
        if count == 1 { try body(SingleReplica()) } else { try SimulatedReplicas(count: count).run(body) }
        return results
    }

    @Test("Four shards have the same bits on one, two and four replicas") func shards() throws {
        let alone = try train(Self.run, on: 1)[0]
        #expect(alone.bits.keys.contains { $0.hasSuffix(".statistics.mean") })
        for count in [2, 4] {
            for (rank, replica) in try train(Self.run, on: count).enumerated() {
                #expect(replica.bits.keys == alone.bits.keys)
                let differing = alone.bits.filter { replica.bits[$0.key] != $0.value }.keys.sorted().prefix(3)
                #expect(differing == [], "replica \(rank) of \(count)")
                #expect(replica.report == alone.report)
            }
        }
    }

    @Test("Draws belong to clips, wherever the batch is divided") func draws() throws {
        var whole = SmallRun(steps: 1)
        (whole.training.batch, whole.training.discriminatorSteps) = (4, 2)
        var cut = whole
        (cut.training.batch, cut.training.accumulation) = (2, 2)
        var fresh = cut
        fresh.training.phases = cut.training.resolvedPhases
        fresh.training.phases[1].batch = .fresh
        let drawn = try [whole, cut, fresh].map { run in
            let (generator, discriminator) = (ListeningGenerator(), ListeningDiscriminator())
            let trainer = AdversarialTrainer(
                generator: generator, discriminators: Discriminators([discriminator]), configuration: run.training)
            _ = try trainer.advance {
                let clips = RandomStream(seed: 1, name: "clips").uniform(
                    [run.training.batch, 4, 8, 8, 3])
                return TrainingBatch(clips: clips, contextFrames: 2)
            }
            return (noise: generator.heard, places: discriminator.heard)
        }
        // Two updates of the discriminator and one of the generator, four clips each.
        #expect(drawn[0].noise.count == 12 && Set(drawn[0].noise).count == 12)
        #expect(drawn[0].noise == drawn[1].noise)
        #expect(drawn[0].places == drawn[1].places && Set(drawn[0].places).count > 6)
        // The generator uses the clips of the update before and makes new draws for them, as for fresh ones.
        #expect(drawn[2].noise.prefix(8) == drawn[1].noise.prefix(8))
        #expect(Set(drawn[2].noise).count == 12 && drawn[2].noise.suffix(4) != drawn[1].noise.suffix(4))
    }

    /// Notes the noise of every clip.
    private final class ListeningGenerator: VideoGenerator {
        let scale = Parameter(Tensor(repeating: 1, shape: [1]))
        let options = TrIVDGANConfiguration()
        let latentSize = 3
        private(set) var heard: [[Float]] = []

        func callAsFunction(
            context: Tensor, horizon: Int, noise: Tensor, classes: [Int]?, _ pass: Pass
        ) -> GeneratorOutput {
            for clip in 0..<noise.shape[0] { heard.append(noise.sliced(0, from: clip, count: 1).scalars) }
            let last = context.sliced(1, from: context.shape[1] - 1, count: 1)
            return GeneratorOutput(
                frames: joined([Tensor](repeating: last, count: horizon), along: 1) * pass.read(scale))
        }
    }

    /// Notes the place that it looks at in every clip.
    private final class ListeningDiscriminator: Discriminator {
        let name = "listening"
        let scale = Parameter(Tensor(repeating: 1, shape: [1]))
        private(set) var heard: [Int] = []

        func draws(for clips: ClipShape, from stream: RandomStream) -> ViewDraws {
            let places = (0..<clips.clips).map { (top: stream.integer(below: 1_000, at: $0), left: 0) }
            heard += places.map(\.top)
            return ViewDraws(places: places)
        }

        func callAsFunction(_ video: Tensor, draws: ViewDraws, classes: [Int]?, _ pass: Pass) -> Tensor {
            #expect(draws.places.count == video.shape[0])
            return mean(video, along: [1, 2, 3, 4]) * pass.read(scale)
        }
    }

    @Test("Running statistics follow shards as if they came one after another") func statistics() {
        let batches = (0..<6).map { number in
            (
                RandomStream(seed: UInt64(number), name: "mean").normal([5]),
                RandomStream(seed: UInt64(number), name: "variance").uniform([5])
            )
        }
        let values = batches.map { mean, variance in
            RandomStream(seed: 9, name: "x").normal([2, 3, 3, 5]) * variance + mean
        }
        let (direct, recorded) = (BatchNorm(channels: 5), BatchNorm(channels: 5))
        for value in values { _ = direct(value, relu: false, Pass(.training, movesStatistics: true)) }
        // Three shards of two passes each.
        var recorders: [StatisticsRecorder] = []
        let sums = (0..<3).map { shard in
            let recorder = StatisticsRecorder()
            recorders.append(recorder)
            for value in values[2 * shard..<2 * shard + 2] {
                _ = recorded(value, relu: false, Pass(.training, recorder: recorder))
            }
            return recorder.contributions(ofShard: shard, of: 3)
        }.reduce([Tensor(zeros: [5]), Tensor(zeros: [5])]) { zip($0, $1).map { $0 + $1 } }
        #expect(recorded.statistics.mean.value.scalars == [0, 0, 0, 0, 0], "nothing moves before the sum is there")
        recorders[2].follow(sums, shards: 3)
        #expect(mismatch(recorded.statistics.mean.value, direct.statistics.mean.value, absolute: 1e-6) == nil)
        #expect(mismatch(recorded.statistics.variance.value, direct.statistics.variance.value, absolute: 1e-6) == nil)
    }

    @Test func shardsAreSharedInARow() throws {
        final class Numbered: Replicas {
            let (rank, count): (Int, Int)
            init(_ rank: Int, of count: Int) { (self.rank, self.count) = (rank, count) }
            func sum(ofShards shards: Int, _ values: (Int) throws -> [Tensor]) throws -> [Tensor] { [] }
            func broadcast(_ values: [Tensor]) -> [Tensor] { values }
        }
        #expect((0..<3).map { Numbered($0, of: 3).ownShards(of: 6) } == [0..<2, 2..<4, 4..<6])
        #expect(try SingleReplica().any(true))
        #expect(try !SingleReplica().any(false))
        var heard: [Bool] = []
        try SimulatedReplicas(count: 3).run { heard.append(try $0.any($0.rank == 1)) }
        #expect(heard == [true, true, true])
    }
}
