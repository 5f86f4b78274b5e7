import AuspexTensors
import TestSupport
import Testing

/// Numbers below 1.2e-38 take many processors some hundred cycles each, and none of them matters.
@Suite("Subnormal numbers are flushed to zero on every thread that computes")
struct SubnormalTests {
    private func onThreads(_ body: () -> Void) {
        let before = Kernels.threads
        defer { Kernels.setThreads(before) }
        for threads in [1, 4] {
            Kernels.setThreads(threads)
            body()
        }
    }

    @Test("by our own loops") func ownLoops() {
        onThreads {
            let tiny = Tensor(repeating: 1e-30, shape: [1 << 18])
            #expect((tiny * 1e-12).scalars.allSatisfy { $0 == 0 })
            #expect((tiny * tiny).scalars.allSatisfy { $0 == 0 })
            // As arguments too, and not only as results.
            let subnormal = Tensor(repeating: .leastNormalMagnitude / 128, shape: [1 << 18])
            #expect((subnormal * 1e30).scalars.allSatisfy { $0 == 0 })
        }
    }

    @Test("by convolutions, in all directions", arguments: [3, 16, 40]) func convolutions(channels: Int) {
        onThreads {
            let tape = Tape()
            let x = tape.watch(Tensor(repeating: 1e-24, shape: [8, 16, 16, channels]))
            let weight = tape.watch(Tensor(repeating: 1e-18, shape: [3, 3, channels, channels]))
            let y = convolution(x, weight: weight)
            #expect(y.detached().scalars.allSatisfy { $0 == 0 })
            let upstream = Tensor(repeating: 1e-22, shape: y.shape)
            let gradients = tape.gradients(of: y, upstream: upstream, at: [x, weight])
            #expect(gradients[0].scalars.allSatisfy { $0 == 0 } && gradients[1].scalars.allSatisfy { $0 == 0 })
            let product = matrixProduct(
                x.detached().reshaped(to: [2048, channels]), weight.detached().reshaped(to: [channels, 9 * channels]))
            #expect(product.scalars.allSatisfy { $0 == 0 })
        }
    }

    @Test("and the caller's own arithmetic is left alone") func leavesTheCallerAlone() {
        _ = Tensor(repeating: 1e-30, shape: [1 << 18]) * 1e-12
        _ = convolution(Tensor(repeating: 1, shape: [1, 4, 4, 3]), weight: Tensor(repeating: 1, shape: [3, 3, 3, 3]))
        let smallest = Tensor([1e-30] as [Float], shape: [1]).scalar
        #expect(smallest * Float(1e-12) != 0)
    }
}
