import Foundation

/// Something wrong with a video, a source or an output file: what, where, and what to do.
public struct VideoError: Error, Sendable, Hashable, CustomStringConvertible, LocalizedError {
    /// What went wrong, for programs that handle it.
    public enum Kind: String, Sendable, Hashable {
        case noSuchFile, notReadable, notAVideo, noDecoder, damaged, tooShort, nothingUsable
        case badSource, badList, badArray
        case noEncoder, cannotWrite
    }

    public let kind: Kind
    /// The file, list or source concerned.
    public let subject: String
    /// One line for people: what was found, what was expected, the way out.
    public let message: String

    public init(_ kind: Kind, _ subject: String, _ message: String) {
        self.kind = kind
        self.subject = subject
        self.message = message
    }

    public var description: String { "\(subject): \(message)" }
    public var errorDescription: String? { description }
}
