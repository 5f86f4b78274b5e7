import AuspexSupport
import Foundation

/// An item, and the share of its time that belongs to a part of a split; nil is all of it.
typealias SplitItem = (item: any ClipItem, share: [Double]?)

extension ItemSource {
    package func split(heldOut share: Double, for request: ClipRequest) throws -> SourceParts {
        // One of a few files would be far more than the share: then the end of each is held out.
        if Double(items.count) * share < 1, let parts = try splitInTime(heldOut: share, for: request) { return parts }
        return splitByItems(heldOut: share)
    }

    /// As versions before the saved split did: whole items if there are several, whatever their number.
    package func splitAsEarlierVersions(heldOut share: Double) -> SourceParts {
        if items.count > 1 { return splitByItems(heldOut: share) }
        let (training, heldOut): ([SplitItem], [SplitItem]) = (
            items.map { (item: $0, share: [0, 1 - share]) }, items.map { (item: $0, share: [1 - share, 1]) }
        )
        return parts(training: training, heldOut: heldOut)
    }

    private func splitByItems(heldOut share: Double) -> SourceParts {
        // Spread over the whole, because neighbours in a folder are often alike; at least one on either side.
        let count = min(items.count - 1, max(1, Int((share * Double(items.count)).rounded())))
        let chosen = Set((0..<count).map { ($0 * items.count + items.count / 2) / count })
        var (training, heldOut): ([SplitItem], [SplitItem]) = ([], [])
        for (number, item) in items.enumerated() {
            if chosen.contains(number) { heldOut.append((item, nil)) } else { training.append((item, nil)) }
        }
        return parts(training: training, heldOut: heldOut)
    }

    /// The end of each item's time; items too short for a clip in either part are trained on completely.
    ///
    /// - Returns: nil if that holds nothing out and whole items can be held out instead.
    /// - Throws: `VideoError` if a single item does not give two clips.
    private func splitInTime(heldOut share: Double, for request: ClipRequest) throws -> SourceParts? {
        var starts: [Double?] = []
        for item in items {
            // A broken file does not prevent training on the others; it is reported when it is drawn.
            let timeline = items.count > 1 ? try? item.timeline() : try item.timeline()
            starts.append(timeline.flatMap { Self.heldOutStart(in: $0, share: share, request: request) })
        }
        guard starts.contains(where: { $0 != nil }) else {
            guard items.count == 1 else { return nil }
            throw try Self.tooShortToHoldOut(items[0], request: request)
        }
        var (training, heldOut): ([SplitItem], [SplitItem]) = ([], [])
        for (item, start) in zip(items, starts) {
            training.append((item, start.map { [0, $0] }))
            if let start { heldOut.append((item, [start, 1])) }
        }
        return parts(training: training, heldOut: heldOut)
    }

    /// Where the held-out part of an item's time begins, as a share of it: the configured share from the end, or earlier if a clip would not fit.
    ///
    /// - Returns: nil if it would have to be more than half, or no clip would fit into the rest.
    static func heldOutStart(in timeline: Timeline, share: Double, request: ClipRequest) -> Double? {
        let count = timeline.usable.count
        func fits(_ frames: Range<Int>) -> Bool {
            guard !frames.isEmpty else { return false }
            var part = timeline
            let first = timeline.usable.lowerBound
            part.usable = first + frames.lowerBound..<first + frames.upperBound
            return part.frames(from: part.usable.lowerBound, request: request) != nil
        }
        let wanted = Int(((1 - share) * Double(count)).rounded())
        // An earlier start leaves more room, so the latest one that fits is found by bisection.
        var (low, high) = (min((count + 1) / 2, wanted), wanted)
        guard low < count, fits(low..<count) else { return nil }
        while low < high {
            let middle = (low + high + 1) / 2
            if fits(middle..<count) { low = middle } else { high = middle - 1 }
        }
        guard fits(0..<low) else { return nil }
        return low == wanted ? 1 - share : Double(low) / Double(count)
    }

    private static func tooShortToHoldOut(_ item: any ClipItem, request: ClipRequest) throws -> VideoError {
        let timeline = try item.timeline()
        guard timeline.startCount(for: request) > 0 else { return tooShort(item, timeline, request) }
        return VideoError(
            .tooShort, item.name,
            "has \(timeline.usable.count, "frame"), too few to train on one clip of \(request.frames) and to hold out another: take a "
                + "longer video, name held-out clips by data.validation, or hold nothing out by data.validationShare=0")
    }

    private func parts(training: [SplitItem], heldOut: [SplitItem]) -> SourceParts {
        func part(_ items: [SplitItem]) -> ItemSource {
            ItemSource(
                self,
                items: items.map { entry in entry.share.map { entry.item.limited(to: $0[0]..<$0[1]) } ?? entry.item })
        }
        return SourceParts(
            training: part(training), heldOut: part(heldOut),
            record: SourceSplit(noting: training, heldOut: heldOut))
    }
}

extension SourceSplit {
    /// Records items; training items get a digest only if a held-out one has the same size and might be a copy.
    init(noting training: [SplitItem], heldOut: [SplitItem]) {
        self.heldOut = heldOut.map { $0.item.noted(share: $0.share, withDigest: true) }
        let sizes = Set(self.heldOut.map(\.sizeBytes))
        self.training = training.map { entry in
            var noted = entry.item.noted(share: entry.share, withDigest: false)
            if sizes.contains(noted.sizeBytes) { noted.digest = entry.item.digest }
            return noted
        }
    }

    /// Records two sources of which one is held out completely.
    ///
    /// - Returns: nil if clips are generated, not read.
    /// - Throws: `VideoError` where an item is in both: a model would be evaluated on its training clips.
    package init?(training: any ClipSource, heldOut: any ClipSource) throws {
        guard let training = training as? ItemSource, let heldOut = heldOut as? ItemSource else { return nil }
        try Self.check(
            heldOut, isApartFrom: training,
            advice:
                "name clips by data.validation that are not trained on, or leave it out and let data.validationShare hold some out"
        )
        func whole(_ source: ItemSource) -> [SplitItem] { source.items.map { (item: $0, share: nil) } }
        self.init(noting: whole(training), heldOut: whole(heldOut))
    }

    /// Refuses to train on a source that shares frames with what is held out. Two parts of one file are apart if both are given by times that do not meet.
    ///
    /// - Parameter advice: what to do, in the imperative.
    /// - Throws: `VideoError` that names the item: a model would be evaluated on its training clips.
    package static func check(
        _ heldOut: any ClipSource, isApartFrom training: any ClipSource, advice: String
    ) throws {
        guard let training = training as? ItemSource, let heldOut = heldOut as? ItemSource else { return }
        func place(_ item: any ClipItem) -> String {
            item.files.isEmpty ? item.key : URL(fileURLWithPath: item.name).resolvingSymlinksInPath().path
        }
        func window(_ item: any ClipItem) -> Range<Double>? {
            (item as? VideoItem)?.window ?? (item as? ImageSequenceItem)?.window
        }
        func areApart(_ a: any ClipItem, _ b: any ClipItem) -> Bool {
            guard let one = window(a), let other = window(b) else { return false }
            return !one.overlaps(other) && a.key != b.key
        }
        let trained = Dictionary(grouping: training.items, by: place)
        let both = heldOut.items.first { held in trained[place(held)]?.contains { !areApart($0, held) } ?? false }
        guard let both else { return }
        throw VideoError(
            .badSource, heldOut.description,
            "\(both.key) is held out, and \(training.description) has it too: \(advice)")
    }

    /// Held-out items that were copies of training items when the run began, judging by their bytes.
    package var copies: [(heldOut: String, training: String)] {
        let trained = Dictionary(training.compactMap { item in item.digest.map { ($0, item.key) } }) { first, _ in first
        }
        return heldOut.compactMap { item in
            guard item.share == nil, let other = item.digest.flatMap({ trained[$0] }) else { return nil }
            return (item.key, other)
        }
    }
}
