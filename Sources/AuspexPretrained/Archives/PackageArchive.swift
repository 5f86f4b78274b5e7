import AuspexSupport
import AuspexTensors

/// A Python package as pip downloads it: a wheel (zip) or a source archive (gzipped tar).
package struct PackageArchive {
    private enum Form {
        case wheel(ZipArchive)
        case source(TarArchive)
    }

    private let form: Form

    /// - Throws: `FileError` where the file is missing, damaged, or neither of the two.
    package init(path: String) throws {
        let file = try RandomAccessFile(path: path)
        let magic = try file.bytes(at: 0, count: min(2, file.sizeBytes))
        switch magic {
        case [0x50, 0x4B]: form = .wheel(try ZipArchive(file))
        case [0x1F, 0x8B]: form = .source(try TarArchive(file))
        default:
            throw FileError(
                .garbled, path: path, found: "neither a zip nor a gzip file", expected: "a wheel (.whl) or a .tar.gz",
                advice: "name the file that pip downloaded")
        }
    }

    /// The bytes of the one file with this path below any leading folder (source archives have one); nil if there is none.
    package func contents(of path: String) throws -> [UInt8]? {
        func fits(_ name: String) -> Bool { name == path || name.hasSuffix("/" + path) }
        switch form {
        case .wheel(let zip): return try zip.entries.first { fits($0.name) }.map { try zip.contents(of: $0) }
        case .source(let tar): return tar.entries.first { fits($0.name) }.map { tar.contents(of: $0.range) }
        }
    }
}
