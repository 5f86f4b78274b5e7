import AuspexSupport
import AuspexTensors

/// Several clips of one shape and format, unconverted.
public struct ClipBatch: Sendable {
    /// `[B, T, H, W, C]`, in `format`.
    public let frames: Tensor
    /// The format of the numbers.
    public let format: FrameFormat
    /// Converts these frames to network values, and back.
    public let input: InputTransform
    /// A class number for each clip; nil if the source has no classes.
    public let classes: [Int]?
    /// File and start of each clip, in order.
    public let origins: [Origin]
    /// Seconds for which the training step waited for the batch.
    public var waitedSeconds = 0.0

    /// Where a clip of the batch comes from.
    public struct Origin: Sendable, Hashable {
        /// Path of the file or folder, or the name of the array's element or scene.
        public var name: String
        /// When the clip's first frame is shown, in seconds after the item's first; 0 for items without a clock.
        public var startSeconds: Double
    }

    /// Clips of one shape as a batch.
    ///
    /// - Throws: `VideoError.badSource` where the shapes or formats differ, or for a field without a range.
    public init(joining clips: [Clip]) throws {
        require(!clips.isEmpty, "ClipBatch", "no clips")
        let first = clips[0]
        for clip in clips where clip.frames.shape != first.frames.shape || clip.format != first.format {
            throw VideoError(
                .badSource, clip.name,
                "gives \(clip.format) of shape \(clip.frames.shape), where \(first.name) gives \(first.format) of shape "
                    + "\(first.frames.shape): they do not fit in one batch")
        }
        let numbers = clips.compactMap(\.classIndex)
        try self.init(
            frames: stackedFrames(clips.map(\.frames)), format: first.format,
            classes: numbers.count == clips.count ? numbers : nil,
            origins: clips.map { Origin(name: $0.name, startSeconds: $0.startSeconds) })
    }

    /// - Parameters:
    ///   - frames: `[B, T, H, W, C]`, in the format.
    ///   - classes: one per clip, if there are classes.
    ///   - origins: one per clip, or none.
    /// - Throws: `VideoError.badSource` for a field without a range.
    public init(frames: Tensor, format: FrameFormat, classes: [Int]? = nil, origins: [Origin] = []) throws {
        require(
            frames.rank == 5 && frames.elementType == format.elementType && frames.shape[4] == format.channels,
            "ClipBatch", "\(frames.elementType) \(frames.shape) for \(format)")
        self.frames = frames
        self.format = format
        self.classes = classes
        self.origins = origins
        input = try InputTransform(of: format, from: origins.first?.name ?? "a batch")
    }

    /// Clips of the batch.
    public var count: Int { frames.shape[0] }

    /// The clips as network values, float32 in −1…1.
    public var values: Tensor { input(frames) }
}
