import AuspexVideo
import Foundation
import Testing

@Suite struct FolderScanTests {
    private func folder(_ files: [String]) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        for file in files {
            let path = folder.file(file)
            try FileManager.default.createDirectory(
                atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
            try Data([1]).write(to: URL(fileURLWithPath: path))
        }
        return folder
    }

    private func names(_ paths: [String]?, in folder: TemporaryFolder) -> [String] {
        (paths ?? []).map { String($0.dropFirst(folder.path.count + 1)) }
    }

    @Test func videosAreFoundInFoldersBelowInAFixedOrder() throws {
        let folder = try folder([
            "b/10.mp4", "b/9.MKV", "a/x.webm", "z.mov", "b/note.txt", ".hidden.mp4", "b/.git/c.mp4",
        ])
        let scan = try FolderScan(of: folder.path)
        #expect(names(scan.entries.map(\.path), in: folder) == ["z.mov", "a/x.webm", "b/9.MKV", "b/10.mp4"])
        #expect(scan.entries.map(\.className).suffix(3) == ["a", "b", "b"])
        #expect(scan.entries.allSatisfy { $0.images == nil })
        #expect(names(scan.ignored, in: folder) == ["b/note.txt"])
    }

    @Test func aFolderOfPicturesIsOneSequenceOfTheClassAboveIt() throws {
        let folder = try folder([
            "run/1/f10.png", "run/1/f9.png", "run/1/f1.png", "run/2/a.JPG", "walk/3/x.tiff", "walk/3/notes.md",
        ])
        let scan = try FolderScan(of: folder.path)
        #expect(names(scan.entries.map(\.path), in: folder) == ["run/1", "run/2", "walk/3"])
        #expect(scan.entries.map(\.className) == ["run", "run", "walk"])
        #expect(names(scan.entries[0].images, in: folder) == ["run/1/f1.png", "run/1/f9.png", "run/1/f10.png"])
        #expect(names(scan.ignored, in: folder) == ["walk/3/notes.md"])
    }

    @Test func picturesBesideVideosAreNoSequence() throws {
        let folder = try folder(["a.mp4", "poster.jpg"])
        let scan = try FolderScan(of: folder.path)
        #expect(names(scan.entries.map(\.path), in: folder) == ["a.mp4"])
        #expect(names(scan.ignored, in: folder) == ["poster.jpg"])
    }

    @Test func linksAreFollowedAndEachFolderOnce() throws {
        let folder = try folder(["a/1.mp4"])
        let manager = FileManager.default
        try manager.createSymbolicLink(atPath: folder.file("a/up"), withDestinationPath: folder.path)
        try manager.createSymbolicLink(atPath: folder.file("b"), withDestinationPath: folder.file("a"))
        try manager.createSymbolicLink(atPath: folder.file("c.mp4"), withDestinationPath: folder.file("a/1.mp4"))
        let scan = try FolderScan(of: folder.path)
        #expect(names(scan.entries.map(\.path), in: folder) == ["c.mp4", "a/1.mp4"])
    }

    @Test func aFolderThatMayNotBeReadIsNamed() throws {
        let missing = try folder([]).file("none")
        let error = #expect(throws: VideoError.self) { try FolderScan(of: missing) }
        #expect(error?.kind == .notReadable && error?.subject == missing)
    }

    @Test(arguments: [
        ["f1", "f2", "f10"], ["a9b2", "a9b10", "a10b1"], ["f", "f1"], ["1", "01", "2"].sorted(), ["a", "b"],
        ["9999999999999999999", "10000000000000000000", "100000000000000000000"],
        ["f8.png", "f009.png", "f10.png"],
    ]) func runsOfDigitsCountAsNumbers(_ names: [String]) {
        for (place, name) in names.enumerated() {
            for (other, second) in names.enumerated() {
                #expect(FolderScan.comesBefore(name, second) == (place < other), "\(name), \(second)")
            }
        }
    }
}
