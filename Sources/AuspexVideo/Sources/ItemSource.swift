import AuspexSupport
import AuspexTensors
import Logging

/// A source with a fixed list of items: files, image folders, array elements.
///
/// Every item has the same chance, however long it is, so that a run starts without inspecting every file first. If the drawn item gives
/// no clip, the next draw for the same clip number takes its place, and after eight draws the items in order, several times if there are few: a
/// rule that depends only on the draws and the files.
package struct ItemSource: ClipSource {
    package let description: String
    let items: [any ClipItem]
    package let classNames: [String]
    /// Files that were found but left out when the source was opened: reported by `auspex data inspect`.
    package let ignored: [String]
    private let complaints: Complaints
    private static let randomDraws = 8
    /// How many more clips are tried, over all items, before a source counts as unusable: most starts of a single item may be damaged.
    private static let lastDraws = 64

    /// - Throws: `VideoError.badSource` where there is no item, or classes are wanted and an item has none.
    init(
        description: String, items: [any ClipItem], wantsClasses: Bool, ignored: [String] = [], logger: Logger
    ) throws {
        guard !items.isEmpty else {
            throw VideoError(.badSource, description, "no video in it\(Self.summary(ofIgnored: ignored))")
        }
        self.description = description
        self.items = items
        self.ignored = ignored
        complaints = Complaints(logger: logger)
        classNames = wantsClasses ? try Self.classNames(of: items, in: description) : []
    }

    /// Other items under the same name, with the same classes and a shared list of reported problems.
    init(_ whole: ItemSource, items: [any ClipItem]) {
        description = whole.description
        self.items = items
        classNames = whole.classNames
        ignored = whole.ignored
        complaints = whole.complaints
    }

    private static func summary(ofIgnored ignored: [String]) -> String {
        guard !ignored.isEmpty else { return "" }
        let some = ignored.prefix(3).joined(separator: ", ")
        return " (not recognised as videos: \(some)\(ignored.count > 3 ? " and \(ignored.count - 3) more" : ""))"
    }

    /// Names in order: numerically if all are whole numbers, otherwise alphabetically.
    private static func classNames(of items: [any ClipItem], in description: String) throws -> [String] {
        if let bare = items.first(where: { $0.className == nil }) {
            throw VideoError(
                .badSource, description,
                "classes are wanted, and \(bare.name) has none: name one in the list, or sort the files into folders")
        }
        let names = Set(items.compactMap(\.className))
        let isNumbered = names.allSatisfy { Int($0) != nil }
        return names.sorted { isNumbered ? (Int($0) ?? 0) < (Int($1) ?? 0) : $0 < $1 }
    }

    package func format(for request: ClipRequest) throws -> FrameFormat { try items[0].format(for: request) }

    private func classIndex(of item: any ClipItem) -> Int? {
        classNames.isEmpty ? nil : item.className.flatMap { classNames.firstIndex(of: $0) }
    }

    package func clip(at index: Int, from stream: RandomStream, request: ClipRequest) throws -> Clip {
        let draws = stream.at(step: index)
        let (choice, start, crop) = (draws.named("item"), draws.named("start"), draws.named("crop"))
        var hopeless: Set<Int> = []
        var failures: [(name: String, error: any Error)] = []
        let rounds = max(1, Self.lastDraws / items.count)
        for attempt in 0..<Self.randomDraws + rounds * items.count {
            let number =
                attempt < Self.randomDraws
                ? choice.integer(below: items.count, at: attempt) : (attempt - Self.randomDraws) % items.count
            guard !hopeless.contains(number) else { continue }
            let item = items[number]
            do {
                let timeline = try usableTimeline(of: item, request: request)
                do {
                    let first = start.integer(below: timeline.startCount(for: request), at: attempt)
                    let place =
                        request.crop == .centre
                        ? CropPlace.centre
                        : CropPlace(
                            vertical: crop.uniform(at: 2 * attempt), horizontal: crop.uniform(at: 2 * attempt + 1))
                    return try clip(
                        of: item, first: timeline.usable.lowerBound + first, timeline: timeline, request: request,
                        crop: place, continuing: false)
                } catch  where !Self.isWrongOption(error) {
                    // Another part of the same file may be intact.
                    complaints.note(item.name, error)
                    failures.append((item.name, error))
                }
            } catch  where !Self.isWrongOption(error) {
                warn(of: item, error)
                hopeless.insert(number)
                failures.append((item.name, error))
            }
        }
        throw unusable(failures, request: request)
    }

    /// Whether an error is not a clip's damage but a wrong description of all clips: then no other clip may replace it.
    private static func isWrongOption(_ error: any Error) -> Bool { (error as? VideoError)?.kind == .badArray }

    /// Reports that an item is skipped. For a source's only item the error that follows says the same.
    func warn(of item: any ClipItem, _ error: any Error) {
        if items.count > 1 { complaints.note(item.name, error) }
    }

    /// - Throws: `VideoError.tooShort` if not a single clip fits.
    func usableTimeline(of item: any ClipItem, request: ClipRequest) throws -> Timeline {
        if let known = complaints.lastingError(of: item.name) { throw known }
        let timeline: Timeline
        do {
            timeline = try item.timeline()
        } catch {
            complaints.keep(item.name, error)
            throw error
        }
        guard timeline.startCount(for: request) > 0 else {
            throw Self.tooShort(item, timeline, request)
        }
        return timeline
    }

    static func tooShort(_ item: any ClipItem, _ timeline: Timeline, _ request: ClipRequest) -> VideoError {
        let has = frames(of: timeline)
        let count = timeline.usable.count
        switch timeline.resolved(request.step) {
        case .stride(let stride):
            let (span, isHuge) = (request.frames - 1).multipliedReportingOverflow(by: stride)
            let needed = isHuge || span == .max ? "too many" : "\(span + 1)"
            let every = stride == 1 ? "" : ", every \(stride) frames,"
            return VideoError(
                .tooShort, item.name,
                "\(has); a clip of \(request.frames)\(every) needs \(needed): \(advice(for: timeline))")
        case .seconds(let interval), .matching(let interval, _):
            guard let seconds = timeline.seconds else {
                return VideoError(
                    .badSource, item.name,
                    "has no clock, so clips of a given frame interval cannot be cut: give its frame rate, or a stride",
                    remedies: [.frameRate])
            }
            let span = count > 0 ? seconds[timeline.usable.upperBound - 1] - seconds[timeline.usable.lowerBound] : 0
            return VideoError(
                .tooShort, item.name,
                "\(has) over \(NumberText.nearest(span)) s; a clip of \(request.frames, "frame") \(NumberText.nearest(interval)) s apart "
                    + "needs \(NumberText.nearest(Double(request.frames - 1) * interval)) s: \(advice(for: timeline))")
        }
    }

    /// `has 48 frames, 5 of them in its held-out part`.
    private static func frames(of timeline: Timeline) -> String {
        func counted(_ count: Int) -> String { "\(count, "frame")" }
        let whole = "has \(counted(timeline.frameCount))"
        let count = timeline.usable.count
        guard let limit = timeline.limit, count < timeline.frameCount else { return whole }
        let part =
            switch limit {
            case .window: "between the list's start and end"
            case .trainingPart: "in its training part"
            case .heldOutPart: "in its held-out part"
            }
        return "\(whole), \(count) of them \(part)"
    }

    private static func advice(for timeline: Timeline) -> String {
        switch timeline.limit {
        case .heldOutPart: "ask for a shorter one, hold out a larger share, or name other clips to hold out"
        case .trainingPart: "ask for a shorter one, or hold out a smaller share"
        case .window: "ask for a shorter one, or list more of the file"
        case nil: "ask for a shorter one"
        }
    }

    /// One error for a source in which nothing can be used: the file's own if there is only one.
    func unusable(_ failures: [(name: String, error: any Error)], request: ClipRequest) -> any Error {
        if items.count == 1, let only = failures.last { return only.error }
        var seen: Set<String> = []
        let distinct = failures.filter { seen.insert($0.name).inserted }
        let reasons = distinct.map { "\($0.error)" }
        let more = reasons.count > 3 ? "; and \(reasons.count - 3) more" : ""
        return VideoError(
            .nothingUsable, description,
            "none of its \(items.count, "item") gives a clip of \(request.frames, "frame"): "
                + reasons.prefix(3).joined(separator: "; ") + more,
            remedies: Self.remedies(of: distinct.prefix(3).map(\.error)))
    }

    /// What would avoid any of several errors, each once.
    private static func remedies(of errors: [any Error]) -> [Remedy] {
        var seen: Set<Remedy> = []
        return errors.flatMap { ($0 as? any RemediableError)?.remedies ?? [] }.filter { seen.insert($0).inserted }
    }

    private func clip(
        of item: any ClipItem, first: Int, timeline: Timeline, request: ClipRequest, crop: CropPlace, continuing: Bool
    ) throws -> Clip {
        let format = try item.format(for: request)
        try request.checkMemory(item.name, channels: format.channels)
        guard let numbers = timeline.frames(from: first, request: request) else {
            throw Self.tooShort(item, timeline, request)
        }
        let frames = try item.frames(at: numbers, request: request, crop: crop, continuing: continuing)
        return Clip(
            frames: frames, format: format, name: item.name, startSeconds: timeline.seconds?[first] ?? 0,
            frameIndices: numbers,
            frameIntervalSeconds: timeline.intervalSeconds(of: request.step), classIndex: classIndex(of: item))
    }

    package func clip(at place: ClipPlace, request: ClipRequest) throws -> Clip {
        require(items.indices.contains(place.item), "ItemSource.clip", "item \(place.item) of \(items.count)")
        let item = items[place.item]
        let timeline = try usableTimeline(of: item, request: request)
        return try clip(
            of: item, first: place.firstFrame, timeline: timeline, request: request, crop: .centre, continuing: true)
    }

    package func readableClip(at place: ClipPlace, request: ClipRequest) throws -> Clip? {
        do {
            return try clip(at: place, request: request)
        } catch let error as VideoError where error.kind.concernsOneFile {
            complaints.note(items[place.item].name, error)
            return nil
        }
    }

    package func name(at place: ClipPlace) -> String { items[place.item].name }

    package func places(ofClips wanted: [(name: String, firstFrame: Int)]) -> [ClipPlace?] {
        let numbers = Dictionary(grouping: items.indices) { items[$0].name }
        return wanted.map { name, firstFrame in
            let called = numbers[name] ?? []
            let holding = called.count > 1 ? called.first { Self.isUsable(firstFrame, of: items[$0]) } : nil
            return (holding ?? called.first).map { ClipPlace(item: $0, firstFrame: firstFrame) }
        }
    }

    /// A file that cannot be read has no readable frames; its error says why.
    private static func isUsable(_ frame: Int, of item: any ClipItem) -> Bool {
        (try? item.timeline())?.usable.contains(frame) ?? false
    }
}
