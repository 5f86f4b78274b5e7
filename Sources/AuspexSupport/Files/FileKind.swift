import Foundation

/// The kinds of file that programs distinguish.
package enum FileKind: Sendable {
    case file, folder

    /// - Returns: nil if no file has the name.
    /// - Throws: `FileError` where the system does not let us look: a parent folder that may not be searched, a loop of links, a name too long.
    package static func of(_ path: String) throws -> FileKind? {
        var status = stat()
        if stat(path, &status) == 0 { return status.st_mode & S_IFMT == S_IFDIR ? .folder : .file }
        let code = errno
        if code == ENOENT || code == ENOTDIR { return nil }
        throw FileError.reading(path, code: code)
    }
}

extension Error {
    /// The system's error code, if Foundation wraps one.
    package var systemCode: Int32? {
        if let error = self as? POSIXError { return error.code.rawValue }
        let error = self as NSError
        if error.domain == NSPOSIXErrorDomain { return Int32(truncatingIfNeeded: error.code) }
        return (error.userInfo[NSUnderlyingErrorKey] as? any Error)?.systemCode
    }
}
