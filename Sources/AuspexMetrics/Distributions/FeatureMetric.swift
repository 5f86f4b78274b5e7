import AuspexPretrained
import AuspexStatistics
import AuspexSupport
import AuspexTensors

/// A metric of two sets of clips that uses only their I3D features.
protocol FeatureMetric: Metric {
    associatedtype Variant: FeatureMetricVariant
    var parts: FeatureMetricParts<Variant> { get }

    /// The metric, computed from features of at least two clips of each set, all finite.
    func result(real: ClipFeatures, predicted: ClipFeatures) throws -> MetricResult
}

extension FeatureMetric {
    var extractor: FeatureExtractor { parts.extractor }
    var settings: MetricSettings { parts.settings }

    /// Name and checksum of the network.
    var weightsNote: String { "\(WeightsFile.i3d.rawValue), SHA-256 \(WeightsFile.i3d.checksum)" }

    /// What every feature metric requires of both sets.
    func checkNumbers(clips: Int, frames: Int) throws {
        try checkLength("clips of \(frames, "frame")", frames)
        guard clips > 1 else { throw MetricError.oneClip(of: .real, metric: name) }
    }

    fileprivate func checkLength(_ found: String, _ frames: Int) throws {
        guard frames < I3D.fewestFrames else { return }
        throw MetricError.mismatch(
            metric: name, found: found,
            expected:
                "at least \(I3D.fewestFrames), or the network's strides leave nothing (published values are of 16); "
                + "score longer clips, with their context if need be")
    }
}

/// An accumulator that also takes features instead of clips, and can return the features it has.
package protocol FeatureAccumulating: SetMetricAccumulator {
    /// How frames are prepared for the network: features of another preparation are other features.
    var preparation: FramePreparation { get }
    /// The element type of the network's products.
    var precision: I3D.Precision { get }

    /// Takes existing features, of clips of this many frames.
    func add(_ features: ClipFeatures, frames: Int, areGrey: Bool, to side: MetricSide) throws

    /// Every clip's features so far, in the order in which clips were added.
    ///
    /// - Throws: `MetricError` where there are fewer than two clips, or features that are not finite.
    func features(of side: MetricSide) throws -> ClipFeatures
}

/// Checks clips, orders their features, and passes them to the metric at the end: 400 numbers per clip are kept, pixels are not.
final class FeatureAccumulator: FeatureAccumulating {
    private let metric: any FeatureMetric
    /// Existing features, which precede those ordered.
    private var given: [MetricSide: ClipFeatures] = [:]
    private var orders: [MetricSide: [FeatureExtractor.PendingFeatures]] = [:]
    private var counts: [MetricSide: Int] = [:]
    private var frames: Int?
    private var hasGrey = false

    init(_ metric: any FeatureMetric) { self.metric = metric }

    var preparation: FramePreparation { metric.extractor.preparation }
    var precision: I3D.Precision { metric.settings.precision }

    func add(_ clips: Tensor, to side: MetricSide) throws {
        try check(clips, side)
        frames = clips.shape[1]
        hasGrey = hasGrey || clips.shape[4] == 1
        counts[side, default: 0] += clips.shape[0]
        orders[side, default: []].append(
            try metric.extractor.order(clips, peak: Float(metric.settings.peak)))
    }

    func add(_ features: ClipFeatures, frames: Int, areGrey: Bool, to side: MetricSide) throws {
        require(
            features.size == metric.extractor.featureSize && orders[side] == nil, "FeatureAccumulator.add",
            "rows of \(features.size) for a network of \(metric.extractor.featureSize), or clips came first")
        try checkLength(frames, side)
        self.frames = frames
        hasGrey = hasGrey || areGrey
        counts[side, default: 0] += features.count
        var rows = given[side] ?? ClipFeatures(size: features.size)
        rows.append(features)
        given[side] = rows
    }

    func result() throws -> MetricResult {
        let real = try features(of: .real)
        let predicted = try features(of: .predicted)
        var result = try metric.result(real: real, predicted: predicted)
        result.weights = metric.weightsNote
        result.notes += notes(real: real, predicted: predicted)
        return result
    }

    func features(of side: MetricSide) throws -> ClipFeatures {
        let count = counts[side] ?? 0
        guard count > 0 else { throw MetricError.noClips(metric: metric.name) }
        guard count > 1 else { throw MetricError.oneClip(of: side, metric: metric.name) }
        var features = given[side] ?? ClipFeatures(size: metric.extractor.featureSize)
        features.append(try metric.extractor.features(of: orders[side] ?? []))
        if let row = features.firstNotFinite {
            throw mismatch(
                "features of \(side.rawValue) clip \(row) with NaN or infinity",
                "finite numbers; look at what wrote the clip")
        }
        return features
    }

    private func check(_ clips: Tensor, _ side: MetricSide) throws {
        guard clips.rank == 5, clips.count > 0 else {
            throw mismatch("clips of shape \(clips.shape)", "[clip, time, height, width, channel], none of them 0")
        }
        guard clips.elementType == .uint8 || clips.elementType == .float32 else {
            throw mismatch("clips of \(clips.elementType)", "uint8 or float32")
        }
        let (count, channels) = (clips.shape[1], clips.shape[4])
        guard channels == 1 || channels == 3 else {
            throw MetricError.wrongChannels(channels, of: side, metric: metric.name)
        }
        try checkLength(count, side)
        if clips.elementType == .float32 { try checkFinite(clips) }
    }

    private func checkLength(_ count: Int, _ side: MetricSide) throws {
        try metric.checkLength("\(side.rawValue) clips of \(count, "frame")", count)
        if let frames, frames != count {
            throw MetricError.unequalLengths(metric: metric.name, side: side, frames: count, others: frames)
        }
    }

    /// ReLU would turn NaN into 0 on some processors: it must be detected before the network.
    private func checkFinite(_ clips: Tensor) throws {
        let frameSize = clips.shape[2...].reduce(1, *)
        try clips.withScalars(as: Float.self) { values in
            // 0 · x is NaN if x is NaN or infinite, so one sum is enough for a frame.
            for frame in 0..<clips.shape[0] * clips.shape[1] {
                var sum: Float = 0
                for index in frame * frameSize..<(frame + 1) * frameSize { sum += 0 * values[index] }
                guard sum == 0 else {
                    throw MetricError.notFinite(
                        metric: metric.name, clip: frame / clips.shape[1], frame: frame % clips.shape[1])
                }
            }
        }
    }

    private func notes(real: ClipFeatures, predicted: ClipFeatures) -> [String] {
        var notes: [String] = []
        if let frames, frames < 16 {
            notes.append(
                "clips have \(frames, "frame"); published values are of 16, and shorter clips give other numbers")
        }
        if hasGrey { notes.append("greyscale clips were repeated to three channels") }
        for (side, features) in [(MetricSide.real, real), (.predicted, predicted)] where features.areConstant {
            notes.append("all \(side.rawValue) clips have the same features: the set has no variance")
        }
        return notes
    }

    private func mismatch(_ found: String, _ expected: String) -> MetricError {
        .mismatch(metric: metric.name, found: found, expected: expected)
    }
}
