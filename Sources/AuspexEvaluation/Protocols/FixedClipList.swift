import AuspexTensors
import AuspexVideo

/// The clips of an earlier report, to be scored again: exactly these, or an error that says which clip has changed.
public struct FixedClipList: Sendable {
    /// The path of the report, for messages.
    let path: String
    let earlier: EvaluationReport

    /// The clips of a report.
    ///
    /// - Parameter path: what messages call the report.
    public init(_ report: EvaluationReport, readFrom path: String) {
        earlier = report
        self.path = path
    }

    /// How many clips there are.
    public var count: Int { earlier.clipList.count }

    /// Positions of the clips in a source, in the list's order.
    ///
    /// - Throws: `VideoError` where the list's clips have another length, or the source does not contain a named clip.
    func places(in source: any ClipSource, for plan: EvaluationProtocol) throws -> [ClipPlace] {
        let theirs = earlier.protocol
        // A damaged report may hold any numbers: sums that overflow must not stop the program, and match no plan.
        let (length, isHuge) = theirs.contextFrames.addingReportingOverflow(theirs.predictedFrames)
        guard !isHuge, length == plan.contextFrames + plan.predictedFrames else {
            throw VideoError(
                .badList, path,
                "its clips have \(Self.horizon(theirs)) frames (context → predicted), now they would have \(Self.horizon(plan)): name the "
                    + "report of an evaluation of the same context and horizon, or take other clips",
                remedies: [.sameClips])
        }
        let found = source.places(ofClips: earlier.clipList.map { ($0.name, $0.firstFrame) })
        return try zip(earlier.clipList, found).map { clip, place in
            guard let place else {
                throw VideoError(
                    .badList, path,
                    "has a clip of \(clip.name), which \(source.description) does not have: name the source that the list was made from "
                        + "(\(earlier.source)) by the same path", remedies: [.source])
            }
            return place
        }
    }

    /// - Parameters:
    ///   - number: the clip's number in the list.
    ///   - found: the clip at its position.
    ///   - plan: sets the size of frames now.
    ///   - frames: how frames are taken now.
    /// - Throws: `VideoError` if it is a different clip.
    func check(
        _ number: Int, _ found: EvaluationReport.TestClip, for plan: EvaluationProtocol, frames: EvaluationReport.Frames
    ) throws {
        let wanted = earlier.clipList[number]
        guard (found.firstFrame, found.lastFrame) == (wanted.firstFrame, wanted.lastFrame) else {
            throw VideoError(
                .badList, wanted.name,
                "the clip in \(path) is frames \(wanted.firstFrame) to \(wanted.lastFrame) (\(earlier.frames.step)), now it would be frames "
                    + "\(found.firstFrame) to \(found.lastFrame) (\(frames.step)): take frames as the list's report did"
            )
        }
        guard let before = wanted.sha256, let now = found.sha256, looksAlike(plan, frames), before != now,
            !Self.isOfRoundedFloats(wanted, isFloatNow: found.elementType == ElementType.float32.rawValue)
        else { return }
        throw VideoError(
            .badList, wanted.name,
            "frames \(wanted.firstFrame) to \(wanted.lastFrame) have different pixels from the clip in \(path) (SHA-256 \(now.prefix(12))…, was "
                + "\(before.prefix(12))…): the file was replaced, or is decoded differently; put the old one back, or take other clips",
            remedies: [.sameClips])
    }

    /// Notes for readers of the new numbers.
    ///
    /// - Parameter format: the format of the clips now.
    func notes(
        for plan: EvaluationProtocol, frames: EvaluationReport.Frames, format: FrameFormat
    ) -> [String] {
        var notes: [String] = []
        if !earlier.clipList.allSatisfy({ $0.sha256 != nil }) {
            notes.append(
                "\(path) has no digests because an older auspex wrote it: it cannot be checked that its clips still have the same pixels"
            )
        } else if !looksAlike(plan, frames) {
            notes.append(
                "frames are taken in another size, filter or colour than for \(path): it cannot be checked that its clips have the same pixels"
            )
        } else if earlier.clipList.contains(where: {
            Self.isOfRoundedFloats($0, isFloatNow: format.elementType == .float32)
        }) {
            notes.append(
                "\(path) was written by an older auspex, which rounded floats to bytes: it cannot be checked that its clips still have the same values"
            )
        }
        if earlier.protocol.contextFrames != plan.contextFrames {
            notes.append(
                "the clips are those of \(path), the task is not: it was \(Self.horizon(earlier.protocol)) frames, it is \(Self.horizon(plan))"
            )
        }
        return notes
    }

    /// Whether a digest may have been computed from floats rounded to bytes: it cannot be compared with a digest of floats.
    private static func isOfRoundedFloats(_ clip: EvaluationReport.TestClip, isFloatNow: Bool) -> Bool {
        isFloatNow && clip.elementType == nil
    }

    /// Whether the same frames of the same file would now have the same pixels as then.
    private func looksAlike(_ plan: EvaluationProtocol, _ frames: EvaluationReport.Frames) -> Bool {
        earlier.protocol.size == plan.size && earlier.frames.crop == frames.crop
            && earlier.frames.filter == frames.filter && earlier.frames.colour == frames.colour
    }

    private static func horizon(_ plan: EvaluationProtocol) -> String {
        "\(plan.contextFrames) → \(plan.predictedFrames)"
    }
}
