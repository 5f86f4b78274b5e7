import Foundation

/// Standard output and standard error, written without Foundation's file handles, which stop the program if a write fails.
package enum StandardStream: Int32, Sendable {
    case output = 1
    case error = 2

    private var name: String { self == .output ? "standard output" : "standard error" }

    /// Writes all of a text.
    ///
    /// - Throws: `FileError` where the stream is closed, its reader has gone, or its disk is full.
    package func write(_ text: String) throws { try write(Data(text.utf8)) }

    package func write(_ data: Data) throws {
        try data.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return }
            var done = 0
            while done < bytes.count {
                let count = Foundation.write(rawValue, base + done, bytes.count - done)
                if count >= 0 {
                    done += count
                } else if errno == EAGAIN {
                    // Another program may have made the shared terminal non-blocking.
                    var waiting = pollfd(fd: rawValue, events: Int16(POLLOUT), revents: 0)
                    poll(&waiting, 1, 100)
                } else if errno != EINTR {
                    throw FileError.writingStream(name, code: errno)
                }
            }
        }
    }

    /// Opens standard input, output and error if they are closed, so that no file of ours gets their numbers.
    ///
    /// The replacement refuses to be read or written, as the closed one would.
    package static func reserveDescriptors() {
        for number: Int32 in 0...2 where fcntl(number, F_GETFD) < 0 {
            // The lowest free number is this one: those below are already open.
            _ = open("/dev/null", number == 0 ? O_WRONLY : O_RDONLY)
        }
    }
}
