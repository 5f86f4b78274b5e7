import AuspexSupport
import AuspexTensors

/// A configuration that no model can be made of.
public struct ModelConfigurationError: Error, CustomStringConvertible, Equatable {
    public let description: String
}

extension ModelConfiguration {
    /// Sides that the stages are defined for.
    public static let sizes = [32, 64, 128, 256]

    /// The largest number that a count may be: sums and products of a few of them fit in an `Int`.
    static let largestCount = 1 << 30

    /// Checks what the types do not: sizes, odd kernels, counts above zero and small enough to count with.
    public func validate() throws(ModelConfigurationError) {
        guard Self.sizes.contains(size) else {
            let nearest = Self.sizes.min { abs(Double($0) - Double(size)) < abs(Double($1) - Double(size)) } ?? 64
            throw ModelConfigurationError(
                description:
                    "model.size is \(size): it must be a power of two from 32 to 256 (32, 64, 128 or 256); the nearest is \(nearest)"
            )
        }
        for (name, value, odd) in [("kernelSize", kernelSize, true), ("outputKernelSize", outputKernelSize, true)] {
            guard value > 0, value < Self.largestCount, !odd || value % 2 == 1 else {
                throw ModelConfigurationError(
                    description: "model.\(name) is \(value): it must be odd and above zero, as 3 or 5")
            }
        }
        for (name, value) in [
            ("channels", channels), ("contextFrames", contextFrames), ("predictedFrames", predictedFrames),
            ("frameChannels", frameChannels), ("latentSize", latentSize), ("embeddingSize", embeddingSize),
            ("links", links),
        ] {
            guard value >= 1 else {
                throw ModelConfigurationError(description: "model.\(name) is \(value): it must be at least 1")
            }
            guard value <= Self.largestCount else {
                throw ModelConfigurationError(
                    description: "model.\(name) is \(value): it must be at most \(Self.largestCount)")
            }
        }
        if classes < 0 || classes == 1 || classes > Self.largestCount {
            throw ModelConfigurationError(
                description: "model.classes is \(classes): it must be 0 (no classes), or 2 to \(Self.largestCount)")
        }
    }

    func stopProgramForSize() -> Never {
        stopProgram("ModelConfiguration", "no stages for size \(size): call validate() first")
    }
}

extension DiscriminatorsConfiguration {
    /// Checks that every view leaves its judge something to see.
    public func validate(for model: ModelConfiguration) throws(ModelConfigurationError) {
        if let channels, !(1...ModelConfiguration.largestCount).contains(channels) {
            throw ModelConfigurationError(
                description:
                    "discriminators.channels is \(channels): it must be from 1 to \(ModelConfiguration.largestCount)")
        }
        for (position, view) in resolvedViews.enumerated() {
            let name = "discriminators.views[\(position)]"
            for (field, value) in [("count", view.count), ("scale", view.scale), ("crop", view.crop)]
            where !(1...ModelConfiguration.largestCount).contains(value) {
                throw ModelConfigurationError(
                    description:
                        "\(name).\(field) is \(value): it must be from 1 to \(ModelConfiguration.largestCount)")
            }
            for (field, value) in [("scale", view.scale), ("crop", view.crop)] where value & (value - 1) != 0 {
                throw ModelConfigurationError(
                    description: "\(name).\(field) is \(value): it must be a power of two, as the sides are")
            }
            let side = view.side(of: model.size)
            if side < 4 {
                throw ModelConfigurationError(
                    description:
                        "\(name) leaves a judge \(side)×\(side) pixels of \(model.size)×\(model.size): at least 4×4 are needed; lower its scale or crop"
                )
            }
            // A judge of clips halves time with space in its first two blocks.
            let frames = model.contextFrames + model.predictedFrames
            let needed = side >= 16 ? 4 : side >= 8 ? 2 : 1
            guard view.kind == .frames || frames >= needed else {
                throw ModelConfigurationError(
                    description:
                        "\(name) judges clips of \(frames, "frame") (model.contextFrames + model.predictedFrames): at least \(needed) are needed, as time is halved with space"
                )
            }
        }
    }
}
