import AuspexSupport
import AuspexTensors
import Foundation

/// A problem with a video, a source or an output file: what, where, and what to do.
public struct VideoError: RemediableError, Sendable, Hashable, CustomStringConvertible, LocalizedError {
    /// What went wrong, for programs that handle it.
    public enum Kind: String, Sendable, Hashable {
        /// There is no such file or folder.
        case noSuchFile
        /// A file that the system refuses to read.
        case notReadable
        /// A file without a video stream.
        case notAVideo
        /// A codec that the linked FFmpeg cannot decode.
        case noDecoder
        /// A file whose bytes violate its format, or values that are not finite.
        case damaged
        /// Fewer frames, or less time, than the clip needs.
        case tooShort
        /// A source in which no item gives a clip of the request.
        case nothingUsable
        /// Pictures or memory beyond `MediaLimits`; a read that ran out of time; interlaced frames.
        case tooLarge, tooSlow, interlaced
        /// A source that cannot give what was requested.
        case badSource
        /// A list of files or clips with a line that cannot be used.
        case badList
        /// An array that cannot be read as clips: its sides, element type or range.
        case badArray
        /// A codec that the linked FFmpeg cannot encode.
        case noEncoder
        /// A video or picture that could not be written completely.
        case cannotWrite

        /// Whether other files of a source may replace the one that failed.
        package var concernsOneFile: Bool {
            switch self {
            case .noSuchFile, .notReadable, .notAVideo, .noDecoder, .damaged, .tooShort, .tooLarge, .tooSlow,
                .interlaced:
                true
            case .nothingUsable, .badSource, .badList, .badArray, .noEncoder, .cannotWrite: false
            }
        }
    }

    /// What went wrong.
    public let kind: Kind
    /// The file, list or source concerned.
    public let subject: String
    /// One line for people: what was found, what was expected, what to do.
    public let message: String
    /// The caller's choices that the message refers to.
    public let remedies: [Remedy]

    /// Makes an error whose text is `SUBJECT: MESSAGE`.
    public init(_ kind: Kind, _ subject: String, _ message: String, remedies: [Remedy] = []) {
        self.kind = kind
        self.subject = subject
        self.message = message
        self.remedies = remedies
    }

    static func interlaced(_ path: String, frame: Int) -> VideoError {
        let name = ((path as NSString).lastPathComponent as NSString).deletingPathExtension
        func quoted(_ text: String) -> String { "'" + text.replacing("'", with: "'\\''") + "'" }
        return VideoError(
            .interlaced, path,
            "frame \(frame) is interlaced: its rows are from two different times; deinterlace it first: ffmpeg -i \(quoted(path)) "
                + "-vf yadif=deint=interlaced -c:v ffv1 \(quoted(name + "-progressive.mkv"))")
    }

    /// A file that the system does not let us look at, with its reason.
    init(_ error: FileError) {
        self.init(
            .notReadable, error.path, "found \(error.found), expected \(error.expected); \(error.advice)",
            remedies: error.remedies)
    }

    /// The kind of file at a path; nil if there is none.
    static func kind(of path: String) throws -> FileKind? {
        do { return try FileKind.of(path) } catch let error as FileError { throw VideoError(error) }
    }

    public var description: String { "\(subject): \(message)" }
    public var errorDescription: String? { description }
}
