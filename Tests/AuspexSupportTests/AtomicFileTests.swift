import AuspexSupport
import AuspexTensors
import Foundation
import Synchronization
import TestSupport
import Testing

/// Lets some of the system calls that change files fail.
func withFault<Result>(
    onCall number: Int, _ code: Int32, goingOn: Bool = false, _ body: () throws -> Result
) throws -> (result: Swift.Result<Result, any Error>, calls: Int) {
    let calls = Mutex(0)
    let result = FileCall.withFault({ _, _ in
        let call = calls.withLock { count in
            count += 1
            return count
        }
        return call == number || (goingOn && call > number) ? code : nil
    }) { Swift.Result { try body() } }
    return (result, calls.withLock { $0 })
}

@Suite("Files are complete or absent") struct AtomicFileTests {
    private let old: [UInt8] = [1, 2, 3]
    private let new = [UInt8](repeating: 7, count: 5000)

    private func bytes(_ path: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: path))) }

    @Test("A disk that is full at any moment leaves the old file, and one line that names it")
    func fullDisk() throws {
        let folder = try TestSupport.TemporaryFolder()
        var number = 1
        while true {
            let path = try folder.write(old, as: "numbers.bin")
            let (result, calls) = try withFault(onCall: number, ENOSPC) { try AtomicFile.write(new, to: path) }
            if calls < number { break }
            let error = try #require(throws: FileError.self) { try result.get() }
            #expect(error.path == path || error.path == folder.path)
            #expect(error.found == "\"No space left on device\"")
            #expect(error.advice == "free some space or write to another disk")
            // Once it has its name, the new file is whole.
            #expect(try [old, new].contains(bytes(path)))
            #expect(try folder.names == ["numbers.bin"])
            number += 1
        }
        // open, write, flush, rename, and the folder's open and flush.
        #expect(number >= 6)
    }

    @Test("A program that ends at any moment leaves the old file or the new one")
    func deadProgram() throws {
        let folder = try TestSupport.TemporaryFolder()
        var number = 1
        var seen: Set<Int> = []
        while true {
            let path = try folder.write(old, as: "numbers.bin")
            let (_, calls) = try withFault(onCall: number, EIO, goingOn: true) { try AtomicFile.write(new, to: path) }
            if calls < number { break }
            seen.insert(try bytes(path).count)
            number += 1
        }
        #expect(seen == [old.count, new.count])
    }

    @Test("A name as long as the system allows") func longestName() throws {
        let folder = try TestSupport.TemporaryFolder()
        let path = folder.file(String(repeating: "n", count: 255))
        try AtomicFile.write(new, to: path)
        #expect(try bytes(path) == new)
        let error = try #require(throws: FileError.self) { try AtomicFile.write(new, to: path + "n") }
        #expect(error.found == "\"File name too long\"" && error.advice == "give it a shorter name")
    }

    @Test("Leftovers of a killed program are removed, files of a running one are not") func leftovers() throws {
        let folder = try TestSupport.TemporaryFolder()
        func leave(_ name: String) throws -> String {
            let path = try folder.write([1], as: name)
            var times = [timeval(tv_sec: 1000, tv_usec: 0), timeval(tv_sec: 1000, tv_usec: 0)]
            #expect(utimes(path, &times) == 0)
            return path
        }
        _ = try leave(".partial-12-abc")
        _ = try leave(".clip.mkv.partial-12-3")
        let held = try leave(".partial-13-held")
        _ = try leave("mine.partial-12-abc")
        _ = try leave(".notes.partial-draft")
        _ = try folder.write([1], as: ".partial-14-young")
        try FileManager.default.createDirectory(
            atPath: folder.file(".partial-15-frames"), withIntermediateDirectories: true)
        _ = try folder.write([1], as: ".partial-15-frames/00000.png")
        var times = [timeval(tv_sec: 1000, tv_usec: 0), timeval(tv_sec: 1000, tv_usec: 0)]
        #expect(utimes(folder.file(".partial-15-frames"), &times) == 0)
        let descriptor = open(held, O_RDONLY)
        #expect(flock(descriptor, LOCK_EX) == 0)
        defer { close(descriptor) }
        try AtomicFile.write(new, to: folder.file("out.bin"))
        #expect(
            try folder.names == [
                ".notes.partial-draft", ".partial-13-held", ".partial-14-young", "mine.partial-12-abc", "out.bin",
            ])
    }

    @Test("A file that grows ends with its last whole record") func appended() throws {
        let folder = try TestSupport.TemporaryFolder()
        let path = folder.file("log")
        let file = try AppendedFile(path: path)
        try file.append([1, 2])
        let (result, _) = try withFault(onCall: 1, ENOSPC) { try file.append([3, 4]) }
        #expect(throws: FileError.self) { try result.get() }
        try file.append([5])
        #expect(try bytes(path) == [1, 2, 5])
    }

    @Test("Folders are made, or the system's own reason is given") func folders() throws {
        let folder = try TestSupport.TemporaryFolder()
        try AtomicFile.makeFolders(folder.file("a/b/c"))
        try AtomicFile.makeFolders(folder.file("a/b/c/"))
        #expect(try FileKind.of(folder.file("a/b/c")) == .folder)
        #expect(try FileKind.of(folder.file("a/none")) == nil)
        let file = try folder.write([1], as: "file")
        let inFile = try #require(throws: FileError.self) { try AtomicFile.makeFolders(file + "/x") }
        #expect(inFile.found == "\"Not a directory\"")
        for (code, words) in [(EROFS, "Read-only file system"), (EACCES, "Permission denied")] {
            let (result, _) = try withFault(onCall: 1, code) { try AtomicFile.makeFolders(folder.file("x")) }
            let error = try #require(throws: FileError.self) { try result.get() }
            #expect(error.found == "\"\(words)\"")
        }
        #expect(symlink("loop", folder.file("loop")) == 0)
        let loop = try #require(throws: FileError.self) { _ = try FileKind.of(folder.file("loop")) }
        #expect(loop.kind == .unreadable && loop.found == "\"Too many levels of symbolic links\"")
    }
}
