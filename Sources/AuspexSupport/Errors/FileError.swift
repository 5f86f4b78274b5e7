import Foundation

/// A file that cannot be used: names the file, what was found, what was expected, and what to do.
public struct FileError: RemediableError, Sendable, Equatable, CustomStringConvertible, LocalizedError {
    /// The kind of problem, for programs that act on it; people read `description`.
    public enum Kind: String, Sendable {
        /// There is no such file or folder.
        case missing
        /// It exists, but the system refuses to read it.
        case unreadable
        /// It cannot be written there.
        case unwritable
        /// It ends before what its own header promises.
        case truncated
        /// Its bytes violate the format.
        case garbled
        /// A valid file with content that this program does not support.
        case unsupported
        /// Something exists already and must not be replaced.
        case exists
        /// The reader has closed the pipe.
        case closed
    }

    /// The kind of problem.
    public let kind: Kind
    /// The file or folder, as the caller named it.
    public let path: String
    /// What is there, a noun phrase that follows "found": `no such file`.
    public let found: String
    /// What was needed, a noun phrase that follows "expected": `a readable file`.
    public let expected: String
    /// What to do, in the imperative: `check the path`.
    public let advice: String
    /// The caller's choices that `advice` refers to.
    public let remedies: [Remedy]

    /// Makes an error whose text is `PATH: found FOUND, expected EXPECTED; ADVICE`.
    public init(
        _ kind: Kind, path: String, found: String, expected: String, advice: String, remedies: [Remedy] = []
    ) {
        self.kind = kind
        self.path = path
        self.found = found
        self.expected = expected
        self.advice = advice
        self.remedies = remedies
    }

    public var description: String { "\(path): found \(found), expected \(expected); \(advice)" }
    public var errorDescription: String? { description }

    /// The error that the system reported for a file to be read.
    package static func reading(_ path: String, code: Int32 = errno) -> FileError {
        if code == ENOENT || code == ENOTDIR {
            return FileError(
                .missing, path: path, found: "no such file", expected: "a readable file", advice: "check the path")
        }
        return FileError(
            .unreadable, path: path, found: "\"\(systemMessage(code))\"", expected: "a readable file",
            advice: "check the path and its permissions")
    }

    /// The error that the system reported for a file or folder to be written.
    package static func writing(_ path: String, code: Int32 = errno) -> FileError {
        let advice =
            switch code {
            case ENOSPC, EDQUOT: "free some space or write to another disk"
            case EFBIG: "raise the limit on file sizes (ulimit -f), or write to another disk"
            case ENOENT: "make its folder first or name another place"
            case ENAMETOOLONG: "give it a shorter name"
            case EROFS: "name a place on another file system"
            case EMFILE, ENFILE: "raise the limit on open files (ulimit -n)"
            case EIO: "check the disk, or write to another one"
            default: "name another place, or change the folder's permissions"
            }
        return FileError(
            .unwritable, path: path, found: "\"\(systemMessage(code))\"", expected: "a place that can be written",
            advice: advice)
    }

    /// The error that the system reported for standard output or standard error.
    package static func writingStream(_ name: String, code: Int32) -> FileError {
        let advice =
            switch code {
            case ENOSPC, EDQUOT: "free some space or redirect it to another disk"
            case EFBIG: "raise the limit on file sizes (ulimit -f), or redirect it to another disk"
            default: "redirect it to a file or a terminal that is open"
            }
        return FileError(
            code == EPIPE ? .closed : .unwritable, path: name, found: "\"\(systemMessage(code))\"",
            expected: "a stream that takes the result", advice: advice)
    }

    /// The same error with the name that the user gave, instead of a temporary name.
    package func naming(_ path: String, insteadOf temporary: String) -> FileError {
        func named(_ text: String) -> String { text.replacing(temporary, with: path) }
        return FileError(
            kind, path: named(self.path), found: named(found), expected: expected, advice: advice, remedies: remedies)
    }

    private static func systemMessage(_ code: Int32) -> String {
        String(cString: strerror(code))
    }
}
