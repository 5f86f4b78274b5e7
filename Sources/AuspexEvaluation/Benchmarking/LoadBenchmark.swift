import AuspexSupport
import AuspexTensors
import AuspexVideo

/// How fast a source's clips are decoded and resized, each for itself: nothing is shared between clips but what is known of a file.
public struct LoadBenchmark {
    /// Which clips are loaded.
    public enum Order: Sendable, Equatable {
        /// Drawn at random, as a training draws them.
        case random
        /// At these first frames of the source's first item, in this order.
        case starts([Int])
        /// At every frame of the source's first item from frame 0 on.
        case dense

        /// Its name in reports.
        var name: String {
            switch self {
            case .random: "random"
            case .starts: "starts"
            case .dense: "dense"
            }
        }
    }

    /// Clips that are loaded.
    public var clips = 100
    /// Which ones.
    public var order = Order.random
    /// What a clip is like: 16 frames of 64×64 pixels, unless changed.
    public var request = ClipRequest(frames: 16, size: FrameSize(64))
    /// Threads that decode.
    public var threads = 2

    /// Measurements, under the names that scripts rely on.
    public struct Report: Codable, Sendable {
        /// The version of the fields.
        public var schema = 1
        /// Where the clips come from.
        public let source: String
        /// `random`, `starts` or `dense`.
        public let order: String
        /// Clips that were loaded.
        public let clips: Int
        /// Frames of a clip.
        public let frames: Int
        /// Height and width of a frame, in pixels.
        public let size: [Int]
        /// Threads that decoded.
        public let threads: Int
        /// Seconds that all clips took.
        public let seconds: Double
        /// Clips over seconds.
        public let clipsPerSecond: Double
    }

    /// The defaults.
    public init() {}

    /// Loads the clips. The first one is loaded once before, so that the time that it takes to look into its file is not counted.
    ///
    /// - Throws: what the source throws for a clip.
    public func run(on source: any ClipSource, progress: (Int) -> Void = { _ in }) throws -> Report {
        let (order, request) = (order, request)
        let stream = RandomStream(seed: 0, name: "benchmark")
        let clip: @Sendable (Int) throws -> Clip = { number in
            switch order {
            case .random: try source.clip(at: number, from: stream, request: request)
            case .starts(let starts):
                try source.clip(at: ClipPlace(item: 0, firstFrame: starts[number % starts.count]), request: request)
            case .dense: try source.clip(at: ClipPlace(item: 0, firstFrame: number), request: request)
            }
        }
        _ = try clip(0)
        let count = clips
        let start = ContinuousClock.now
        let loader = ClipLoader(batchSize: 1, threads: threads, queuedBatches: 2 * threads) { number in
            // A loader goes on for ever; what it loads beyond the last clip is not measured, and costs least if it is the first.
            try clip(number < count ? number : 0)
        }
        for number in 0..<clips {
            _ = try loader.next()
            progress(number + 1)
        }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        return Report(
            source: source.description, order: order.name, clips: clips, frames: request.frames,
            size: request.size.sides, threads: threads, seconds: seconds, clipsPerSecond: Double(clips) / seconds)
    }
}

extension LoadBenchmark.Report: Report {
    /// The measurement in words.
    public var text: String {
        let each = NumberText.short(seconds / Double(clips) * 1000)
        return "\(source): \(NumberText.short(clipsPerSecond)) clips a second (\(each) ms each): \(clips, "clip") of "
            + "\(frames, "frame"), \(FrameSize(height: size[0], width: size[1])), \(order), \(threads, "thread")"
    }
}
