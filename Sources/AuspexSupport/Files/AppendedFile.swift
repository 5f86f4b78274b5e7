import Foundation

/// A file that grows by whole records: a record that does not fit on the disk is not written in part.
package final class AppendedFile {
    package let path: String
    private let descriptor: Int32

    /// - Throws: `FileError` where the file can be neither opened nor made.
    package init(path: String) throws {
        self.path = path
        descriptor = FileCall.open(path, O_WRONLY | O_CREAT | O_APPEND)
        guard descriptor >= 0 else { throw FileError.writing(path) }
    }

    deinit { close(descriptor) }

    /// Adds a record, in one write unless the system splits it: a killed program leaves at most one incomplete record, at the end.
    ///
    /// - Throws: `FileError`; the file is then unchanged.
    package func append(_ record: [UInt8]) throws {
        var before = stat()
        let isKnown = fstat(descriptor, &before) == 0
        guard record.withUnsafeBytes({ FileCall.write($0, to: descriptor, path: path) }) == 0 else {
            let code = errno
            if isKnown { _ = ftruncate(descriptor, before.st_size) }
            throw FileError.writing(path, code: code)
        }
    }
}
