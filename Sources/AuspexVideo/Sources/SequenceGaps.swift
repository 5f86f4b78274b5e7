import Foundation

/// Numbers that are missing between the pictures of a sequence, judging by their names.
///
/// Names are used only if they are alike except for one number, and if at least half of the steps from one number to the next are the same: then
/// a step of a multiple of it is a gap. Names such as times or scattered numbers have no gaps.
package struct SequenceGaps: Sendable {
    /// What is missing between two pictures.
    package struct Gap: Sendable, Hashable, CustomStringConvertible {
        /// The picture after the gap, counted from 0.
        package var next: Int
        /// The missing numbers; the last is the one directly before `next`.
        package var first: Int
        package var last: Int

        package init(next: Int, first: Int, last: Int) {
            self.next = next
            self.first = first
            self.last = last
        }

        package var description: String {
            first == last ? "number \(first) is missing before it" : "numbers \(first) to \(last) are missing before it"
        }
    }

    package let gaps: [Gap]

    /// - Parameter paths: the pictures in order.
    package init(in paths: [String]) {
        gaps = Self.numbers(of: paths).map(Self.gaps) ?? []
    }

    /// The first gap that a clip would span.
    package func first(between first: Int, and last: Int) -> Gap? { gaps.first { first < $0.next && $0.next <= last } }

    /// The one number in which the names differ; nil if they differ in more, or a number is too large.
    private static func numbers(of paths: [String]) -> [Int]? {
        let names = paths.map { path in
            FolderScan.pieces(of: ((path as NSString).lastPathComponent as NSString).deletingPathExtension)
        }
        guard let model = names.first, names.count > 2, names.allSatisfy({ $0.count == model.count }) else {
            return nil
        }
        let differing = model.indices.filter { place in names.contains { $0[place] != model[place] } }
        guard differing.count == 1 else { return nil }
        let numbers = names.compactMap { Int($0[differing[0]]) }
        return numbers.count == names.count ? numbers : nil
    }

    private static func gaps(in numbers: [Int]) -> [Gap] {
        let steps = zip(numbers, numbers.dropFirst()).map { $1 - $0 }
        let counts = Dictionary(steps.map { ($0, 1) }, uniquingKeysWith: +)
        // Of equally frequent steps the smallest.
        guard let usual = counts.max(by: { ($0.value, -$0.key) < ($1.value, -$1.key) }), usual.key > 0,
            2 * usual.value >= steps.count
        else { return [] }
        return steps.enumerated().compactMap { place, step in
            guard step > usual.key, step % usual.key == 0 else { return nil }
            return Gap(
                next: place + 1, first: numbers[place] + usual.key, last: numbers[place + 1] - usual.key)
        }
    }
}
