import AuspexTensors

/// One thing that clips are cut from: a video file or part of one, a folder of images, an element of an array.
///
/// Methods may be called from several threads at once.
protocol ClipItem: Sendable {
    var name: String { get }
    /// The class as its source names it; nil where the source has none.
    var className: String? { get }
    /// Which part of its files the item is; empty where it is the whole.
    var part: String { get }
    /// The files that it is read from.
    var files: [String] { get }
    /// - Throws: `VideoError` or `FileError` where no frame of the item can be trusted.
    func timeline() throws -> Timeline
    func format(for request: ClipRequest) throws -> FrameFormat
    /// - Parameters:
    ///   - numbers: frames in rising order.
    ///   - continuing: whether the frames behind them will probably be wanted next.
    /// - Returns: `[T, H, W, C]`.
    func frames(at numbers: [Int], request: ClipRequest, crop: CropPlace, continuing: Bool) throws -> Tensor
    /// The same item, of which only a share of the time may be used.
    func limited(to share: Range<Double>) -> any ClipItem
    /// Size of the pictures as they are shown.
    func pictureSize() throws -> FrameSize
    /// What a person should know about the item.
    func information() throws -> VideoInfo?
    /// Reads all values of an item whose values can be wrong though its file is whole.
    ///
    /// - Returns: the smallest and the largest; nil for items whose values need no check.
    /// - Throws: `VideoError` naming the frame that cannot be used.
    func checkedValues() throws -> ClosedRange<Float>?
    /// Frames from which no clip can be cut, and why, a line each.
    ///
    /// - Parameter thorough: whether every picture is decoded to find them.
    func oddities(thorough: Bool) -> [String]
}

extension ClipItem {
    func checkedValues() throws -> ClosedRange<Float>? { nil }

    func oddities(thorough: Bool) -> [String] { [] }
}

/// When the frames of an item are shown, and which of them may be used.
package struct Timeline: Sendable {
    /// Seconds after the first frame, for every frame; nil where the item has no clock.
    package var seconds: [Double]?
    /// Frames of the whole item.
    let frameCount: Int
    package var usable: Range<Int>
    /// Why not all frames are usable.
    let limit: Limit?
    /// Mean time from one frame to the next, where there is a clock.
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

    /// The frames of a clip that begins with a frame; nil where it would reach beyond the usable ones.
    package func frames(from first: Int, request: ClipRequest) -> [Int]? {
        guard usable.contains(first) else { return nil }
        switch request.step.resolved(hasClock: seconds != nil, ownInterval: frameIntervalSeconds) {
        case .stride(let stride):
            let (span, isHuge) = (request.frames - 1).multipliedReportingOverflow(by: stride)
            guard !isHuge, span < usable.upperBound - first else { return nil }
            return (0..<request.frames).map { first + $0 * stride }
        case .seconds(let interval), .matching(let interval, _):
            guard let seconds else { return nil }
            let slack = (frameIntervalSeconds ?? 0) / 2
            let end = seconds[first] + Double(request.frames - 1) * interval
            guard end <= seconds[usable.upperBound - 1] + slack else { return nil }
            var frame = first
            return (0..<request.frames).map { number in
                let time = seconds[first] + Double(number) * interval
                while frame + 1 < usable.upperBound, abs(seconds[frame + 1] - time) < abs(seconds[frame] - time) {
                    frame += 1
                }
                return frame
            }
        }
    }

    /// How many frames a clip may begin with: the first ones of the usable.
    package func startCount(for request: ClipRequest) -> Int {
        // Whether a clip fits only turns from yes to no, so the last start is found by halving.
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

    /// First frames of clips that lie one behind the other.
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
