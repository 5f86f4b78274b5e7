import AuspexTensors

/// The contents of a source.
public struct SourceReport: Sendable, Codable {
    /// The source, as it was given.
    public var source: String
    /// Names of the classes by their numbers; empty if there are none.
    public var classNames: [String]
    /// The inspected items, in the source's order; empty for a source without items.
    public var items: [Item]
    /// Frames of the clips that are counted.
    public var clipFrames: Int
    /// Files that were found but not recognised as videos.
    public var ignored: [String]

    /// Usable frames of all items.
    public var frameCount: Int { items.reduce(0) { $0 + $1.frameCount } }
    /// Clips of all items that fit without overlapping.
    public var clipCount: Int { items.reduce(0) { $0 + $1.clipCount } }
    /// Items that give at least one clip.
    public var usableItems: Int { items.count { $0.problem == nil } }

    /// One file, image folder or array element.
    public struct Item: Sendable, Codable {
        /// Path of the file or folder, or the name of the array's element.
        public var name: String
        /// Its class: its folder, or the list's column; nil if the source has no classes.
        public var className: String?
        /// Size of its pictures as shown; nil if none can be read.
        public var size: FrameSize?
        /// The first frame that may be used, counted from 0.
        public var firstFrame = 0
        /// Frames that may be used.
        public var frameCount: Int
        /// From the first usable frame to the end of the last, in seconds; nil for items without a clock.
        public var durationSeconds: Double?
        /// Clips of the request that fit without overlapping.
        public var clipCount: Int
        /// Number of different clips of the request: possible first frames.
        public var startCount: Int
        /// Streams, codec, size and so on: of the video file, or of the first image of a folder; nil if the item is an array's or cannot be opened.
        public var video: VideoInfo?
        /// Smallest and largest value, of an array; nil for other items.
        public var values: [Float]?
        /// Why the item gives no clip; nil if it gives one.
        public var problem: String?
        /// Pictures of a folder that no clip may contain, and why, a line each.
        public var oddities: [String] = []

        /// An item that can be used.
        public init(name: String, size: FrameSize?, frameCount: Int, clipCount: Int, startCount: Int) {
            (self.name, self.size) = (name, size)
            (self.frameCount, self.clipCount, self.startCount) = (frameCount, clipCount, startCount)
        }
    }
}

extension ClipSource {
    /// Inspects every item of the source; a synthetic source has none.
    ///
    /// Values of arrays are read, too, because no header tells whether they can be used.
    ///
    /// - Parameters:
    ///   - request: the clips that are counted.
    ///   - progress: is given how many items were inspected, of how many.
    public func inspect(for request: ClipRequest, progress: (Int, Int) -> Void = { _, _ in }) -> SourceReport {
        var items: [SourceReport.Item] = []
        let count = itemCount
        inspectEach(for: request, thorough: true) {
            items.append($0)
            progress(items.count, count)
        }
        return SourceReport(
            source: description, classNames: classNames, items: items, clipFrames: request.frames, ignored: ignored)
    }

}

extension ItemSource {
    package var itemCount: Int { items.count }

    package func inspectEach(
        for request: ClipRequest, thorough: Bool, _ body: (SourceReport.Item) throws -> Void
    ) rethrows {
        for item in items { try body(SourceReport.Item(inspecting: item, request: request, thorough: thorough)) }
    }
}

extension SourceReport.Item {
    init(inspecting item: any ClipItem, request: ClipRequest, thorough: Bool) {
        self.init(name: item.name, size: nil, frameCount: 0, clipCount: 0, startCount: 0)
        className = item.className
        do {
            video = try item.information()
            let timeline = try item.timeline()
            size = try video?.shownSize ?? item.pictureSize()
            firstFrame = timeline.usable.lowerBound
            frameCount = timeline.usable.count
            if let seconds = timeline.seconds, let last = timeline.usable.last {
                durationSeconds =
                    seconds[last] - seconds[timeline.usable.lowerBound] + (timeline.frameIntervalSeconds ?? 0)
            }
            startCount = timeline.startCount(for: request)
            clipCount = timeline.startsWithoutOverlap(for: request).count
            if thorough { values = try item.checkedValues().map { [$0.lowerBound, $0.upperBound] } }
            oddities = item.oddities(thorough: thorough)
            if startCount == 0 { problem = "\(ItemSource.tooShort(item, timeline, request))" }
            // A header may promise pictures that the decoder does not give, or gives in an unsupported form.
            if problem == nil, item is VideoItem {
                _ = try item.frames(
                    at: [timeline.usable.lowerBound], request: request, crop: .centre, continuing: true)
            }
        } catch {
            problem = "\(error)"
        }
        // Unusable items are not counted.
        if problem != nil { (frameCount, clipCount, startCount) = (0, 0, 0) }
    }
}
