/// Finds the name that a mistyped one was meant to be.
package enum NearestName {
    /// The candidate that a name was most likely meant to be: one that differs by a few letters, or one of which only some words were written
    /// (`learningRate` for `generatorLearningRate`). Ties go to the one with fewer changed letters, then to the first in alphabetical order.
    ///
    /// - Returns: nil where no candidate is similar enough to be worth suggesting.
    package static func of(_ name: String, among candidates: some Sequence<String>) -> String? {
        nearest(name, among: candidates) { letters, candidate in
            let parts = missingWords(of: candidate, in: name)
            let slips = isSlip(letters, in: name) ? letters : nil
            return [slips, parts].compactMap(\.self).min()
        }
    }

    /// The candidate that differs from a name by a few letters; nil if there is none.
    package static func slip(_ name: String, among candidates: some Sequence<String>) -> String? {
        nearest(name, among: candidates) { letters, _ in isSlip(letters, in: name) ? letters : nil }
    }

    /// - Parameter cost: computed from the changed letters and a candidate; nil rules the candidate out.
    private static func nearest(
        _ name: String, among candidates: some Sequence<String>, cost: (Int, String) -> Int?
    ) -> String? {
        // A comparison costs the product of both lengths; a name this long is not a typo.
        guard (1...200).contains(name.count) else { return nil }
        var best: (name: String, cost: Int, letters: Int)?
        for candidate in candidates.sorted() {
            let letters = distance(name.lowercased(), candidate.lowercased())
            guard let cost = cost(letters, candidate) else { continue }
            if let best, (best.cost, best.letters) <= (cost, letters) { continue }
            best = (candidate, cost, letters)
        }
        return best?.name
    }

    private static func isSlip(_ letters: Int, in name: String) -> Bool {
        letters <= (name.count < 4 ? 1 : max(2, name.count / 3))
    }

    /// How many words of a candidate a name leaves out (or adds), if one of the two has all words of the other; nil otherwise.
    private static func missingWords(of candidate: String, in name: String) -> Int? {
        let (written, known) = (words(of: name), words(of: candidate))
        guard !written.isEmpty, !known.isEmpty else { return nil }
        let (fewer, more) = written.count <= known.count ? (written, known) : (known, written)
        var (rest, slips) = (more, 0)
        for word in fewer {
            let scored = rest.indices.map { ($0, distance(word, rest[$0])) }.min { $0.1 < $1.1 }
            guard let (place, letters) = scored, letters <= (word.count < 4 ? 0 : word.count / 4) else { return nil }
            rest.remove(at: place)
            slips += letters
        }
        // A single short word, such as `of`, is too weak a hint.
        guard fewer.joined().count >= 4 else { return nil }
        return slips + more.count - fewer.count
    }

    /// `generatorLearningRate`, `generator-learning-rate` and `generator.learning_rate` are the same three words.
    static func words(of name: String) -> [String] {
        var words = [""]
        var previous: Character = " "
        for letter in name {
            if !letter.isLetter && !letter.isNumber {
                words.append("")
            } else if letter.isUppercase && !previous.isUppercase {
                words.append(letter.lowercased())
            } else {
                words[words.count - 1] += letter.lowercased()
            }
            previous = letter
        }
        return words.filter { !$0.isEmpty }
    }

    /// The number of letters inserted, deleted, replaced, or swapped with their neighbour (optimal string alignment).
    static func distance(_ a: String, _ b: String) -> Int {
        let (a, b) = (Array(a), Array(b))
        var before: [Int] = []
        var above = Array(0...b.count)
        for (i, letter) in a.enumerated() {
            var row = [i + 1] + above.dropFirst()
            for j in b.indices {
                row[j + 1] = min(above[j] + (letter == b[j] ? 0 : 1), row[j] + 1, above[j + 1] + 1)
                if i > 0, j > 0, letter == b[j - 1], a[i - 1] == b[j] {
                    row[j + 1] = min(row[j + 1], before[j - 1] + 1)
                }
            }
            (before, above) = (above, row)
        }
        return above[b.count]
    }
}
