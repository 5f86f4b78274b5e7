import AuspexSupport
import AuspexTensors

extension ClipSource {
    /// The time between two frames of most items, the longer one in a tie; nil if no item has a clock.
    package var commonFrameIntervalSeconds: Double? {
        let intervals = someFrameIntervals.map(\.seconds).sorted()
        func count(_ interval: Double) -> Int { intervals.count { abs($0 - interval) <= 0.01 * interval } }
        return intervals.max { (count($0), $0) < (count($1), $1) }
    }

    /// A note on items whose frame interval differs from that of the clips: one per kind, empty if all match.
    package func frameRateNotes(for request: ClipRequest) -> [String] {
        guard let wanted = request.step.wantedSeconds else { return [] }
        var (repeated, approximated): ([(name: String, seconds: Double)], [(name: String, seconds: Double)]) = ([], [])
        let intervals = someFrameIntervals
        for (name, own) in intervals {
            let steps = wanted / own
            if steps < 0.99 {
                repeated.append((name, own))
            } else if abs(steps - steps.rounded()) > 0.01 * steps {
                approximated.append((name, own))
            }
        }
        func note(_ found: [(name: String, seconds: Double)], _ consequence: (Double) -> String) -> [String] {
            guard let first = found.max(by: { $0.seconds < $1.seconds }) else { return [] }
            let others = found.count > 1 ? " (and \(found.count - 1) more of \(intervals.count) looked at)" : ""
            return [
                "\(first.name)\(others) has a frame every \(NumberText.nearest(first.seconds)) s, clips take one every \(NumberText.nearest(wanted)) s: "
                    + consequence(first.seconds)
            ]
        }
        return note(repeated) { _ in "frames are repeated" }
            + note(approximated) { "the nearest frames are taken, up to \(NumberText.nearest($0 / 2)) s off" }
    }
}

extension ItemSource {
    /// Items that are inspected to learn a source's frame rates: a source may have too many to open all of them.
    private static let lookedAt = 16

    package var someFrameIntervals: [(name: String, seconds: Double)] {
        let count = min(items.count, Self.lookedAt)
        return (0..<count).map { items[$0 * items.count / count] }.compactMap { item in
            (try? item.timeline())?.frameIntervalSeconds.map { (item.key, $0) }
        }
    }
}
