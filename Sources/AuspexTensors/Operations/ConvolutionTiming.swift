extension ConvolutionWork {
    /// The same for another number of images, to which the time is nearly proportional.
    public func with(batch: Int) -> ConvolutionWork {
        ConvolutionWork(
            direction: direction, batch: batch, input: input, output: output, kernel: kernel, stride: stride,
            before: before, inputChannels: inputChannels, outputChannels: outputChannels, groups: groups)
    }

    /// The time of this convolution on this machine with the current number of threads: the shortest of a few runs after one that prepares it, because
    /// other load on the machine can only add to it.
    ///
    /// - Parameter repeats: runs that are timed.
    public func measuredSeconds(repeats: Int = 4) -> Double {
        let x = Tensor(repeating: 0.5, shape: [batch] + input + [inputChannels])
        let weight = Tensor(repeating: 0.25, shape: kernel + [inputChannels / groups, outputChannels])
        let padding = input.indices.map { side in
            (before[side], max(0, (output[side] - 1) * stride[side] + kernel[side] - input[side] - before[side]))
        }
        let shape = ConvolutionShape(
            "measuredSeconds", x: x, weight: weight, bias: nil, stride: stride, padding: .explicit(padding),
            activation: .identity, groups: groups)
        let gradient = Tensor(repeating: 0.5, shape: shape.outputShape)
        let times = (0...repeats).map { _ in
            let start = ContinuousClock.now
            switch direction {
            case .forward: _ = shape.forward(x, weight: weight, bias: nil)
            case .backwardData: _ = shape.backwardData(gradient, weight: weight)
            case .backwardWeights: _ = shape.backwardWeights(x, gradient, wantsBias: false)
            }
            return (ContinuousClock.now - start) / .seconds(1)
        }
        return times.dropFirst().min() ?? 0
    }
}
