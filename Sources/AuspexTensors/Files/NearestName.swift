/// Finds what a mistyped name was meant to be.
package enum NearestName {
    /// The candidate with the fewest changed letters, if they are few enough to be a slip; the first in alphabetical order among equals.
    package static func of(_ name: String, among candidates: some Sequence<String>) -> String? {
        let scored = candidates.sorted().map { ($0, distance(name.lowercased(), $0.lowercased())) }
        guard let best = scored.min(by: { $0.1 < $1.1 }) else { return nil }
        return best.1 <= max(2, name.count / 2) ? best.0 : nil
    }

    /// Levenshtein's distance: letters put in, left out or exchanged.
    static func distance(_ a: String, _ b: String) -> Int {
        let b = Array(b)
        var row = Array(0...b.count)
        for (i, letter) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for j in b.indices {
                let changed = diagonal + (letter == b[j] ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(changed, row[j] + 1, row[j + 1] + 1)
            }
        }
        return row[b.count]
    }
}
