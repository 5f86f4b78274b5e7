import AuspexTensors

/// A place that clips can be cut from: a file, a folder, a list, an array, or a generator of synthetic scenes.
///
/// Methods may be called from several threads at once.
public protocol ClipSource: Sendable, CustomStringConvertible {
    /// Names of the classes, in the order of their numbers; empty where clips have none.
    var classNames: [String] { get }

    /// What the numbers of the clips are that a request gets.
    func format(for request: ClipRequest) throws -> FrameFormat

    /// Clip number `index` of a run: a pure function of the stream's seed and name and of the index.
    ///
    /// - Parameters:
    ///   - index: 0, 1, 2… without end; draws happen in `stream.at(step: index)`.
    ///   - stream: the run's stream of clip draws.
    /// - Returns: frames `[T, H, W, C]` as requested.
    /// - Throws: `VideoError` where no clip can be had at all; a single broken file is replaced by a deterministic rule.
    func clip(at index: Int, from stream: RandomStream, request: ClipRequest) throws -> Clip

    /// Clips for held-out measurements: the same list every time, not overlapping within a file, in the source's order.
    ///
    /// - Parameters:
    ///   - limit: no more than this many, spread evenly over the source; a source without end needs it.
    ///   - progress: is told how many files were looked into, of how many.
    func places(for request: ClipRequest, atMost limit: Int?, progress: (Int, Int) -> Void) throws -> [ClipPlace]

    /// The clip at a place of `places(for:atMost:)`, cut at the centre.
    func clip(at place: ClipPlace, request: ClipRequest) throws -> Clip

    /// The clip at a place; nil where its file cannot be read, which is said once a file.
    ///
    /// - Throws: what `clip(at:request:)` throws, but for files that are damaged or cannot be read.
    func readableClip(at place: ClipPlace, request: ClipRequest) throws -> Clip?

    /// What a clip at a place is called, without reading it.
    func name(at place: ClipPlace) -> String

    /// Two sources that share no clip: a part of the files is held out, or where these are few, the end of each file's time.
    ///
    /// A synthetic source holds nothing out: its held-out clips are drawn from a stream that no run draws from.
    ///
    /// - Parameters:
    ///   - share: how much is held out, in 0…1.
    ///   - request: what a clip looks like: either part has room for one at least.
    /// - Throws: `VideoError` where a single file is too short for that.
    func split(heldOut share: Double, for request: ClipRequest) throws -> SourceParts

    /// Where clips of these names lie now, whatever was added to the source or taken from it since somebody noted them; nil where nothing is called so.
    ///
    /// - Parameter wanted: the first frame tells apart items of one name: parts of one file.
    func places(ofClips wanted: [(name: String, firstFrame: Int)]) -> [ClipPlace?]

    // MARK: What a source may say beside its clips

    /// Names of some items and the mean time between their frames; items without a clock are left out. By default none.
    var someFrameIntervals: [(name: String, seconds: Double)] { get }

    /// What a reader of results should know about the values of the frames read so far, a line each. By default nothing.
    var valueNotes: [String] { get }

    /// Files, folders of images or array elements in the source; by default 0, as of a source that draws its clips.
    var itemCount: Int { get }

    /// Files that were found and not taken for videos. By default none.
    var ignored: [String] { get }

    /// Looks into the items one after another. `score` compares what is found so; by default nothing.
    ///
    /// Item n of the source is the n-th that is given to `body`, and n is its number in a `ClipPlace`.
    ///
    /// - Parameters:
    ///   - request: the clips that are counted.
    ///   - thorough: whether every picture of a folder is decoded, to name those that differ or are damaged, and all values of an array are read.
    func inspectEach(
        for request: ClipRequest, thorough: Bool, _ body: (SourceReport.Item) throws -> Void
    ) rethrows

    /// Splits the source as a version did that saved no split; by default into twice itself, as a source that draws its clips.
    func splitAsEarlierVersions(heldOut share: Double) -> SourceParts

    /// The two parts of a run's split as they were when it began, from what is there today. By default the sources as they are.
    ///
    /// - Parameters:
    ///   - split: what a run noted when it began.
    ///   - validation: where the held-out part comes from, where it has a source of its own.
    /// - Returns: the parts, and what changed.
    /// - Throws: `VideoError` where a held-out item is trained on now, where a file has changed whose time is held out, or where nothing is left.
    func restored(
        _ split: SourceSplit, validation: (any ClipSource)?
    ) throws -> (parts: SourceParts, changes: SourceChanges)
}

extension ClipSource {
    public var someFrameIntervals: [(name: String, seconds: Double)] { [] }
    public var valueNotes: [String] { [] }
    public var itemCount: Int { 0 }
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
    /// First frame, counted from 0 in the order they are shown.
    public var firstFrame: Int

    /// Names a place by the item's number and the clip's first frame.
    public init(item: Int, firstFrame: Int = 0) {
        self.item = item
        self.firstFrame = firstFrame
    }
}
