import AuspexMetrics
import AuspexTensors
import AuspexVideo

/// Applies metrics to graded distortions of real clips, to show what each metric notices.
///
/// Every distorted clip is compared with its undistorted original: metrics of sets see the same clips on both sides, so differences come from the
/// distortion alone. (Between two sets of different clips, most of the distance of few clips is bias.)
///
/// - Source: Unterthiner et al. 2018, arXiv:1812.01717, section 4.1, for the idea and for swapping neighbours.
public struct Calibration: Sendable {
    /// Names of the metrics.
    public var metrics = ["fvd", "kvd", "psnr", "ssim", "lpips"]
    /// The distortions to apply.
    public var distortions = Distortion.allCases
    /// Clips that are drawn; they may overlap.
    public var clips = 32
    /// Frames of a clip.
    public var frames = 16
    /// Take every n-th frame of a file.
    public var stride = 1
    /// Height and width that frames are resized to.
    public var size = FrameSize(64)
    /// Seed for the choice of clips, noise and lost frames.
    public var seed: UInt64 = 0

    /// The defaults: every distortion, the metrics that papers report.
    public init() {}

    /// - Parameter progress: is given how many clips are done, of how many.
    /// - Throws: `VideoError` where clips can't be had, `MetricError` where a metric does not exist or cannot score them.
    public func run(
        on source: any ClipSource, progress: (Int, Int) -> Void = { _, _ in }
    ) throws -> CalibrationReport {
        let settings = MetricSettings(seed: seed)
        let metrics = try self.metrics.map { try MetricRegistry.standard.metric(named: $0, settings: settings) }
        let request = ClipRequest(frames: frames, size: size, step: .stride(stride))
        let stream = RandomStream(seed: seed, name: "calibration")
        let untouched = Cell(metrics)
        let cells = distortions.map { kind in kind.grades(frames: frames).map { (grade: $0, cell: Cell(metrics)) } }
        var clipList: [CalibrationReport.UsedClip] = []
        for number in 0..<clips {
            let clip = try source.clip(at: number, from: stream.named("clips"), request: request)
            clipList.append(.init(name: clip.name, firstFrame: clip.frameIndices.first ?? 0))
            // Distortions apply to pictures: what codecs, noise and lost frames do to 8-bit pixels.
            let frames = clip.format.shown(clip.frames)
            let real = frames.reshaped(to: [1] + frames.shape)
            // Every accumulator gets the undistorted clip first: its features are computed once, and found again while it is the most recent clip.
            for cell in [untouched] + cells.joined().map(\.cell) { try cell.add(real: real) }
            try untouched.add(real: real, predicted: real)
            for (kind, grades) in zip(distortions, cells) {
                for (place, (grade, cell)) in grades.enumerated() {
                    let draws = stream.named("\(kind.rawValue)/\(place)").at(step: number)
                    let damaged = kind.applied(to: frames, grade: grade, from: draws)
                    try cell.add(real: real, predicted: damaged.reshaped(to: [1] + damaged.shape))
                }
            }
            progress(number + 1, clips)
        }
        return CalibrationReport(
            source: source.description, clips: clips, frames: frames, stride: stride, size: size, seed: seed,
            metrics: self.metrics, undistorted: try untouched.results(),
            distortions: try zip(distortions, cells).map { kind, grades in
                .init(
                    name: kind.rawValue, unit: kind.unit,
                    grades: try grades.map { .init(grade: $0.grade, metrics: try $0.cell.results()) })
            }, clipList: clipList)
    }

    /// One distortion at one grade: an accumulator for each metric.
    private struct Cell {
        private let accumulators: [(name: String, accumulator: any MetricAccumulator)]

        init(_ metrics: [any Metric]) { accumulators = metrics.map { ($0.name, $0.makeAccumulator()) } }

        /// Gives metrics of sets the undistorted clip.
        func add(real: Tensor) throws {
            for (_, accumulator) in accumulators {
                try (accumulator as? any SetMetricAccumulator)?.add(real, to: .real)
            }
        }

        /// Gives metrics of sets the distorted clip, all others the pair.
        func add(real: Tensor, predicted: Tensor) throws {
            for (_, accumulator) in accumulators {
                if let sets = accumulator as? any SetMetricAccumulator {
                    try sets.add(predicted, to: .predicted)
                } else {
                    try accumulator.add(real: real, predicted: predicted)
                }
            }
        }

        func results() throws -> [String: MetricResult] {
            try Dictionary(uniqueKeysWithValues: accumulators.map { ($0.name, try $0.accumulator.result()) })
        }
    }
}
