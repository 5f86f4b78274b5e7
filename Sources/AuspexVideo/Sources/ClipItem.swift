import AuspexTensors

/// One object that clips are cut from: a video file or part of one, a folder of images, an element of an array.
///
/// Methods may be called from several threads at once.
protocol ClipItem: Sendable {
    var name: String { get }
    /// The class as its source names it; nil if the source has none.
    var className: String? { get }
    /// Which part of its files the item is; empty if it is the whole.
    var part: String { get }
    /// The files that it is read from.
    var files: [String] { get }
    /// - Throws: `VideoError` or `FileError` if no frame of the item can be trusted.
    func timeline() throws -> Timeline
    func format(for request: ClipRequest) throws -> FrameFormat
    /// - Parameters:
    ///   - numbers: frames in rising order.
    ///   - continuing: whether the frames after them will probably be wanted next.
    /// - Returns: `[T, H, W, C]`.
    func frames(at numbers: [Int], request: ClipRequest, crop: CropPlace, continuing: Bool) throws -> Tensor
    /// The same item, restricted to a share of its time.
    func limited(to share: Range<Double>) -> any ClipItem
    /// Size of the pictures as they are shown.
    func pictureSize() throws -> FrameSize
    /// A note on the item for users.
    func information() throws -> VideoInfo?
    /// Reads all values of an item whose values may be wrong even if its file is intact.
    ///
    /// - Returns: the smallest and the largest; nil for items whose values need no check.
    /// - Throws: `VideoError` naming the frame that cannot be used.
    func checkedValues() throws -> ClosedRange<Float>?
    /// Frames that no clip may contain, and why, a line each.
    ///
    /// - Parameter thorough: whether every picture is decoded to find them.
    func oddities(thorough: Bool) -> [String]
}

extension ClipItem {
    func checkedValues() throws -> ClosedRange<Float>? { nil }

    func oddities(thorough: Bool) -> [String] { [] }
}
