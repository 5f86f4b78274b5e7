import AuspexSupport

extension SourceReport: Report {
    /// More items than anyone would read: the rest is in the JSON.
    private static let listed = 50

    /// Totals, a row for each item that can be used, and what cannot be used and why.
    public var text: String {
        guard !items.isEmpty else { return "\(source): clips without end, drawn as they are asked for" }
        var lines = [
            "\(source): \(items.count, "item"), \(usableItems) of them usable, "
                + "\(frameCount, "frame"), \(clipCount, "clip") of \(clipFrames) without overlap"
        ]
        if !classNames.isEmpty { lines.append("classes: \(classNames.joined(separator: ", "))") }
        if usableItems > 0 { lines.append(table) }
        if let values = items.compactMap(\.values).reduce(nil, Self.union) {
            lines.append("values: \(values[0]) to \(values[1])")
        }
        if items.count > Self.listed {
            lines.append("… \(items.count - Self.listed) more: the JSON form lists all")
        }
        for item in items { if let problem = item.problem { lines.append("unusable: \(problem)") } }
        for item in items where item.problem == nil {
            if let note = item.video?.note { lines.append("note: \(note)") }
        }
        for oddity in items.flatMap(\.oddities).prefix(Self.listed) { lines.append("skipped in clips: \(oddity)") }
        for file in ignored.prefix(Self.listed) { lines.append("not recognised as a video: \(file)") }
        return lines.joined(separator: "\n")
    }

    private var table: String {
        var table = TextTable(header: ["item", "codec", "size", "frames", "a second", "seconds", "clips"])
        for item in items.prefix(Self.listed) where item.problem == nil {
            table.add([
                item.name, item.video?.codec ?? "", item.size?.description ?? "", "\(item.frameCount)",
                item.video?.framesPerSecond.map(Self.short) ?? "", item.durationSeconds.map(Self.short) ?? "",
                "\(item.clipCount)",
            ])
        }
        return table.text
    }

    private static func union(_ all: [Float]?, _ more: [Float]) -> [Float]? {
        guard let all, all.count == 2, more.count == 2 else { return more.count == 2 ? more : all }
        return [min(all[0], more[0]), max(all[1], more[1])]
    }

    private static func short(_ number: Double) -> String { NumberText.trimmed(number, decimals: 3) }
}
