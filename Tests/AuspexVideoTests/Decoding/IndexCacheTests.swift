import AuspexSupport
import AuspexVideo
import Foundation
import Testing

/// Frame indices that are kept on disk.
@Suite(.enabled(if: FFmpegProgram.isExpected)) struct IndexCacheTests {
    private static let request = ClipRequest(frames: 4, size: FrameSize(16))
    private static let longAgo = Date(timeIntervalSince1970: 1_600_000_000.25)

    private func setDate(_ path: String, _ date: Date = longAgo) throws {
        try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: path)
    }

    /// A new source, which remembers nothing, with a cache in a folder.
    private func places(of path: String, _ cache: String, mostBytes: Int = 1 << 20) throws -> [ClipPlace] {
        var options = SourceOptions()
        options.logger.logLevel = .critical
        options.indexCache = IndexCache(folder: cache, mostBytes: mostBytes)
        return try openSource(path, options: options).places(for: Self.request, atMost: nil)
    }

    private func entries(_ cache: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: cache)) ?? []).sorted()
    }

    @Test(arguments: [
        ("a.mp4", ["-c:v", "libx264", "-bf", "3", "-g", "12"]), ("a.mkv", ["-c:v", "ffv1"]),
        ("a.h264", ["-c:v", "libx264", "-bf", "2"]), ("a.ts", ["-c:v", "mpeg2video", "-bf", "2"]),
    ])
    func aKnownFileIsNotReadAgain(_ name: String, _ options: [String]) throws {
        let folder = try TemporaryFolder()
        let (path, cache) = (try folder.video("videos/" + name, options), folder.file("cache"))
        try setDate(path)
        // A folder's files are opened only when they are needed.
        let source = folder.file("videos")
        let fresh = try places(of: source, cache)
        #expect(fresh.count == 10 && entries(cache).count == 1)
        let original = try #require(FileManager.default.contents(atPath: path))
        // Other bytes of the same size and date: only an index that was kept can still say how many frames there were.
        var other = original
        let tail = original.count / 2..<original.count
        other.replaceSubrange(tail, with: [UInt8](repeating: 0, count: tail.count))
        try other.write(to: URL(fileURLWithPath: path))
        try setDate(path)
        #expect(try places(of: source, cache) == fresh)
        // Another date: the file is read again, and is another.
        try setDate(path, Self.longAgo.addingTimeInterval(1))
        #expect((try? places(of: source, cache)) != fresh)
        // The first one again: the index stored last has another date.
        try original.write(to: URL(fileURLWithPath: path))
        try setDate(path)
        #expect(try places(of: source, cache) == fresh)
    }

    @Test func framesReadByAKeptIndexAreTheSame() throws {
        let folder = try TemporaryFolder()
        let cache = folder.file("cache")
        let path = try folder.video("a.mp4", ["-c:v", "libx264", "-bf", "3", "-g", "12"])
        try setDate(path)
        func pixels() throws -> [UInt8] {
            var options = SourceOptions()
            options.indexCache = IndexCache(folder: cache)
            let source = try openSource(path, options: options)
            return try [7, 30, 3].flatMap {
                try source.clip(at: ClipPlace(item: 0, firstFrame: $0), request: Self.request).frames.scalars(
                    as: UInt8.self)
            }
        }
        let first = try pixels()
        #expect(entries(cache).count == 1)
        #expect(try pixels() == first)
    }

    @Test func damagedCachesCountAsAbsent() throws {
        let folder = try TemporaryFolder()
        let (path, cache) = (try folder.video("a.mkv", ["-c:v", "ffv1"]), folder.file("cache"))
        try setDate(path)
        let fresh = try places(of: path, cache)
        let file = URL(fileURLWithPath: cache + "/" + (try #require(entries(cache).first)))
        let whole = try Data(contentsOf: file)
        for length in [0, 3, 8, whole.count / 2, whole.count - 1] {
            try whole.prefix(length).write(to: file)
            #expect(try places(of: path, cache) == fresh, "cut to \(length)")
            #expect(try Data(contentsOf: file) == whole, "not mended")
        }
        for place in stride(from: 0, to: whole.count, by: 37) {
            var flipped = whole
            flipped[place] ^= 0x10
            try flipped.write(to: file)
            #expect(try places(of: path, cache) == fresh, "byte \(place)")
        }
    }

    @Test func aNewOrDamagedFileIsNotKept() throws {
        let folder = try TemporaryFolder()
        let cache = folder.file("cache")
        let path = try folder.video("a.mp4", ["-c:v", "mpeg4"])
        _ = try places(of: path, cache)
        #expect(entries(cache).isEmpty)
        let data = try #require(FileManager.default.contents(atPath: path))
        try data.prefix(data.count * 2 / 3).write(to: URL(fileURLWithPath: path))
        try setDate(path)
        _ = try? places(of: path, cache)
        #expect(entries(cache).isEmpty)
    }

    @Test func aCacheThatCannotBeWrittenChangesNothing() throws {
        let folder = try TemporaryFolder()
        let path = try folder.video("a.mkv", ["-c:v", "ffv1"])
        try setDate(path)
        try "a file".write(toFile: folder.file("cache"), atomically: true, encoding: .utf8)
        #expect(try places(of: path, folder.file("cache")).count == 10)
    }

    @Test func theOlderHalfGoesWhereThereIsTooMuch() throws {
        let folder = try TemporaryFolder()
        let cache = folder.file("cache")
        let path = try folder.video("a.mkv", ["-c:v", "ffv1"])
        try setDate(path)
        _ = try places(of: path, cache)
        let first = try #require(entries(cache).first)
        try FileManager.default.copyItem(atPath: cache + "/" + first, toPath: cache + "/old.index")
        try setDate(cache + "/old.index")
        try "x".write(toFile: cache + "/.partial-1-2", atomically: true, encoding: .utf8)
        try setDate(cache + "/.partial-1-2")
        let other = folder.file("b.mkv")
        try FileManager.default.copyItem(atPath: path, toPath: other)
        try setDate(other)
        // A process's first write checks the existing files.
        let size = try #require(FileManager.default.contents(atPath: cache + "/" + first)).count
        _ = try places(of: other, cache, mostBytes: 5 * size / 2)
        #expect(!entries(cache).contains("old.index"))
        #expect(!entries(cache).contains(".partial-1-2"))
        #expect(entries(cache).contains { $0 != first && $0.hasSuffix(".index") })
    }

    @Test func severalWritersAtOnceLeaveWholeIndices() throws {
        let folder = try TemporaryFolder()
        let cache = folder.file("cache")
        let path = try folder.video("v/0.mkv", ["-c:v", "ffv1"])
        for number in 1..<12 {
            try FileManager.default.copyItem(atPath: path, toPath: folder.file("v/\(number).mkv"))
        }
        for number in 0..<12 { try setDate(folder.file("v/\(number).mkv")) }
        let videos = folder.file("v")
        DispatchQueue.concurrentPerform(iterations: 6) { _ in
            let found = try? places(of: videos, cache)
            #expect(found?.count == 120)
        }
        #expect(entries(cache).count == 12)
        // All are valid: no video is read any more.
        for number in 0..<12 {
            let path = folder.file("v/\(number).mkv")
            let size = try #require(FileManager.default.contents(atPath: path)).count
            try Data(count: size).write(to: URL(fileURLWithPath: path))
            try setDate(path)
        }
        #expect(try places(of: folder.file("v"), cache).count == 120)
    }
}
