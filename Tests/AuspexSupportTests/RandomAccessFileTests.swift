import AuspexSupport
import Foundation
import TestSupport
import Testing

@Suite struct RandomAccessFileTests {
    /// Opening a pipe without a writer would wait forever.
    @Test(.timeLimit(.minutes(1))) func aPipeIsRefusedAtOnce() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("pipe.mp4")
        try #require(mkfifo(path, 0o600) == 0)
        #expect(throws: FileError.self) { _ = try RandomAccessFile(path: path) }
    }

    @Test func aFolderIsRefused() throws {
        let folder = try TemporaryFolder()
        #expect(throws: FileError.self) { _ = try RandomAccessFile(path: folder.path) }
    }
}
