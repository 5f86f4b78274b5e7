import AuspexTensors
import Foundation

/// This machine's rates for the kinds of work in a step, measured in about a second on the shapes that matter most.
struct MachineRates {
    /// Seconds per floating-point operation of each measured convolution.
    private let convolutions: [(work: ConvolutionWork, secondsPerFLOP: Double)]
    private let secondsPerMatrixFLOP: Double
    /// Seconds per tensor created, whatever its size.
    private let secondsPerTensor: Double
    /// Seconds per byte of large tensors written by norms, gates and sums.
    private let secondsPerByte: Double

    /// Time limit for measuring the convolutions, in seconds.
    private static let budget = 1.2
    /// Operations of a measured call: enough for the clock, and few enough for a budget of a second.
    private static let callFLOP = 3e8

    /// - Parameter step: gives the shapes to measure, those with the most work first.
    init(for step: ShapePass.Count) {
        let byWork = step.convolutions.sorted {
            let (first, second) = ($0.key.flop * Double($0.value), $1.key.flop * Double($1.value))
            return first != second ? first > second : $0.key.order < $1.key.order
        }
        var measured: [(ConvolutionWork, Double)] = []
        var seen: Set<ConvolutionWork> = []
        let start = ContinuousClock.now
        for (work, _) in byWork {
            let flopAnImage = work.with(batch: 1).flop
            let part = work.with(batch: min(work.batch, max(1, Int(Self.callFLOP / flopAnImage))))
            guard seen.insert(part).inserted else { continue }
            measured.append((work, part.measuredSeconds() / part.flop))
            if (ContinuousClock.now - start) / .seconds(1) > Self.budget { break }
        }
        convolutions = measured
        secondsPerMatrixFLOP = Self.measureMatrixProduct()
        (secondsPerTensor, secondsPerByte) = Self.measurePasses()
    }

    /// How long a step takes.
    func seconds(for step: ShapePass.Count) -> Double {
        var seconds = step.matrixFLOP * secondsPerMatrixFLOP
        for (work, times) in step.convolutions { seconds += Double(times) * work.flop * secondsPerFLOP(of: work) }
        return seconds + Double(step.tensors) * secondsPerTensor + step.passBytes * secondsPerByte
    }

    /// The rate of the most similar measured convolution: of the same direction if there is one.
    private func secondsPerFLOP(of work: ConvolutionWork) -> Double {
        let alike = convolutions.min { $0.work.distance(from: work) < $1.work.distance(from: work) }
        return alike?.secondsPerFLOP ?? 0
    }

    private static func shortest(of repeats: Int, _ body: () -> Void) -> Double {
        body()
        let times = (0..<repeats).map { _ in
            let start = ContinuousClock.now
            body()
            return (ContinuousClock.now - start) / .seconds(1)
        }
        return times.min() ?? 0
    }

    private static func measureMatrixProduct() -> Double {
        let side = 256
        let a = Tensor(repeating: 0.5, shape: [side, side])
        return shortest(of: 5) { _ = matrixProduct(a, a) } / (2 * Double(side * side * side))
    }

    /// The time of a short chain of operations and its gradient, per tensor and per byte: two sizes give both.
    private static func measurePasses() -> (secondsPerTensor: Double, secondsPerByte: Double) {
        func chain(_ x: Tensor, _ gain: Tensor) {
            let tape = Tape()
            let leaf = tape.watch(x)
            let normalized = batchNormalized(leaf, gain: gain, bias: gain, epsilon: 1e-5, relu: true).output
            let mixed = gatedMix(gate: normalized, kept: leaf, candidate: normalized)
            let sum = mixed + relu(leaf) * 0.5
            _ = tape.gradients(of: sum, upstream: x, at: [leaf])
        }
        func measure(side: Int) -> (seconds: Double, count: ShapePass.Count) {
            func operands() -> (Tensor, Tensor) {
                (Tensor(repeating: 0.5, shape: [8, side, side, 16]), Tensor(repeating: 1, shape: [1, 16]))
            }
            var count = ShapePass.Count()
            _ = ShapePass.count {
                let (x, gain) = operands()
                let before = ShapePass.countSoFar ?? count
                chain(x, gain)
                count = (ShapePass.countSoFar ?? before).work(since: before)
            }
            let (x, gain) = operands()
            return (shortest(of: 9) { chain(x, gain) }, count)
        }
        let (small, large) = (measure(side: 2), measure(side: 64))
        let perTensor = small.seconds / Double(max(small.count.tensors, 1))
        let rest = large.seconds - perTensor * Double(large.count.tensors)
        return (perTensor, max(0, rest) / max(large.count.passBytes, 1))
    }
}

extension ConvolutionWork {
    /// A fixed order among shapes of equal work, so that the same configuration always measures the same ones.
    fileprivate var order: String { "\(self)" }

    /// How different two convolutions are with respect to their rates.
    fileprivate func distance(from other: ConvolutionWork) -> Double {
        func apart(_ a: Int, _ b: Int) -> Double { abs(log2(Double(max(a, 1)) / Double(max(b, 1)))) }
        func places(_ work: ConvolutionWork) -> Int { work.batch * work.output.reduce(1, *) }
        return apart(inputChannels, other.inputChannels) + apart(outputChannels, other.outputChannels)
            + apart(kernel.reduce(1, *), other.kernel.reduce(1, *)) + 0.25 * apart(places(self), places(other))
            + (direction == other.direction ? 0 : 4) + (kernel.count == other.kernel.count ? 0 : 1)
    }
}
