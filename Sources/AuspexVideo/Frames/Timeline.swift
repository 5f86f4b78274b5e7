/// When the frames of an item are shown, and which of them may be used.
package struct Timeline: Sendable {
    /// Seconds after the first frame, for every frame; nil if the item has no clock.
    package var seconds: [Double]?
    /// Frames of the whole item.
    let frameCount: Int
    package var usable: Range<Int>
    /// The reason why not all frames are usable.
    let limit: Limit?
    /// Mean time from one frame to the next, if there is a clock.
    package var frameIntervalSeconds: Double?

    /// What limits an item to some of its frames.
    enum Limit: Sendable {
        case window
        case trainingPart
        case heldOutPart
    }

    /// - Parameters:
    ///   - window: seconds of which frames may be used, the end not included.
    ///   - share: the part of these frames that may be used.
    package init(
        seconds: [Double]?, frameCount: Int, frameIntervalSeconds: Double?, window: Range<Double>? = nil,
        share: Range<Double> = 0..<1
    ) {
        self.seconds = seconds
        self.frameIntervalSeconds = frameIntervalSeconds
        self.frameCount = frameCount
        limit =
            share.lowerBound > 0 ? .heldOutPart : share.upperBound < 1 ? .trainingPart : window != nil ? .window : nil
        var frames = 0..<frameCount
        if let window, let seconds {
            let first = seconds.firstIndex { $0 >= window.lowerBound } ?? frameCount
            let end = seconds.firstIndex { $0 >= window.upperBound } ?? frameCount
            frames = first..<max(first, end)
        }
        let count = Double(frames.count)
        usable =
            frames.lowerBound + Int((share.lowerBound * count).rounded())..<frames.lowerBound
            + Int((share.upperBound * count).rounded())
    }

    /// The frame some steps after another, or before it for a negative number; nil beyond the usable ones.
    ///
    /// A wanted time may be half a frame before the first usable frame or after the last.
    package func frame(_ steps: Int, stepsFrom present: Int, _ step: ClipRequest.FrameStep) -> Int? {
        guard usable.contains(present) else { return nil }
        switch resolved(step) {
        case .stride(let stride):
            let (distance, isHuge) = steps.multipliedReportingOverflow(by: stride)
            let (frame, isTooHuge) = present.addingReportingOverflow(distance)
            return !isHuge && !isTooHuge && usable.contains(frame) ? frame : nil
        case .seconds(let interval), .matching(let interval, _):
            guard let seconds else { return nil }
            if steps == 0 { return present }
            let slack = (frameIntervalSeconds ?? 0) / 2
            let time = seconds[present] + Double(steps) * interval
            guard time >= seconds[usable.lowerBound] - slack, time <= seconds[usable.upperBound - 1] + slack else {
                return nil
            }
            return seconds.index(nearest: time, in: usable)
        }
    }

    /// The time between frames that are a step apart; nil if unknown.
    package func intervalSeconds(of step: ClipRequest.FrameStep) -> Double? {
        switch resolved(step) {
        case .stride(let stride): frameIntervalSeconds.map { $0 * Double(stride) }
        case .seconds(let wanted), .matching(let wanted, _): wanted
        }
    }

    /// The step for the item's frames.
    func resolved(_ step: ClipRequest.FrameStep) -> ClipRequest.FrameStep {
        step.resolved(hasClock: seconds != nil, ownInterval: frameIntervalSeconds)
    }

    /// The frames of a clip that begins with a frame; nil if it would reach beyond the usable ones.
    package func frames(from first: Int, request: ClipRequest) -> [Int]? {
        // The last one first: it rules out most clips that do not fit.
        guard frame(request.frames - 1, stepsFrom: first, request.step) != nil else { return nil }
        var frames: [Int] = []
        for number in 0..<request.frames {
            guard let frame = frame(number, stepsFrom: first, request.step) else { return nil }
            frames.append(frame)
        }
        return frames
    }

    /// How many frames a clip may begin with: the first ones of the usable frames.
    package func startCount(for request: ClipRequest) -> Int {
        // Whether a clip fits changes only once, from yes to no, so the last start is found by bisection.
        var (low, high) = (0, usable.count)
        while low < high {
            let middle = (low + high) / 2
            if frames(from: usable.lowerBound + middle, request: request) != nil {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low
    }

    /// First frames of consecutive clips.
    package func startsWithoutOverlap(for request: ClipRequest) -> [Int] {
        var starts: [Int] = []
        var next = usable.lowerBound
        while let frames = frames(from: next, request: request), let last = frames.last {
            starts.append(next)
            next = last + 1
        }
        return starts
    }
}

extension [Double] {
    /// The index of the number nearest to another; of two equally near the first.
    ///
    /// - Parameter places: rising numbers; not empty.
    func index(nearest wanted: Double, in places: Range<Int>) -> Int {
        var (low, high) = (places.lowerBound, places.upperBound)
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < wanted { low = middle + 1 } else { high = middle }
        }
        if low == places.upperBound { return low - 1 }
        return low > places.lowerBound && wanted - self[low - 1] <= self[low] - wanted ? low - 1 : low
    }
}
