import AuspexTensors
import AuspexVideo

/// The frames and the size in which clips are compared.
struct ComparisonShape: Equatable {
    var frames: Int
    var size: FrameSize

    /// The common shape of several clips, which must fit each other.
    ///
    /// - Parameters:
    ///   - sets: numbers of clips of a side.
    ///   - settings: cuts and resizes all alike.
    /// - Throws: `VideoError` naming two clips that do not fit, and what makes them fit.
    init(_ sets: [(side: ScoredSide, clips: [Int])], _ settings: ScoringSettings) throws {
        var reference: Form?
        for (side, clips) in sets {
            for clip in clips {
                let form = side.form(of: clip)
                try Self.check(form, beside: reference ?? form, settings, canBeCut: side.canBeCut)
                reference = reference ?? form
            }
        }
        guard let first = reference, let size = settings.size ?? first.size else {
            throw VideoError(
                .badSource, reference?.name ?? "no clips", "has frames of no size: resize them",
                remedies: [.frameSize])
        }
        self.init(frames: settings.clipFrames ?? first.frames, size: size)
    }

    init(frames: Int, size: FrameSize) {
        self.frames = frames
        self.size = size
    }

    private typealias Form = (name: String, frames: Int, size: FrameSize?)

    private static func check(
        _ form: Form, beside reference: Form, _ settings: ScoringSettings, canBeCut: Bool
    ) throws {
        if let wanted = settings.clipFrames {
            guard form.frames >= wanted else {
                throw VideoError(
                    .tooShort, form.name,
                    "has \(form.frames, "frame"), \(wanted) of every clip were asked for: ask for fewer",
                    remedies: [.clipFrames(nil)])
            }
            guard canBeCut || form.frames == wanted else {
                throw VideoError(
                    .badSource, form.name,
                    "has features of \(form.frames, "frame"), \(wanted) of every clip were asked for: features cannot be cut, so give "
                        + "the clips, or ask for \(form.frames)", remedies: [.clipFrames(form.frames)])
            }
        } else if form.frames != reference.frames {
            throw VideoError(
                .badSource, form.name,
                "has \(form.frames, "frame"), \(reference.name) has \(reference.frames): cut both to "
                    + "\(min(form.frames, reference.frames))",
                remedies: [.clipFrames(min(form.frames, reference.frames))])
        }
        if let size = settings.size {
            guard canBeCut || form.size == size else {
                throw VideoError(
                    .badSource, form.name,
                    "has features of \(form.size?.description ?? "unknown") frames, \(size) was asked for: features "
                        + "cannot be resized, so give the clips", remedies: [.frameSize])
            }
        } else if form.size == nil || form.size != reference.size {
            throw VideoError(
                .badSource, form.name,
                "has frames of \(form.size?.description ?? "no size"), \(reference.name) of "
                    + "\(reference.size?.description ?? "no size"): resize both", remedies: [.frameSize])
        }
    }
}

extension ScoredSide {
    /// Whether frames can be cut and resized: those of saved features cannot.
    fileprivate var canBeCut: Bool {
        if case .clips = self { return true }
        return false
    }
}
