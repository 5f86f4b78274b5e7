import Foundation

/// What has a name, as far as programs care.
package enum FileKind: Sendable {
    case file, folder

    /// - Returns: nil where nothing has the name.
    /// - Throws: `FileError` where the system does not let us look: a folder above it that may not be searched, a loop of links, a name too long.
    package static func of(_ path: String) throws -> FileKind? {
        var status = stat()
        if stat(path, &status) == 0 { return status.st_mode & S_IFMT == S_IFDIR ? .folder : .file }
        let code = errno
        if code == ENOENT || code == ENOTDIR { return nil }
        throw FileError.reading(path, code: code)
    }
}

extension Error {
    /// The system's error code, where Foundation wraps one.
    package var systemCode: Int32? {
        if let error = self as? POSIXError { return error.code.rawValue }
        let error = self as NSError
        if error.domain == NSPOSIXErrorDomain { return Int32(truncatingIfNeeded: error.code) }
        return (error.userInfo[NSUnderlyingErrorKey] as? any Error)?.systemCode
    }
}
