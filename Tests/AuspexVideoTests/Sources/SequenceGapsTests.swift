import AuspexVideo
import Testing

@Suite struct SequenceGapsTests {
    private func gaps(_ numbers: [Int], _ name: (Int) -> String = { "set/f\($0).png" }) -> [SequenceGaps.Gap] {
        SequenceGaps(in: numbers.map(name)).gaps
    }

    @Test func aMissingNumberIsAGap() {
        #expect(gaps([0, 1, 2, 4, 5]) == [.init(next: 3, first: 3, last: 3)])
        #expect(gaps([1, 2, 4]) == [.init(next: 2, first: 3, last: 3)])
        #expect(
            gaps([7, 8, 9, 13, 14, 15, 17]) == [
                .init(next: 3, first: 10, last: 12), .init(next: 6, first: 16, last: 16),
            ])
        #expect("\(gaps([0, 1, 2, 6])[0])" == "numbers 3 to 5 are missing before it")
    }

    @Test func aSequenceMayCountBySteps() {
        #expect(gaps([0, 10, 20, 30, 50]) == [.init(next: 4, first: 40, last: 40)])
        #expect(gaps([0, 10, 20, 30]) == [])
        // No multiple of the usual step: the number says something else.
        #expect(gaps([0, 10, 20, 30, 45]) == [])
    }

    @Test func aHugeGapIsOneGap() {
        #expect(gaps([1, 2, 3, 1_000_000_000_000]) == [.init(next: 3, first: 4, last: 999_999_999_999)])
    }

    @Test func namesThatAreNotCountedHaveNoGaps() {
        #expect(gaps([1837, 9921, 40, 555, 7]) == [])
        #expect(gaps([1, 2]) == [])
        #expect(gaps([0, 1, 5]) { "s/t\($0 / 4)_\($0).png" } == [])
        #expect(SequenceGaps(in: ["s/a.png", "s/b.png", "s/d.png"]).gaps == [])
        #expect(SequenceGaps(in: []).gaps == [])
        // Two pictures with the same number do not count as a step.
        #expect(SequenceGaps(in: ["s/1.jpg", "s/1.png", "s/2.jpg", "s/2.png", "s/4.jpg", "s/4.png"]).gaps == [])
    }

    @Test func digitsElsewhereInTheNameAndItsFolderDoNotCount() {
        #expect(gaps([0, 1, 3]) { "2024/cam2_000\($0)_v7.png" } == [.init(next: 2, first: 2, last: 2)])
    }

    @Test func onlyWhatReachesAcrossIsTouched() {
        let found = SequenceGaps(in: [0, 1, 2, 4, 5].map { "f\($0).png" })
        #expect(found.first(between: 0, and: 2) == nil && found.first(between: 3, and: 4) == nil)
        #expect(found.first(between: 2, and: 3)?.first == 3 && found.first(between: 0, and: 4)?.first == 3)
        #expect(found.first(between: 3, and: 3) == nil)
    }
}
