import AuspexTensors

/// Consecutive frames, and where they come from.
public struct Clip: Sendable {
    /// `[T, H, W, C]`: uint8 0…255 for pictures, float32 for fields.
    public var frames: Tensor
    /// The file (or array element, or synthetic scene) the frames were taken from.
    public var name: String
    /// When the first frame is shown, in seconds after the first frame of the file.
    public var startSeconds: Double
    /// Which frames of the file these are, counted from 0 in the order they are shown.
    public var frameIndices: [Int]
    /// Mean time from one frame of the clip to the next; nil where the source has no clock (image folders, arrays).
    public var frameIntervalSeconds: Double?
    /// Number of the clip's class in the source's `classNames`; nil where the source has no classes.
    public var classIndex: Int?

    public init(
        frames: Tensor, name: String, startSeconds: Double = 0, frameIndices: [Int],
        frameIntervalSeconds: Double? = nil, classIndex: Int? = nil
    ) {
        self.frames = frames
        self.name = name
        self.startSeconds = startSeconds
        self.frameIndices = frameIndices
        self.frameIntervalSeconds = frameIntervalSeconds
        self.classIndex = classIndex
    }
}

/// Frames of several clips as networks take them.
public struct ClipBatch: Sendable {
    /// `[B, T, H, W, C]`, uint8 0…255 or float32.
    public var frames: Tensor
    /// A class number for each clip; nil where the source has no classes.
    public var classes: [Int]?
    /// File and start of each clip, in order.
    public var origins: [Origin]
    /// How long whoever asked for the batch waited for it.
    public var waitedSeconds: Double

    /// Where a clip of the batch comes from.
    public struct Origin: Sendable, Hashable {
        public var name: String
        public var startSeconds: Double
    }
}
