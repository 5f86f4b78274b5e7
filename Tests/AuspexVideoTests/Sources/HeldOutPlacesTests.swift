import AuspexSupport
import AuspexVideo
import Foundation
import Testing

/// Held-out clips of a source with more files than clips are wanted.
@Suite(.enabled(if: FFmpegProgram.isExpected)) struct HeldOutPlacesTests {
    private static let request = ClipRequest(frames: 4, size: FrameSize(16))

    private func source(files: Int, broken: (Int) -> Bool, log: WarningLog) throws -> (TemporaryFolder, any ClipSource)
    {
        let folder = try TemporaryFolder()
        // With checksums, so that damage is noticed wherever it is.
        let whole = try folder.video(
            "whole/0.mkv", frames: 24, ["-c:v", "ffv1", "-level", "3", "-g", "1", "-slicecrc", "1", "-slices", "4"])
        for number in 0..<files {
            let path = folder.file(String(format: "v%03d.mkv", number))
            if broken(number) {
                try "not a video".write(toFile: path, atomically: true, encoding: .utf8)
            } else {
                try FileManager.default.copyItem(atPath: whole, toPath: path)
            }
        }
        try FileManager.default.removeItem(atPath: folder.file("whole"))
        var options = SourceOptions()
        options.logger = log.logger
        return (folder, try openSource(folder.path, options: options))
    }

    @Test func onlyTheFilesThatGiveClipsAreLookedInto() throws {
        let log = WarningLog()
        // A file that is looked into without need would be warned of.
        let wanted = Set([0, 15, 30, 45])
        let (folder, source) = try source(files: 60, broken: { !wanted.contains($0) }, log: log)
        var told: [Int] = []
        let places = try source.places(for: Self.request, atMost: 4) { done, total in
            #expect(total == 4)
            told.append(done)
        }
        #expect(places.map(\.item) == [0, 15, 30, 45])
        #expect(told == [1, 2, 3, 4])
        #expect(log.warnings.isEmpty, "\(log.warnings)")
        #expect(Set(places.map(\.firstFrame)).count > 1, "all clips are from the same place: \(places)")
        #expect(try source.places(for: Self.request, atMost: 4) == places)
        withExtendedLifetime(folder) {}
    }

    @Test func brokenFilesAreReplacedByTheNext() throws {
        let log = WarningLog()
        let (folder, source) = try source(files: 12, broken: { [0, 1, 6].contains($0) }, log: log)
        let places = try source.places(for: Self.request, atMost: 4)
        #expect(places.map(\.item) == [2, 3, 7, 9])
        #expect(log.warnings.count == 3, "\(log.warnings)")
        withExtendedLifetime(folder) {}
    }

    @Test func fewFilesGiveSeveralClipsEach() throws {
        let log = WarningLog()
        let (folder, source) = try source(files: 3, broken: { $0 == 1 }, log: log)
        let places = try source.places(for: Self.request, atMost: 5)
        #expect(places.count == 5)
        #expect(Set(places.map(\.item)) == [0, 2])
        withExtendedLifetime(folder) {}
    }

    /// A clip that does not decode is left out, and said once.
    @Test func aDamagedClipIsLeftOut() throws {
        let log = WarningLog()
        let (folder, source) = try source(files: 3, broken: { _ in false }, log: log)
        let path = folder.file("v001.mkv")
        var data = try #require(FileManager.default.contents(atPath: path))
        let middle = data.count / 2
        data.replaceSubrange(middle..<middle + 24, with: [UInt8](repeating: 0x5A, count: 24))
        try data.write(to: URL(fileURLWithPath: path))
        let places = try source.places(for: Self.request, atMost: nil)
        #expect(places.count == 18)
        for _ in 0..<2 {
            let clips = try places.compactMap { try source.readableClip(at: $0, request: Self.request) }
            #expect(clips.count < 18 && clips.count > 12, "\(clips.count)")
        }
        #expect(log.warnings.count == 1 && log.warnings[0].contains("v001.mkv"), "\(log.warnings)")
        withExtendedLifetime(folder) {}
    }
}
