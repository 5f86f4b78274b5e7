import AuspexSupport

extension TrIVDGANConfiguration {
    /// Sides that the stages are defined for.
    public static let sizes = [32, 64, 128, 256]

    /// Checks what the types do not: sizes, odd kernels, counts above zero and small enough to count with.
    public func validate() throws(ModelConfigurationError) {
        guard Self.sizes.contains(size) else {
            let nearest = Self.sizes.min { abs(Double($0) - Double(size)) < abs(Double($1) - Double(size)) } ?? 64
            throw ModelConfigurationError(
                "model.size is \(size): it must be a power of two from 32 to 256 (32, 64, 128 or 256); the nearest is \(nearest)"
            )
        }
        for (name, value, odd) in [("kernelSize", kernelSize, true), ("outputKernelSize", outputKernelSize, true)] {
            guard value > 0, value < largestCount, !odd || value % 2 == 1 else {
                throw ModelConfigurationError("model.\(name) is \(value): it must be odd and above zero, as 3 or 5")
            }
        }
        try Self.checkCounts([
            ("channels", channels), ("contextFrames", contextFrames), ("predictedFrames", predictedFrames),
            ("frameChannels", frameChannels), ("latentSize", latentSize), ("embeddingSize", embeddingSize),
            ("links", links),
        ])
        if classes < 0 || classes == 1 || classes > largestCount {
            throw ModelConfigurationError(
                "model.classes is \(classes): it must be 0 (no classes), or 2 to \(largestCount)")
        }
    }

    public var leastSizes: [LeastModelSize] {
        let width = 8 * Double(channels)
        let pixels = Double(size) * Double(size)
        var sizes = [
            // At 4×4, 3×3 convolutions from the widest to the widest: one of the encoder, two of a block, and the three gates of the smallest
            // unit, which read state and input; the first state reads every context frame. The last block's second convolution keeps its
            // input and output for the backward pass, even if activations are recomputed.
            LeastModelSize(
                field: "channels", value: channels,
                parameters: 9 * (1 + 2 + 3 * 2 + Double(contextFrames)) * width * width,
                activationsPerClip: 2 * Double(predictedFrames) * pixels * Double(channels),
                advice: "lower it: the weights grow with its square"),
            LeastModelSize(
                field: "latentSize", value: latentSize, parameters: Double(latentSize) * 16 * width, advice: "lower it"),
            LeastModelSize(
                field: "embeddingSize", value: embeddingSize, parameters: Double(classes) * Double(embeddingSize),
                advice: "lower it or model.classes"),
        ]
        sizes += unit.leastSizes(unitOptions, width: width).map {
            LeastModelSize(field: $0.field, value: $0.value, parameters: $0.parameters, advice: $0.advice)
        }
        if output == .move {
            let taps = Double(outputKernelSize) * Double(outputKernelSize)
            sizes.append(
                LeastModelSize(
                    field: "outputKernelSize", value: outputKernelSize, parameters: 9 * Double(channels) * taps,
                    activationsPerClip: pixels * taps, advice: "lower it: 5 is the default"))
        }
        return sizes
    }

    func stopProgramForSize() -> Never {
        stopProgram("TrIVDGANConfiguration", "no stages for size \(size): call validate() first")
    }
}
