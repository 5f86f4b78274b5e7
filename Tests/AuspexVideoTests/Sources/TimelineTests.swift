import AuspexVideo
import Testing

@Suite struct TimelineTests {
    private func request(_ frames: Int, _ step: ClipRequest.FrameStep = .stride(1)) -> ClipRequest {
        ClipRequest(frames: frames, size: FrameSize(8), step: step)
    }

    /// Ten frames, 25 a second.
    private func steady(window: Range<Double>? = nil, share: Range<Double> = 0..<1) -> Timeline {
        Timeline(
            seconds: (0..<10).map { Double($0) / 25 }, frameCount: 10, frameIntervalSeconds: 0.04, window: window,
            share: share)
    }

    @Test func windowsAreHalfOpenAndInSeconds() {
        #expect(steady().usable == 0..<10)
        #expect(steady(window: 0.08..<0.2).usable == 2..<5)
        #expect(steady(window: 0.07..<0.21).usable == 2..<6)
        #expect(steady(window: 0.2..<Double.infinity).usable == 5..<10)
        #expect(steady(window: 5..<6).usable.isEmpty)
        #expect(steady(window: 0.01..<0.02).usable.isEmpty)
    }

    @Test func sharesOfAWindowMeetWithoutOverlap() {
        for cut in stride(from: 0.0, through: 1, by: 0.07) {
            for window in [nil, 0.04..<0.32] as [Range<Double>?] {
                let whole = steady(window: window).usable
                let (first, second) = (
                    steady(window: window, share: 0..<cut).usable, steady(window: window, share: cut..<1).usable
                )
                #expect(first.lowerBound == whole.lowerBound && second.upperBound == whole.upperBound)
                #expect(first.upperBound == second.lowerBound)
            }
        }
    }

    @Test func strides() {
        let timeline = steady(window: 0.04..<0.36)
        #expect(timeline.usable == 1..<9)
        #expect(timeline.frames(from: 1, request: request(3, .stride(3))) == [1, 4, 7])
        #expect(timeline.frames(from: 2, request: request(3, .stride(3))) == [2, 5, 8])
        #expect(timeline.frames(from: 3, request: request(3, .stride(3))) == nil)
        #expect(
            timeline.frames(from: 0, request: request(1)) == nil && timeline.frames(from: 9, request: request(1)) == nil
        )
        #expect(timeline.startCount(for: request(3, .stride(3))) == 2)
        #expect(timeline.startCount(for: request(8)) == 1 && timeline.startCount(for: request(9)) == 0)
        #expect(timeline.startsWithoutOverlap(for: request(3)) == [1, 4])
        #expect(timeline.startsWithoutOverlap(for: request(2, .stride(2))) == [1, 4])
    }

    @Test func secondsTakeTheNearestFrame() {
        // 30 a second, asked for 12.5 a second: 0, 2.4, 4.8, 7.2 frames.
        let timeline = Timeline(
            seconds: (0..<12).map { Double($0) / 30 }, frameCount: 12, frameIntervalSeconds: 1 / 30.0)
        #expect(timeline.frames(from: 0, request: request(4, .seconds(0.08))) == [0, 2, 5, 7])
        #expect(timeline.frames(from: 3, request: request(4, .seconds(0.08))) == [3, 5, 8, 10])
        // The last wanted time may be at most half a frame after the last frame.
        #expect(timeline.frames(from: 4, request: request(4, .seconds(0.08)))?.last == 11)
        #expect(timeline.frames(from: 5, request: request(4, .seconds(0.08))) == nil)
        #expect(timeline.startCount(for: request(4, .seconds(0.08))) == 5)
    }

    @Test func unevenTimesAreFollowed() {
        let timeline = Timeline(
            seconds: [0, 0.1, 0.15, 0.5, 0.6, 1.0], frameCount: 6, frameIntervalSeconds: 0.2)
        #expect(timeline.frames(from: 0, request: request(4, .seconds(0.2))) == [0, 2, 3, 4])
        #expect(timeline.frames(from: 2, request: request(3, .seconds(0.42))) == [2, 4, 5])
    }

    @Test func withoutAClockOnlyStridesAreTaken() {
        let timeline = Timeline(seconds: nil, frameCount: 6, frameIntervalSeconds: nil)
        #expect(timeline.frames(from: 0, request: request(2, .seconds(0.1))) == nil)
        #expect(timeline.startCount(for: request(2, .seconds(0.1))) == 0)
        #expect(timeline.frames(from: 1, request: request(2, .matching(seconds: 0.1, stride: 3))) == [1, 4])
        // A window in seconds says nothing without a clock.
        #expect(Timeline(seconds: nil, frameCount: 6, frameIntervalSeconds: nil, window: 1..<2).usable == 0..<6)
    }

    @Test func startsAreAllAndOnlyThoseThatFit() {
        for timeline in [steady(), steady(window: 0.08..<0.4), steady(share: 0.3..<0.9)] {
            for wanted in [request(1), request(4), request(3, .stride(2)), request(3, .seconds(0.06)), request(11)] {
                let fitting = (0..<10).filter { timeline.frames(from: $0, request: wanted) != nil }
                #expect(timeline.startCount(for: wanted) == fitting.count)
                #expect(fitting == Array(timeline.usable.prefix(fitting.count)))
                let starts = timeline.startsWithoutOverlap(for: wanted)
                let shown = starts.flatMap { timeline.frames(from: $0, request: wanted) ?? [] }
                #expect(starts.isEmpty == fitting.isEmpty && shown == shown.sorted())
                #expect(
                    zip(starts, starts.dropFirst()).allSatisfy { first, next in
                        timeline.frames(from: first, request: wanted)?.last ?? 0 < next
                    })
            }
        }
    }

    @Test func nothingOfNothing() {
        let empty = Timeline(seconds: [], frameCount: 0, frameIntervalSeconds: nil)
        #expect(empty.usable.isEmpty && empty.startCount(for: request(1)) == 0)
        #expect(empty.startsWithoutOverlap(for: request(1, .seconds(0.1))) == [])
    }

    /// A prediction begins in the middle of a film and looks both ways.
    @Test func framesLieOnEitherSide() {
        let timeline = steady()
        #expect((-2...2).map { timeline.frame($0, stepsFrom: 4, .stride(2)) } == [0, 2, 4, 6, 8])
        #expect(
            timeline.frame(-3, stepsFrom: 4, .stride(2)) == nil && timeline.frame(3, stepsFrom: 4, .stride(2)) == nil)
        #expect(timeline.frame(.max, stepsFrom: 4, .stride(.max)) == nil)
        #expect((-2...2).map { timeline.frame($0, stepsFrom: 5, .seconds(0.095)) } == [0, 3, 5, 7, nil])
        #expect(timeline.intervalSeconds(of: .stride(2)) == 0.08 && timeline.intervalSeconds(of: .seconds(0.1)) == 0.1)
    }
}
