import AuspexLayers
import AuspexSupport

/// Options of a SimVP. Every field has a default: OpenSTL's Inception model for Moving MNIST, but for 5 RGB frames instead of 10 grey ones.
public struct SimVPConfiguration: ModelOptions {
    public static let name = "simvp"

    /// Height and width of frames, in pixels: multiples of `2^(spatialBlocks / 2)`.
    @FrameSizeOption public var size = FrameSize(64)
    /// Tc, the frames that are given. The translator's widths depend on it.
    public var contextFrames: Int = 5
    /// Tp, the frames that are predicted in training.
    public var predictedFrames: Int = 5
    /// Channels of a frame: 3 for RGB, 1 for grey or a radar field.
    public var frameChannels: Int = 3
    /// hid_S, the width of encoder and decoder, even.
    public var spatialChannels: Int = 64
    /// hid_T, the width of the translator, even.
    public var temporalChannels: Int = 512
    /// N_S, blocks of the encoder and of the decoder, even: every second one halves or doubles the side.
    public var spatialBlocks: Int = 4
    /// N_T, Inception blocks of each half of the translator, at least 2.
    public var temporalBlocks: Int = 8
    /// Sides of the kernels of an Inception block's branches, odd.
    public var inceptionKernels: [Int] = [3, 5, 7, 11]
    /// Groups of a branch's convolution and norm: a divisor of `temporalChannels / 2` and of `contextFrames · spatialChannels`.
    public var groups: Int = 8

    /// The defaults: OpenSTL's Inception model for 5 frames of 64×64 in colour.
    public init() {}

    /// The factor by which the encoder reduces a side.
    var reduction: Int { 1 << (spatialBlocks / 2) }

    /// Width of the translator's input and output: all context frames side by side.
    var clipChannels: Int { contextFrames * spatialChannels }
}

extension SimVPConfiguration {
    public static let fieldDocumentation = [
        "size": "Frames in pixels: the side of a square, or [height, width]; multiples of 2^(spatialBlocks / 2).",
        "contextFrames": "Frames that are given.",
        "predictedFrames": "Frames that are predicted in training.",
        "frameChannels": "Channels of a frame: 3 for colour, 1 for grey.",
        "spatialChannels": "Width of encoder and decoder (hid_S), even.",
        "temporalChannels": "Width of the translator (hid_T), even.",
        "spatialBlocks":
            "Blocks of the encoder and of the decoder (N_S), even: every second one halves or doubles the side.",
        "temporalBlocks": "Inception blocks of each half of the translator (N_T), at least 2.",
        "inceptionKernels": "Sides of the kernels of an Inception block's branches, odd.",
        "groups":
            "Groups of a branch's convolution and norm: a divisor of temporalChannels / 2 and of contextFrames · spatialChannels.",
    ]

    public var discriminatorChannels: Int { spatialChannels }

    public var leastSizes: [LeastModelSize] {
        let (width, translated) = (Double(spatialChannels), Double(temporalChannels))
        let taps = inceptionKernels.reduce(0) { $0 + Double($1) * Double($1) }
        // The translator's first and last block have other widths and are not counted.
        let branches = 2 * Double(temporalBlocks - 1) * taps * (translated / 2) * translated / Double(max(1, groups))
        return [
            LeastModelSize(
                field: "temporalChannels", value: temporalChannels, parameters: branches,
                advice: "lower it: the weights grow with its square"),
            LeastModelSize(
                field: "spatialChannels", value: spatialChannels,
                parameters: 9 * Double(2 * spatialBlocks - 2) * width * width,
                activationsPerClip: Double(contextFrames) * size.pixelCount * width,
                advice: "lower it: the weights grow with its square"),
        ]
    }

    /// A `SimVP` of these options.
    public func makeGenerator(using initializer: inout Initializer) -> any VideoGenerator {
        SimVP(self, using: &initializer)
    }

    /// The largest number of blocks of a kind: far more than any published model has, and small enough to avoid overflow.
    static let mostBlocks = 32

    /// Checks what types cannot express: counts and divisibility.
    ///
    /// - Throws: `ModelConfigurationError`, which names the key, what was found and what is expected.
    public func validate() throws(ModelConfigurationError) {
        try checkCounts()
        try check(
            "spatialBlocks", spatialBlocks, spatialBlocks % 2 == 0, "even, as every second block changes the side")
        try check("spatialChannels", spatialChannels, spatialChannels % 2 == 0, "even, for norms of two groups")
        try checkSize(
            multipleOf: reduction, "as \(spatialBlocks) spatial blocks halve a side \(spatialBlocks / 2) times")
        try check(
            "temporalChannels", temporalChannels, temporalChannels % 2 == 0, "even, as blocks reduce to half of it")
        for (position, kernel) in inceptionKernels.enumerated() {
            try check(
                "inceptionKernels[\(position)]", kernel, kernel > 0 && kernel % 2 == 1 && kernel < 1 << 10,
                "odd, from 1 to 1023")
        }
        try check(
            "inceptionKernels", inceptionKernels, !inceptionKernels.isEmpty, "at least one side, as [3, 5, 7, 11]")
        try check(
            "groups", groups, (temporalChannels / 2) % groups == 0,
            "a divisor of \(temporalChannels / 2), half of model.temporalChannels")
        try check(
            "groups", groups, clipChannels % groups == 0,
            "a divisor of \(clipChannels), which is model.contextFrames · model.spatialChannels")
    }

    private func checkCounts() throws(ModelConfigurationError) {
        for (name, value, least, most) in [
            ("contextFrames", contextFrames, 1, 1 << 15), ("predictedFrames", predictedFrames, 1, 1 << 15),
            ("frameChannels", frameChannels, 1, 1 << 15), ("spatialChannels", spatialChannels, 2, 1 << 15),
            ("temporalChannels", temporalChannels, 2, 1 << 15), ("spatialBlocks", spatialBlocks, 2, Self.mostBlocks),
            ("temporalBlocks", temporalBlocks, 2, Self.mostBlocks), ("groups", groups, 1, 1 << 15),
        ] {
            try check(name, value, (least...most).contains(value), "from \(least) to \(most)")
        }
    }

    private func check(
        _ key: String, _ found: some Any, _ holds: Bool, _ expected: String
    ) throws(ModelConfigurationError) {
        guard !holds else { return }
        throw ModelConfigurationError("model.\(key) is \(found): it must be \(expected)")
    }
}
