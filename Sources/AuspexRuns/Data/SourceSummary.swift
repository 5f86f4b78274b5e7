import AuspexSupport
import AuspexVideo

/// A source's report in words, for people.
public struct SourceSummary {
    /// More items than anybody reads: the rest is in the JSON.
    private static let listed = 50

    public let lines: [String]

    public init(_ report: SourceReport, request: ClipRequest) {
        guard !report.items.isEmpty else {
            lines = ["\(report.source): clips without end, drawn as they are asked for"]
            return
        }
        var lines = [
            "\(report.source): \(report.items.count, "item"), \(report.usableItems) of them usable, "
                + "\(report.frameCount, "frame"), \(report.clipCount, "clip") of \(request.frames) without overlap"
        ]
        if !report.classNames.isEmpty { lines.append("classes: \(report.classNames.joined(separator: ", "))") }
        var table = TextTable(header: ["item", "codec", "size", "frames", "a second", "seconds", "clips"])
        for item in report.items.prefix(Self.listed) where item.problem == nil {
            table.add([
                item.name, item.video?.codec ?? "", item.size?.description ?? "", "\(item.frameCount)",
                item.video?.framesPerSecond.map(Self.short) ?? "", item.durationSeconds.map(Self.short) ?? "",
                "\(item.clipCount)",
            ])
        }
        if report.usableItems > 0 { lines.append(table.text) }
        if let values = report.items.compactMap(\.values).reduce(nil, Self.union) {
            lines.append("values: \(values[0]) to \(values[1])")
        }
        if report.items.count > Self.listed {
            lines.append("… \(report.items.count - Self.listed) more: the JSON form lists all")
        }
        for item in report.items { if let problem = item.problem { lines.append("unusable: \(problem)") } }
        for item in report.items where item.problem == nil {
            if let note = item.video?.note { lines.append("note: \(note)") }
        }
        for oddity in report.items.flatMap(\.oddities).prefix(Self.listed) {
            lines.append("skipped in clips: \(oddity)")
        }
        for file in report.ignored.prefix(Self.listed) { lines.append("not taken for a video: \(file)") }
        self.lines = lines
    }

    private static func union(_ all: [Float]?, _ more: [Float]) -> [Float]? {
        guard let all, all.count == 2, more.count == 2 else { return more.count == 2 ? more : all }
        return [min(all[0], more[0]), max(all[1], more[1])]
    }

    private static func short(_ number: Double) -> String {
        number.formatted(.number.precision(.fractionLength(0...3)).grouping(.never))
    }
}
