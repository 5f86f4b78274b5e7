import AuspexTensors
import Testing

@Suite("A pass over shapes")
struct ShapePassTests {
    /// Everything that a network does, with its gradient.
    private static func work() {
        let tape = Tape()
        let x = tape.watch(RandomStream(seed: 1, name: "x").normal([2, 8, 8, 16]))
        let weight = tape.watch(RandomStream(seed: 1, name: "weight").normal([3, 3, 16, 16]))
        let bias = tape.watch(Tensor(zeros: [16]))
        let gain = tape.watch(Tensor(repeating: 1, shape: [1, 16]))
        var y = convolution(x, weight: weight, bias: bias, activation: .relu)
        y = batchNormalized(y, gain: gain, bias: gain, epsilon: 1e-5, relu: true).output
        y = upsampledConvolution(y, weight: weight, bias: bias)
        y = pooledConvolution(y, weight: weight, bias: bias)
        y = warpedByKernels(y, logits: y.sliced(3, from: 0, count: 9))
        y = gatedMix(gate: y, kept: x, candidate: upsampledNearest(averagePooled(y, size: 2)))
        y = joined(y.unstacked().map { $0 * 2 }, along: 0).reshaped(to: [32, 64])
        let loss = mean(square(matrixProduct(y, y, transposingRight: true)))
        var parameter = RandomStream(seed: 1, name: "parameter").normal([100])
        var (mean, square) = (Tensor(zeros: [100]), Tensor(zeros: [100]))
        parameter.adamUpdate(
            firstMoment: &mean, secondMoment: &square, gradient: Tensor(repeating: loss.scalar, shape: [100]),
            AdamStep(rate: 1e-3, beta1: 0, beta2: 0.9, epsilon: 1e-8, step: 1))
        _ = tape.gradients(of: loss, at: [x, weight, bias, gain])
    }

    /// In a separate process: pool and counters belong to the whole program.
    @Test("counts the memory and the operations of the same code on numbers, exactly") func countsWhatRuns() async {
        await #expect(processExitsWith: .success) {
            let count = ShapePass.count { Self.work() }
            precondition(StoragePool.shared.statistics.systemAllocations == 0)
            precondition(count.liveBytes == 0 && count.tensors > 50)
            StoragePool.shared.resetPeak()
            WorkCounter.reset()
            Self.work()
            let statistics = StoragePool.shared.statistics
            precondition(count.peakLiveBytes == statistics.peakLiveBytes)
            precondition(count.footprintBytes == statistics.idleBytes)
            let families = WorkCounter.counts.filter { $0.key.hasPrefix("convolution") || $0.key == "matrixProduct" }
            let executed = families.values.reduce(0) { $0 + $1.gflop }
            precondition(abs(count.executedFLOP * 1e-9 / executed - 1) < 1e-9)
        }
    }

    @Test("an identity counts in full as nominal work") func countsAsWritten() {
        func nominal(_ body: (Tensor, Tensor) -> Tensor) -> Double {
            ShapePass.count { _ = body(Tensor(zeros: [2, 8, 6, 4]), Tensor(zeros: [3, 3, 4, 5])) }.nominalFLOP
        }
        let plain = 2.0 * 2 * 8 * 6 * 9 * 4 * 5
        #expect(nominal { convolution($0, weight: $1) } == plain)
        #expect(abs(nominal { upsampledConvolution($0, weight: $1) } - 4 * plain) < 1e-6 * plain)
        #expect(abs(nominal { pooledConvolution($0, weight: $1) } - plain) < 1e-6 * plain)
        #expect(nominal { x, w in ShapePass.nominally(times: 3) { convolution(x, weight: w) } } == 3 * plain)
        #expect(nominal { x, w in ShapePass.again { convolution(x, weight: w) } } == 0)
    }

    @Test("tensors of any size cost nothing, and read as ones") func costsNothing() {
        let count = ShapePass.count {
            let huge = Tensor(zeros: [1 << 20, 1 << 20])
            #expect(sum(huge * huge).scalar == 1)
        }
        #expect(count.peakLiveBytes > 1 << 42)
    }

    @Test("a tensor made outside is not affected by the pass") func leavesOthersAlone() {
        var own = Tensor([1, 2, 3] as [Float], shape: [3])
        _ = ShapePass.count {
            let other = own + Tensor(repeating: 1, shape: [3])
            #expect(other.shape == [3])
        }
        own.add(Tensor([1, 1, 1] as [Float], shape: [3]))
        #expect(own.scalars == [2, 3, 4])
    }
}
