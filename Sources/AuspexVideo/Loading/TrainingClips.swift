import AuspexSupport
import AuspexTensors

/// The clips of a training: those of a source, some replaced by clips of other sources, under added camera motion, and augmented.
///
/// Clip `index` is a pure function of the stream and of `index`, whatever was drawn before.
public struct TrainingClips: Sendable {
    /// Where clips come from, unless `others` take their place.
    public var source: any ClipSource
    /// Other sources, each with the share of all clips that it gives; the shares sum to 1 at most.
    public var others: [(source: any ClipSource, share: Double)] = []
    /// Motion that is added to some clips.
    public var camera = CameraMotion(share: 0)
    /// What else is changed.
    public var augmentation = ClipAugmentation()

    /// Clips of a source as they are.
    public init(of source: any ClipSource) { self.source = source }

    /// Clip number `index` of a run.
    ///
    /// - Throws: what the source throws.
    public func clip(at index: Int, from stream: RandomStream, request: ClipRequest) throws -> Clip {
        var clip = try camera.clip(at: index, of: source(ofClip: index, from: stream), from: stream, request: request)
        clip.frames = augmentation.changed(clip.frames, from: stream.at(step: index))
        return clip
    }

    private func source(ofClip index: Int, from stream: RandomStream) -> any ClipSource {
        guard !others.isEmpty else { return source }
        var draw = Double(stream.named("mix").at(step: index).uniform(at: 0))
        for other in others {
            draw -= other.share
            if draw < 0 { return other.source }
        }
        return source
    }
}
