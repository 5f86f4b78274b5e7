import Foundation

/// How the bytes of a large file are accessed.
public enum FileAccess: Sendable {
    /// By reading the requested part: a file truncated meanwhile gives an error.
    case read
    /// Through a memory map: cheapest for many small parts. The file must not be truncated while it is open (the system would stop the program).
    case mapped
}

/// A file whose parts are read in any order, from any thread.
package final class RandomAccessFile: @unchecked Sendable {
    package let path: String
    package let sizeBytes: Int
    private let descriptor: Int32
    private let map: UnsafeRawPointer?

    package init(path: String, access: FileAccess = .read) throws {
        // Opening a pipe would wait for a writer; non-blocking mode lets us check the file's kind first.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw FileError.reading(path) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            let code = errno
            close(descriptor)
            throw FileError.reading(path, code: code)
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw FileError(
                .unreadable, path: path, found: status.st_mode & S_IFMT == S_IFDIR ? "a folder" : "not a regular file",
                expected: "a file", advice: "name the file itself")
        }
        self.path = path
        self.descriptor = descriptor
        sizeBytes = Int(status.st_size)
        if access == .mapped, sizeBytes > 0 {
            let address = mmap(nil, sizeBytes, PROT_READ, MAP_PRIVATE, descriptor, 0)
            guard address != MAP_FAILED, let address else {
                let code = errno
                close(descriptor)
                throw FileError.reading(path, code: code)
            }
            map = UnsafeRawPointer(address)
        } else {
            map = nil
        }
    }

    deinit {
        if let map { munmap(UnsafeMutableRawPointer(mutating: map), sizeBytes) }
        close(descriptor)
    }

    /// Fills `destination` with the bytes from `offset` on.
    package func read(into destination: UnsafeMutableRawBufferPointer, at offset: Int) throws {
        guard let base = destination.baseAddress, destination.count > 0 else { return }
        guard offset >= 0, destination.count <= sizeBytes - offset else {
            throw truncated(at: sizeBytes, wanted: offset + destination.count)
        }
        if let map {
            base.copyMemory(from: map + offset, byteCount: destination.count)
            return
        }
        var done = 0
        while done < destination.count {
            let got = pread(descriptor, base + done, destination.count - done, off_t(offset + done))
            if got < 0 {
                if errno == EINTR { continue }
                throw FileError.reading(path)
            }
            if got == 0 { throw truncated(at: offset + done, wanted: offset + destination.count) }
            done += got
        }
    }

    /// The bytes of a part, as a small array.
    package func bytes(at offset: Int, count: Int) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        try bytes.withUnsafeMutableBytes { try read(into: $0, at: offset) }
        return bytes
    }

    /// Numbers in the map's own pages, which stay as long as the file is open; nil without a map, or if they do not begin at a multiple of 4.
    package func mappedFloats(at offset: Int, count: Int) -> UnsafeBufferPointer<Float>? {
        guard let map, offset % 4 == 0, offset >= 0, count <= (sizeBytes - offset) / 4 else { return nil }
        return UnsafeBufferPointer(start: (map + offset).assumingMemoryBound(to: Float.self), count: count)
    }

    package func truncated(at found: Int, wanted: Int) -> FileError {
        FileError(
            .truncated, path: path, found: "\(found, "byte")", expected: "at least \(wanted)",
            advice: "the file was truncated; copy or create it again")
    }
}

extension [Int] {
    /// The size in bytes of an array of this shape, as declared by a file; nil if it, or any product of some of its sides, overflows.
    package func sizeBytes(of elementBytes: Int) -> Int? {
        var bytes = elementBytes
        for side in self where side != 0 {
            let (product, overflow) = bytes.multipliedReportingOverflow(by: side)
            guard !overflow else { return nil }
            bytes = product
        }
        return contains(0) ? 0 : bytes
    }
}
