import AuspexSupport
import AuspexTensors

/// What one discriminator sees of a clip.
public struct View: Codable, Sendable, Equatable {
    /// Whether frames are seen singly or as a clip.
    public enum Kind: String, Codable, Sendable, CaseIterable {
        /// Frames drawn from the predicted span, each scored separately.
        case frames
        /// All frames together, context included.
        case clip
    }

    /// What the discriminator sees together.
    public var kind: Kind = .clip
    /// How many frames are drawn, at most those predicted; for frames.
    public var count: Int = 8
    /// Averages blocks of `scale`×`scale` pixels.
    public var scale: Int = 1
    /// Sees one rectangle of 1/crop of height and width, at the same place through time; for clips.
    public var crop: Int = 1

    /// The whole clip at full resolution.
    public init() {}

    /// Drawn frames, each scored separately.
    public static func frames(count: Int, scale: Int = 1) -> View {
        var view = View()
        view.kind = .frames
        view.count = count
        view.scale = scale
        return view
    }

    /// All frames together, at a lower resolution or as one rectangle of them.
    public static func clip(scale: Int = 1, crop: Int = 1) -> View {
        var view = View()
        view.scale = scale
        view.crop = crop
        return view
    }

    /// A short name for logs: `frames-8`, `clip-scale-2`, `clip-crop-2`.
    public var name: String {
        var parts = kind == .frames ? ["frames", String(count)] : ["clip"]
        if scale > 1 { parts += ["scale", String(scale)] }
        if crop > 1 { parts += ["crop", String(crop)] }
        return parts.joined(separator: "-")
    }

    /// The size of the discriminator's input, for frames of a given size.
    public func size(of frames: FrameSize) -> FrameSize { frames / (kind == .clip ? crop : 1) / scale }
}

/// The frame numbers and places that a view uses, one of each per clip.
public struct ViewDraws: Sendable, Equatable {
    /// For views of frames: which frames of the whole clip, per clip.
    public var frames: [[Int]] = []
    /// For views of a crop: its top left corner, per clip.
    public var places: [(top: Int, left: Int)] = []

    /// Draws for a batch: one entry per clip in the list that the view uses, none in the other.
    public init(frames: [[Int]] = [], places: [(top: Int, left: Int)] = []) {
        self.frames = frames
        self.places = places
    }

    /// The same draws for twice the clips: real ones and the predictions of their futures.
    public var doubled: ViewDraws { ViewDraws(frames: frames + frames, places: places + places) }

    public static func == (a: ViewDraws, b: ViewDraws) -> Bool {
        a.frames == b.frames && a.places.elementsEqual(b.places, by: ==)
    }
}

extension View {
    /// Draws frame numbers and places for each clip of a batch.
    ///
    /// - Parameters:
    ///   - clips: how many clips.
    ///   - size: of the frames.
    ///   - contextFrames: Tc; frames are drawn from those that follow.
    ///   - predictedFrames: Tp.
    public func draws(
        clips: Int, size: FrameSize, contextFrames: Int, predictedFrames: Int, from stream: RandomStream
    ) -> ViewDraws {
        switch kind {
        case .frames:
            let k = min(count, predictedFrames)
            return ViewDraws(
                frames: (0..<clips).map { clip in
                    stream.sample(k, below: predictedFrames, at: clip).map { contextFrames + $0 }
                })
        case .clip:
            guard crop > 1 else { return ViewDraws() }
            let seen = size / crop
            return ViewDraws(
                places: (0..<clips).map { clip in
                    (
                        stream.integer(below: size.height - seen.height + 1, at: 2 * clip),
                        stream.integer(below: size.width - seen.width + 1, at: 2 * clip + 1)
                    )
                })
        }
    }

    /// The discriminator's input.
    ///
    /// - Parameter video: whole clips, context included, `[B, T, H, W, C]`.
    /// - Returns: `[B, K, h, w, C]` for frames, `[B, T, h, w, C]` for clips.
    public func applied(to video: Tensor, _ draws: ViewDraws) -> Tensor {
        var seen = video
        switch kind {
        case .frames: seen = gatheredInTime(video, frames: draws.frames)
        case .clip:
            if crop > 1 {
                seen = croppedPerClip(
                    video, places: draws.places, height: video.shape[2] / crop, width: video.shape[3] / crop)
            }
        }
        return scale > 1 ? seen.eachFrame { averagePooled($0, size: scale) } : seen
    }
}
