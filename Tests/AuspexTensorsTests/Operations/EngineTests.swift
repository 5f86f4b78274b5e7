import AuspexTensors
import TestSupport
import Testing

@Suite struct EngineTests {
    @Test func theGradientCheckCatchesAWrongGradient() {
        let x = numbers([6], "x")
        /// A square whose pullback forgot the factor of two.
        func wrong(_ x: Tensor) -> Tensor {
            let saved = x.detached()
            return square(saved).recorded("wrong", from: x) { [$0 * saved] }
        }
        let difference = gradientMismatch(of: { wrong($0[0]) }, against: { $0[0].map { $0 * $0 } }, at: [x])
        #expect(difference?.contains("gradient of input 0") == true)
        let output = gradientMismatch(of: { relu($0[0]) }, against: { $0[0].map { $0 * $0 } }, at: [x])
        #expect(output?.contains("output") == true)
    }

    @Test func comparisonsFailOnNaNAndShape() {
        #expect(mismatch(Tensor([.nan] as [Float], shape: [1]), Tensor([1] as [Float], shape: [1])) != nil)
        #expect(mismatch(Tensor([1] as [Float], shape: [1]), Tensor([.nan] as [Float], shape: [1])) != nil)
        #expect(mismatch(Tensor([.nan] as [Float], shape: [1]), Tensor([.nan] as [Float], shape: [1])) != nil)
        let infinities = Tensor([.infinity, -.infinity] as [Float], shape: [2])
        #expect(mismatch(infinities, infinities) == nil)
        #expect(mismatch(infinities, -infinities)?.contains("inf instead of -inf at element 0") == true)
        let worst = mismatch(
            Tensor([1, .nan, 9] as [Float], shape: [3]), Tensor([1, 2, 3] as [Float], shape: [3]))
        #expect(worst?.contains("nan instead of 2.0 at element 1") == true, "\(worst ?? "")")
        #expect(largestMagnitude([1, -3, 2]) == 3 && largestMagnitude([1, .nan, 2]) == .infinity)
        #expect(largestMagnitude([Float.nan, 1]) == .infinity && largestMagnitude([Float]()) == 0)
        #expect(mismatch(Tensor(zeros: [2, 3]), Tensor(zeros: [3, 2])) != nil)
        #expect(mismatch(Tensor(zeros: [2]), Tensor([0, 1] as [Float], shape: [2])) != nil)
    }

    @Test func numberOfThreadsChangesNoBit() {
        let before = Kernels.threads
        defer { Kernels.setThreads(before) }
        let x = numbers([7, 24, 40, 12], "x")
        let (gain, bias) = (numbers([7, 12], "gain"), numbers([7, 12], "bias"))
        let logits = numbers([7, 24, 40, 9], "logits")
        func results(_ threads: Int) -> [[Float]] {
            Kernels.setThreads(threads)
            let tape = Tape()
            let leaves = [tape.watch(x), tape.watch(gain), tape.watch(bias), tape.watch(logits)]
            let output = batchNormalized(leaves[0], gain: leaves[1], bias: leaves[2], epsilon: 1e-5, relu: true)
            let moved = warpedByKernels(output.output, logits: leaves[3])
            let loss = sum(moved) + mean(softmax(moved, along: 2) * x)
            return ([loss.detached(), output.mean, output.variance] + tape.gradients(of: loss, at: leaves)).map(
                \.scalars)
        }
        let alone = results(1)
        for threads in [2, 3, 5] { #expect(results(threads) == alone, "\(threads) threads") }
    }

    /// In a separate process: the pool counts for the whole program.
    @Test func backwardPassesKeepNothing() async {
        await #expect(processExitsWith: .success) {
            let kept = storagesKept {
                let tape = Tape()
                let x = tape.watch(RandomStream(seed: 1, name: "x").normal([2, 4, 4, 8]))
                let gain = tape.watch(Tensor(repeating: 1, shape: [1, 8]))
                let logits = tape.watch(RandomStream(seed: 1, name: "logits").normal([2, 4, 4, 9]))
                var y = batchNormalized(x, gain: gain, bias: gain, epsilon: 1e-5, relu: true).output
                y = gatedMix(gate: y, kept: warpedByKernels(y, logits: logits), candidate: y)
                y = joined(y.split(3, counts: [3, 5]) + [tanh(y) * sigmoid(y)], along: 3)
                y = stacked(y.unstacked()).transposed([1, 0, 2, 3]).padded([(1, 0), (0, 0), (0, 1), (0, 0)])
                y = warpedByFlow(y, flow: Tensor(repeating: 0.5, shape: y.shape.dropLast() + [2]))
                let loss = mean(square(y / 2)) + maximum(exp(y)) + sum(softmax(y, along: -1) * y)
                let beforeBackward = StoragePool.shared.statistics.liveCount
                let gradients = tape.gradients(of: loss, at: [x, gain, logits])
                // Records are freed as they run: with the tape still there, only gradients have come and much has gone.
                precondition(StoragePool.shared.statistics.liveCount < beforeBackward)
                precondition(gradients.count == 3)
            }
            precondition(kept == 0)
        }
    }

    /// Operations that are recorded but never differentiated are freed with the tape.
    @Test func droppedTapesKeepNothing() async {
        await #expect(processExitsWith: .success) {
            let kept = storagesKept {
                let tape = Tape()
                let x = tape.watch(Tensor(repeating: 1, shape: [4, 4]))
                _ = sum(exp(x) * x)
            }
            precondition(kept == 0)
        }
    }

    @Test func withoutATapeNothingIsKept() {
        let x = numbers([4], "x")
        #expect(
            !exp(x).isTracked
                && !batchNormalized(
                    x.reshaped(to: [1, 1, 2, 2]), gain: Tensor(zeros: [1, 2]), bias: Tensor(zeros: [1, 2]), epsilon: 1,
                    relu: true
                ).output.isTracked)
    }
}
