import Foundation

/// Reads small text files, with the system's reason if it fails.
package enum FileReading {
    /// Larger than any configuration or result: a larger file is something else.
    private static let limitBytes = 1 << 26

    package static func bytes(of path: String) throws -> Data {
        let file = try RandomAccessFile(path: path)
        guard file.sizeBytes <= limitBytes else {
            throw FileError(
                .unsupported, path: path, found: "\(file.sizeBytes, "byte")",
                expected: "a text of \(limitBytes) at most",
                advice: "check the path")
        }
        return Data(try file.bytes(at: 0, count: file.sizeBytes))
    }
}
