import AuspexSupport

extension TrIVDGANConfiguration {
    /// Sides of the squares of published models.
    public static let sizes = [32, 64, 128, 256]

    /// Sides that the stages are defined for.
    private static let leastSide = 32

    /// Checks what types cannot express: sizes, odd kernels, counts above zero and small enough to avoid overflow.
    public func validate() throws(ModelConfigurationError) {
        guard size.shorterSide >= Self.leastSide else {
            throw ModelConfigurationError(
                "model.size is \(FrameSizeOption.text(size)): both sides must be at least \(Self.leastSide)")
        }
        try checkSize(multipleOf: 1 << scales, "as the generator halves a frame \(scales) times")
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
        if output == .advect && contextFrames < 2 {
            throw ModelConfigurationError(
                "model.contextFrames is \(contextFrames): it must be at least 2 where model.output is advect, as motion is seen in two frames"
            )
        }
        if classes < 0 || classes == 1 || classes > largestCount {
            throw ModelConfigurationError(
                "model.classes is \(classes): it must be 0 (no classes), or 2 to \(largestCount)")
        }
    }

    public var leastSizes: [LeastModelSize] {
        let width = 8 * Double(channels)
        let pixels = size.pixelCount
        var sizes = [
            // At the smallest maps, 3×3 convolutions from the widest to the widest: one of the encoder, two of a block, and the three gates of the smallest
            // unit, which read state and input; the first state reads every context frame. The last block's second convolution keeps its
            // input and output for the backward pass, even if activations are recomputed.
            LeastModelSize(
                field: "channels", value: channels,
                parameters: 9 * (1 + 2 + 3 * 2 + Double(contextFrames)) * width * width,
                activationsPerClip: 2 * Double(predictedFrames) * pixels * Double(channels),
                advice: "lower it: the weights grow with its square"),
            LeastModelSize(
                field: "latentSize", value: latentSize, parameters: Double(latentSize) * smallestMap.pixelCount * width,
                advice: "lower it"),
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
        stopProgram("TrIVDGANConfiguration", "no stages for frames of \(size): call validate() first")
    }
}
