import AuspexTensors

/// Consecutive frames, and where they come from.
public struct Clip: Sendable {
    /// `[T, H, W, C]`, in `format`.
    public var frames: Tensor
    /// The format of the numbers.
    public var format: FrameFormat
    /// The file (or array element, or synthetic scene) the frames were taken from.
    public var name: String
    /// Which clip of a run it is, counted from 0; nil for a clip at a place.
    public var number: Int?
    /// When the first frame is shown, in seconds after the first frame of the file.
    public var startSeconds: Double
    /// The numbers of the frames in the file, counted from 0 in display order.
    public var frameIndices: [Int]
    /// Mean time from one frame of the clip to the next; nil if the source has no clock (image folders, arrays).
    public var frameIntervalSeconds: Double?
    /// Number of the clip's class in the source's `classNames`; nil if the source has no classes.
    public var classIndex: Int?

    /// - Parameter format: of the frames; nil for bytes, which are pixels, or floats of unknown meaning.
    public init(
        frames: Tensor, format: FrameFormat? = nil, name: String, startSeconds: Double = 0, frameIndices: [Int],
        frameIntervalSeconds: Double? = nil, classIndex: Int? = nil
    ) {
        self.frames = frames
        let channels = frames.shape.last ?? 1
        self.format =
            format
            ?? (frames.elementType == .uint8 ? .pixels(channels: channels) : .field(channels: channels, range: nil))
        self.name = name
        self.startSeconds = startSeconds
        self.frameIndices = frameIndices
        self.frameIntervalSeconds = frameIntervalSeconds
        self.classIndex = classIndex
    }
}
