import AuspexTensors

/// A source of clips: a file, a folder, a list, an array, or a generator of synthetic scenes.
///
/// Methods may be called from several threads at once.
public protocol ClipSource: Sendable, CustomStringConvertible {
    /// Names of the classes, in the order of their numbers; empty if clips have none.
    var classNames: [String] { get }

    /// The format of the clips that a request gets.
    func format(for request: ClipRequest) throws -> FrameFormat

    /// Clip number `index` of a run: a pure function of the stream's seed and name and of the index.
    ///
    /// - Parameters:
    ///   - index: 0, 1, 2… without end; draws happen in `stream.at(step: index)`.
    ///   - stream: the run's stream of clip draws.
    /// - Returns: frames `[T, H, W, C]` as requested.
    /// - Throws: `VideoError` if no clip can be had at all; a single broken file is replaced by a deterministic rule.
    func clip(at index: Int, from stream: RandomStream, request: ClipRequest) throws -> Clip

    /// Clips for held-out measurements: the same list every time, not overlapping within a file, in the source's order.
    ///
    /// - Parameters:
    ///   - limit: at most this many, spread evenly over the source; required for a source without end.
    ///   - progress: is given how many files were searched, of how many.
    func places(for request: ClipRequest, atMost limit: Int?, progress: (Int, Int) -> Void) throws -> [ClipPlace]

    /// The clip at a place of `places(for:atMost:)`, cropped at the centre.
    func clip(at place: ClipPlace, request: ClipRequest) throws -> Clip

    /// The clip at a place; nil if its file cannot be read, which is reported once per file.
    ///
    /// - Throws: what `clip(at:request:)` throws, except for files that are damaged or cannot be read.
    func readableClip(at place: ClipPlace, request: ClipRequest) throws -> Clip?

    /// Where the pixels of a frame of the clip at a place go in the clip's later frames; nil, as by default, if the source does not know.
    ///
    /// - Parameter position: the frame's position in the clip, counted from 0.
    func motion(at place: ClipPlace, request: ClipRequest, from position: Int) throws -> SceneMotion?

    /// The name of a clip at a place, without reading it.
    func name(at place: ClipPlace) -> String

    /// Splits the source into two that share no clip: a part of the files is held out or, if there are few, the end of each file's time.
    ///
    /// A synthetic source holds nothing out: its held-out clips are drawn from a separate stream that no run uses.
    ///
    /// - Parameters:
    ///   - share: how much is held out, in 0…1.
    ///   - request: what a clip looks like: either part has room for one at least.
    /// - Throws: `VideoError` if a single file is too short for that.
    func split(heldOut share: Double, for request: ClipRequest) throws -> SourceParts

    /// Looks up clips by name, independent of changes to the source's file list. Returns nil for names it does not contain.
    ///
    /// - Parameter wanted: the first frame distinguishes items of the same name: parts of one file.
    func places(ofClips wanted: [(name: String, firstFrame: Int)]) -> [ClipPlace?]

    // MARK: What a source may report besides its clips

    /// Names of some items and the mean time between their frames; items without a clock are left out. By default none.
    var someFrameIntervals: [(name: String, seconds: Double)] { get }

    /// Notes for readers of results on the values of the frames read so far, a line each. By default none.
    var valueNotes: [String] { get }

    /// The number of files, folders of images or array elements in the source; by default 0, as for a source that generates its clips.
    var itemCount: Int { get }

    /// Files that were found but not recognised as videos. By default none.
    var ignored: [String] { get }

    /// Inspects the items one after another. `score` compares the items found in this way; by default none.
    ///
    /// The n-th item given to `body` is item n of the source, and n is its number in a `ClipPlace`.
    ///
    /// - Parameters:
    ///   - request: the clips that are counted.
    ///   - thorough: whether to decode every picture of a folder, to name those that differ or are damaged, and to read all values of an array.
    func inspectEach(
        for request: ClipRequest, thorough: Bool, _ body: (SourceReport.Item) throws -> Void
    ) rethrows

    /// Splits the source as versions did that saved no split; by default into twice itself, as for a source that generates its clips.
    func splitAsEarlierVersions(heldOut share: Double) -> SourceParts

    /// Restores the two parts of a run's split as they were when it began, from the current files. By default the sources unchanged.
    ///
    /// - Parameters:
    ///   - split: what a run recorded when it began.
    ///   - validation: the source of the held-out part, if it has its own.
    /// - Returns: the parts, and the changes since.
    /// - Throws: `VideoError` where a held-out item is a training item now, where a file has changed whose time is partly held out, or where nothing is left.
    func restored(
        _ split: SourceSplit, validation: (any ClipSource)?
    ) throws -> (parts: SourceParts, changes: SourceChanges)
}

extension ClipSource {
    public var someFrameIntervals: [(name: String, seconds: Double)] { [] }
    public var valueNotes: [String] { [] }
    public var itemCount: Int { 0 }
    public func motion(at place: ClipPlace, request: ClipRequest, from position: Int) throws -> SceneMotion? { nil }
    public var ignored: [String] { [] }

    public func inspectEach(
        for request: ClipRequest, thorough: Bool, _ body: (SourceReport.Item) throws -> Void
    ) rethrows {}

    public func splitAsEarlierVersions(heldOut share: Double) -> SourceParts {
        SourceParts(training: self, heldOut: self)
    }

    public func restored(
        _ split: SourceSplit, validation: (any ClipSource)?
    ) throws -> (parts: SourceParts, changes: SourceChanges) {
        (SourceParts(training: self, heldOut: validation ?? self), SourceChanges())
    }
}

extension ClipSource {
    /// Channels C of the clips that a request gets.
    public func channels(for request: ClipRequest) throws -> Int { try format(for: request).channels }

    public func split(heldOut share: Double, for request: ClipRequest) throws -> SourceParts {
        SourceParts(training: self, heldOut: self)
    }

    /// `places(for:atMost:progress:)` for callers that show no progress.
    public func places(for request: ClipRequest, atMost limit: Int?) throws -> [ClipPlace] {
        try places(for: request, atMost: limit) { _, _ in }
    }

    public func readableClip(at place: ClipPlace, request: ClipRequest) throws -> Clip? {
        try clip(at: place, request: request)
    }

    /// How many classes the clips have; 0 without classes.
    public var classCount: Int { classNames.count }
}

/// Where a held-out clip begins.
public struct ClipPlace: Sendable, Hashable {
    /// Number of the source's item (file, folder of images, array element, scene).
    public var item: Int
    /// First frame, counted from 0 in display order.
    public var firstFrame: Int

    /// Names a place by the item's number and the clip's first frame.
    public init(item: Int, firstFrame: Int = 0) {
        self.item = item
        self.firstFrame = firstFrame
    }
}
