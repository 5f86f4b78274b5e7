import AuspexLayers
import AuspexSupport

/// Options of a motion-layers model. Every field has a default: the model of 1.26 M parameters for 32×32 colour.
public struct MotionLayersConfiguration: ModelOptions {
    public static let name = "motion-layers"

    /// Height and width of frames, in pixels. Sides that are not multiples of 8 are padded inside the model, and cropped again.
    @FrameSizeOption public var size = FrameSize(32)
    /// Tc, the frames that are given, at least 2. The width of the network's input depends on it.
    public var contextFrames: Int = 5
    /// Tp, the frames that are predicted in training; any number can be predicted afterwards.
    public var predictedFrames: Int = 11
    /// Channels of a frame: 3 for RGB, 1 for grey or a radar field.
    public var frameChannels: Int = 3
    /// Widths of the network at full, half, quarter and eighth size.
    public var widths: [Int] = [16, 64, 96, 128]
    /// Width of the features from which each pixel's layers are read.
    public var headChannels: Int = 48
    /// Widths of the two hidden layers of the rollout, at half size.
    public var rolloutWidths: [Int] = [96, 64]
    /// The greatest velocity along each side that the cost volume tries, in pixels a frame.
    public var costReach: Double = 1.5
    /// The difference between velocities that the cost volume tries, in pixels a frame.
    public var costStep: Double = 0.5
    /// Side of the window of the initial optical flow, in pixels, odd.
    public var flowWindow: Int = 7
    /// Levels of the optical flow's pyramid above the picture itself; none has a side below 32 pixels.
    public var flowLevels: Int = 3

    /// Frames whose shorter side is above this are halved until it is not; motion and layers are found at that size, and pixels moved at their own.
    /// Nil finds them at the frames' own size, whatever it is.
    public var motionSide: Int?

    /// Width of the vector z that different futures are drawn from; 0 for one future. It is of use with discriminators: a pixel loss teaches to ignore it.
    public var latentSize: Int = 0

    public init() {}

    /// What frames' sides are divided by for the network: a power of two.
    package func reduction(of size: FrameSize) -> Int {
        guard let motionSide else { return 1 }
        var factor = 1
        while min(size.height, size.width) > motionSide * factor { factor *= 2 }
        return factor
    }

    /// Velocities (dy, dx) that the cost volume tries, row by row.
    var velocities: [(dy: Float, dx: Float)] {
        let steps = Int((costReach / costStep).rounded(.down))
        let along = (-steps...steps).map { Float(Double($0) * costStep) }
        return along.flatMap { dy in along.map { (dy, $0) } }
    }
}

extension MotionLayersConfiguration {
    public static let fieldDocumentation = [
        "size":
            "Frames in pixels: the side of a square, or [height, width]; sides that are not multiples of 8 are padded inside the model by repeating the edge, and cropped again.",
        "contextFrames": "Frames that are given, at least 2.",
        "predictedFrames": "Frames that are predicted in training; any number can be predicted afterwards.",
        "frameChannels": "Channels of a frame: 3 for colour, 1 for grey.",
        "widths": "Widths of the network at full, half, quarter and eighth size.",
        "headChannels": "Width of the features from which each pixel's layers are read.",
        "rolloutWidths": "Widths of the two hidden layers that move a pixel from frame to frame.",
        "costReach": "The greatest velocity along each side that the cost volume tries, in pixels a frame.",
        "costStep": "The difference between velocities that the cost volume tries, in pixels a frame.",
        "flowWindow": "Side of the window of the initial optical flow, in pixels, odd.",
        "flowLevels": "Levels of the optical flow's pyramid above the picture itself; none has a side below 32 pixels.",
        "motionSide":
            "Frames whose shorter side is above it are halved until it is not; motion is found at that size, and pixels are moved at their own. null: at the frames' own size.",
        "latentSize":
            "Width of the vector that different futures are drawn from; 0 for one future. Of use with discriminators: a pixel loss teaches to ignore it.",
    ]

    public var discriminatorChannels: Int { headChannels }

    public var lossesDependOnSteps: Bool { true }

    public var predictsAnySize: Bool { true }

    /// The size at which motion is found.
    public func trainingSize(for size: FrameSize) -> FrameSize {
        let factor = reduction(of: size)
        return FrameSize(height: max(8, size.height / factor), width: max(8, size.width / factor))
    }

    public var acceptsRepeatedFrames: Bool { true }

    public var leastSizes: [LeastModelSize] {
        let pixels = size.pixelCount
        func squared(_ level: Int) -> Double {
            level < widths.count ? Double(widths[level]) * Double(widths[level]) : 0
        }
        let last = rolloutWidths.last.map(Double.init) ?? 0
        return [
            LeastModelSize(
                field: "widths", value: widths.max() ?? 0,
                // The residual blocks: one of two convolutions at an eighth, two at a quarter, one at half the size.
                parameters: 18 * (squared(1) + 2 * squared(2) + squared(3)),
                activationsPerClip: pixels * Double(widths.first ?? 0),
                advice: "lower them: the weights grow with their squares"),
            LeastModelSize(
                field: "rolloutWidths", value: rolloutWidths.max() ?? 0,
                parameters: (rolloutWidths.first.map(Double.init) ?? 0) * last,
                activationsPerClip: pixels / 4 * last * Double(predictedFrames),
                advice: "lower them: each predicted frame keeps its own"),
        ]
    }

    public func makeGenerator(using initializer: inout Initializer) -> any VideoGenerator {
        MotionLayers(self, using: &initializer)
    }

    /// The largest number of velocities along a side: far more than are useful.
    private static let mostVelocities = 63.0

    /// Checks what types cannot express: counts, lengths of lists, and that there are enough frames to see motion.
    ///
    /// - Throws: `ModelConfigurationError`, which names the key, what was found and what is expected.
    public func validate() throws(ModelConfigurationError) {
        for (name, value, least, most) in [
            ("contextFrames", contextFrames, 2, 1 << 15), ("predictedFrames", predictedFrames, 1, 1 << 15),
            ("frameChannels", frameChannels, 1, 1 << 15), ("headChannels", headChannels, 1, 1 << 15),
            ("flowLevels", flowLevels, 0, 30), ("latentSize", latentSize, 0, 1 << 15),
            ("motionSide", motionSide ?? 32, 32, 1 << 15),
        ] {
            try check(name, value, (least...most).contains(value), "from \(least) to \(most)")
        }
        try check(
            "size", FrameSizeOption.text(size), size.sides.allSatisfy { (8...largestCount).contains($0) },
            "from 8 to \(largestCount) a side")
        try check(
            "flowWindow", flowWindow, flowWindow % 2 == 1 && (3..<1 << 10).contains(flowWindow), "odd, from 3 to 1023")
        try check("widths", widths, widths.count == 4, "four widths, as [16, 64, 96, 128]")
        try check("rolloutWidths", rolloutWidths, rolloutWidths.count == 2, "two widths, as [96, 64]")
        for (name, list) in [("widths", widths), ("rolloutWidths", rolloutWidths)] {
            for (position, width) in list.enumerated() {
                try check("\(name)[\(position)]", width, (1...1 << 15).contains(width), "from 1 to \(1 << 15)")
            }
        }
        try check("costStep", costStep, costStep > 0 && costStep.isFinite, "above 0")
        try check(
            "costReach", costReach, costReach >= 0 && 2 * costReach / costStep < Self.mostVelocities,
            "from 0 to less than \(Self.mostVelocities / 2) times model.costStep")
    }

    private func check(
        _ key: String, _ found: some Any, _ holds: Bool, _ expected: String
    ) throws(ModelConfigurationError) {
        guard !holds else { return }
        throw ModelConfigurationError("model.\(key) is \(found): it must be \(expected)")
    }
}
