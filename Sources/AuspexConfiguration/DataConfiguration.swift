import AuspexVideo

/// Where clips come from and how frames are fitted to the model. The frame size and the clip length come from the model.
public struct DataConfiguration: Codable, Sendable, Equatable {
    /// Training clips.
    public var source = "synthetic:moving-shapes"
    /// Held-out clips; if nil, a share of `source` is held out.
    public var validation: String?
    /// The share of the source's files (of the clips, of a synthetic source) that is held out where `validation` names no source.
    public var validationShare = 0.1
    /// Other sources, each of which gives a share of the training clips; the rest comes from `source`. They hold nothing out.
    public var mix: [MixedSource] = []
    /// Order of the sides of a `.npy` array, as letters B T H W C; nil takes BTHWC unless the shape contradicts it.
    public var axes: String?
    /// Smallest and largest value of a float array.
    public var range: [Float]?
    /// Frame rate of image folders and arrays, which do not say it.
    public var framesPerSecond: Double?
    /// Seconds between two frames of a clip; nil takes the file's own frames.
    public var frameIntervalSeconds: Double?
    /// Without an interval in seconds: every how many-th frame of the file is taken.
    public var frameStride = 1
    /// Whether frames are taken as each file has them, whatever its rate, in training and by the trained model.
    public var ownFrameRate = false
    /// Whether the trained model predicts a video at the video's own size; training is at the model's.
    public var ownSize = false
    /// Which part of a frame is taken in training; held-out clips are cropped in the centre.
    public var crop = ClipRequest.Crop.centre
    /// The share of the training clips that get camera motion: they are cut by a window that pans, zooms and shakes.
    public var camera = 0.0
    /// What else is changed about training clips.
    public var augmentation = AugmentationConfiguration()
    /// How a frame is resized.
    public var filter = ClipRequest.ScalingFilter.area
    /// What the model sees of colour.
    public var colour = ClipRequest.Colour.rgb
    /// Threads that decode ahead.
    public var loaderThreads = 2
    /// Decoded batches that may wait.
    public var queuedBatches = 4

    /// The defaults: synthetic moving shapes, every frame, in colour.
    public init() {}

    /// How sources are opened.
    package func sourceOptions(classes: Bool) -> SourceOptions {
        SourceOptions(
            classes: classes, axes: axes, range: range.flatMap { $0.count == 2 ? $0[0]...$0[1] : nil },
            framesPerSecond: framesPerSecond)
    }

    /// Refuses numbers for which no clip can be read.
    public func validate() throws {
        func check(_ holds: Bool, _ field: String, _ found: some CustomStringConvertible, _ expected: String) throws {
            if !holds { throw ConfigurationError("data.\(field) is \(found); expected \(expected)") }
        }
        try check(!source.isEmpty, "source", "empty", "a file, a folder, a list, or synthetic:NAME")
        try check(
            (0..<1).contains(validationShare), "validationShare", validationShare, "0 or more and below 1")
        try check(
            (1e-6...1e6).contains(frameIntervalSeconds ?? 1), "frameIntervalSeconds", frameIntervalSeconds ?? 0,
            "a number from 0.000001 to 1000000, or null")
        try check(
            range.map { $0.count == 2 && $0[0] < $0[1] && ($0[1] - $0[0]).isFinite } ?? true, "range", range ?? [],
            "the smallest and the largest value, for example [0, 1], or null")
        try check(
            (1e-6...1e6).contains(framesPerSecond ?? 1), "framesPerSecond", framesPerSecond ?? 0,
            "a number from 0.000001 to 1000000, or null")
        try check((1...1_000_000).contains(frameStride), "frameStride", frameStride, "1 or more, 1000000 at most")
        try check(
            frameIntervalSeconds == nil || frameStride == 1, "frameStride", frameStride,
            "1 where frameIntervalSeconds is given: it says the same")
        try check(
            !ownFrameRate || frameIntervalSeconds == nil, "ownFrameRate", ownFrameRate,
            "false where frameIntervalSeconds is given")
        for (number, part) in mix.enumerated() {
            try check(
                !part.source.isEmpty, "mix[\(number)].source", "empty", "a file, a folder, a list, or synthetic:NAME")
            try check(part.share > 0 && part.share <= 1, "mix[\(number)].share", part.share, "above 0 and at most 1")
        }
        let mixed = mix.map(\.share).reduce(0, +)
        try check(mixed <= 1 + 1e-9, "mix", "a list of shares that sum to \(mixed)", "shares that sum to 1 at most")
        try check((0...1).contains(camera), "camera", camera, "a share of the training clips, from 0 to 1")
        for (field, share) in augmentation.shares {
            try check(
                (0...1).contains(share), "augmentation.\(field)", share, "a share of the training clips, from 0 to 1")
        }
        try check((1...1024).contains(loaderThreads), "loaderThreads", loaderThreads, "1 or more, 1024 at most")
        try check(queuedBatches >= 1, "queuedBatches", queuedBatches, "1 or more")
    }
}

extension DataConfiguration: ConfigurationDocumented {
    public static var fieldDocumentation: [String: String] {
        [
            "source":
                "Training clips: a video file, a folder of them, a text or CSV list, or synthetic:NAME (moving-shapes, camera).",
            "validation": "Held-out clips; null holds a share of the source out.",
            "validationShare":
                "The share of the source that is held out if validation is null.",
            "mix":
                "Other sources that give a share of the training clips each, for example [{source: synthetic:camera, share: 0.3}]. The rest comes from source, and so do held-out clips.",
            "axes":
                "Order of an array's sides, as letters: BTHWC, BTCHW, TBHW; null takes BTHWC unless the shape contradicts it.",
            "range": "Smallest and largest value of a float array, for example [-1, 1].",
            "framesPerSecond":
                "Frame rate of image folders and arrays, which do not say it; null where the source has times.",
            "frameIntervalSeconds": "Seconds between two frames of a clip; null takes frames as the file has them.",
            "frameStride": "Without an interval in seconds: every how many-th frame of the file is taken.",
            "ownFrameRate":
                "Take frames as each file has them, whatever its rate, in training and by the trained model.",
            "ownSize": "Let the trained model predict a video at the video's own size; training is at the model's.",
            "crop": "Which part of a resized frame is taken in training.",
            "camera":
                "The share of the training clips that get camera motion, for example 0.5: they are cut by a window that pans, zooms and shakes in larger frames.",
            "augmentation": "Other changes to training clips: the share of the clips for each change.",
            "filter": "How a frame is resized.",
            "colour": "What the model sees of colour; model.frameChannels is 3 for rgb and 1 for grey.",
            "loaderThreads": "Threads that decode ahead.",
            "queuedBatches": "Decoded batches that may wait.",
        ]
    }
}
