import AuspexVideo

/// Which clip was scored: enough to find it again and to check that it is unchanged.
public struct ClipRecord: Codable, Sendable, Hashable {
    /// The file, the array's element, or the folder of images.
    public var name: String
    /// The first frame that was scored, counted from 0 in the file.
    public var firstFrame: Int
    /// Frames that were scored.
    public var frames: Int
    /// The size of the frames as scored.
    public var size: FrameSize
    /// The number of channels as scored.
    public var channels: Int
    /// SHA-256 of the numbers as scored, `[T, H, W, C]`.
    public var sha256: String
    /// The element type of the digested frames, `uint8` or `float32`; nil in records of versions that did not record it and rounded floats to bytes.
    public var elementType: String?

    /// Records a clip; `sha256` is hexadecimal.
    public init(
        name: String, firstFrame: Int, frames: Int, size: FrameSize, channels: Int, sha256: String,
        elementType: String? = nil
    ) {
        self.name = name
        self.firstFrame = firstFrame
        self.frames = frames
        self.size = size
        self.channels = channels
        self.sha256 = sha256
        self.elementType = elementType
    }
}
