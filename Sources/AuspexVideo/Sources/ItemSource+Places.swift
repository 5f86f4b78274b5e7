import AuspexTensors

extension ItemSource {
    /// Clips without overlap, in the source's order.
    ///
    /// If there are more items than clips wanted, only that many items are inspected: inspecting a file reads all of it, and a source may
    /// have ten thousand.
    package func places(
        for request: ClipRequest, atMost limit: Int?, progress: (Int, Int) -> Void
    ) throws -> [ClipPlace] {
        if let limit, limit < items.count { return try spreadPlaces(for: request, count: limit, progress: progress) }
        var places: [ClipPlace] = []
        var failures: [(name: String, error: any Error)] = []
        for number in items.indices {
            let starts = starts(in: number, for: request, &failures)
            places += starts.map { ClipPlace(item: number, firstFrame: $0) }
            progress(number + 1, items.count)
        }
        guard !places.isEmpty else { throw unusable(failures, request: request) }
        guard let limit, limit < places.count else { return places }
        return (0..<limit).map { places[$0 * places.count / limit] }
    }

    /// One clip from each of some items, which are spread evenly over the source. An item that gives none is replaced by the next one that
    /// was not used.
    private func spreadPlaces(
        for request: ClipRequest, count: Int, progress: (Int, Int) -> Void
    ) throws -> [ClipPlace] {
        var failures: [(name: String, error: any Error)] = []
        var places: [ClipPlace] = []
        let wanted = (0..<count).map { $0 * items.count / count }
        var left = Set(items.indices).subtracting(wanted)
        for (turn, first) in wanted.enumerated() {
            var number: Int? = first
            while let candidate = number {
                let starts = starts(in: candidate, for: request, &failures)
                if !starts.isEmpty {
                    // Multiples of the golden section spread over beginnings, middles and ends.
                    let share = (Double(turn) * 0.618_033_988_75).truncatingRemainder(dividingBy: 1)
                    places.append(ClipPlace(item: candidate, firstFrame: starts[Int(share * Double(starts.count))]))
                    break
                }
                number = (candidate + 1..<items.count).first(where: left.contains) ?? left.min()
                if let number { left.remove(number) }
            }
            progress(turn + 1, count)
        }
        guard !places.isEmpty else { throw unusable(failures, request: request) }
        return places.sorted { ($0.item, $0.firstFrame) < ($1.item, $1.firstFrame) }
    }

    /// First frames of an item's clips; none, with a warning, if the item cannot be used.
    private func starts(
        in number: Int, for request: ClipRequest, _ failures: inout [(name: String, error: any Error)]
    ) -> [Int] {
        let item = items[number]
        do {
            return try usableTimeline(of: item, request: request).startsWithoutOverlap(for: request)
        } catch {
            warn(of: item, error)
            failures.append((item.name, error))
            return []
        }
    }
}
