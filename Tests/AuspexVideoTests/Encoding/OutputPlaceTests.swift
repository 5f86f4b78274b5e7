import AuspexSupport
import AuspexTensors
import AuspexVideo
import Foundation
import Synchronization
import TestSupport
import Testing

@Suite("Where outputs go") struct OutputPlaceTests {
    let folder: TestSupport.TemporaryFolder

    init() throws { folder = try TestSupport.TemporaryFolder() }

    private func message(_ body: () throws -> Void) -> String? {
        do {
            try body()
            return nil
        } catch {
            return "\(error)"
        }
    }

    private func writer(_ path: String, force: Bool = false) throws -> VideoWriter {
        try VideoWriter(path, frameIntervalSeconds: 0.1, overwriting: force)
    }

    @Test("The ending chooses the format") func forms() throws {
        #expect(try OutputForm(path: "a/b.MP4") == .mp4)
        #expect(try OutputForm(path: "b.c.npy") == .npy)
        #expect(try OutputForm(path: "frames") == .folder)
        #expect(try OutputForm(path: "frames.v2/") == .folder)
        #expect(try OutputForm(path: folder.path) == .folder)
        #expect(
            message { _ = try OutputForm(path: "out.avi") }
                == "out.avi: the ending '.avi' is not a known format: use .mp4, .gif, .png (film strip), .mkv (lossless), "
                + ".npy, or a folder ('out.avi/')")
        #expect(message { _ = try OutputForm(path: "out.folder") } != nil)
    }

    @Test("Existing files are replaced only on request", arguments: ["mp4", "gif", "png", "mkv", "npy"])
    func refusesToOverwrite(ending: String) throws {
        let clip = noise([2, 16, 16, 3])
        let path = try folder.write([1, 2, 3], as: "out." + ending)
        #expect(
            message { _ = try writer(path) }
                == "\(path): found a file of that name, expected a free name; allow it to be overwritten, or give another name"
        )
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data([1, 2, 3]))
        try writer(path, force: true).write(clip)
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)).count > 100)
        #expect(try folder.names == ["out." + ending])
    }

    @Test("A file that appears while the work is done is not replaced either") func lateArrival() throws {
        let path = folder.file("out.npy")
        let writer = try writer(path)
        _ = try folder.write([9], as: "out.npy")
        #expect(throws: FileError.self) { try writer.write(noise([1, 4, 4, 3])) }
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data([9]))
        #expect(try folder.names == ["out.npy"])
    }

    @Test("A folder of frames is replaced, any other folder never") func folders() throws {
        let path = folder.file("frames")
        try writer(path).write(noise([3, 8, 8, 3]))
        #expect(throws: FileError.self) { try writer(path) }
        try writer(path, force: true).write(noise([2, 8, 8, 3]))
        #expect(try FileManager.default.contentsOfDirectory(atPath: path).count == 2)
        _ = try folder.write([1], as: "frames/thesis.tex")
        #expect(
            message { _ = try writer(path, force: true) }
                == "\(path): found a folder that holds 'thesis.tex', which is not a frame of a clip, expected a free name; "
                + "name another folder")
        #expect(try folder.names == ["frames"])
    }

    @Test("Places that can't be written, each with one clear line") func unwritable() throws {
        let missing = folder.file("nowhere/out.mp4")
        #expect(
            message { _ = try writer(missing) }
                == "\(missing): found \"No such file or directory\", expected a place that can be written; "
                + "make its folder first or name another place")
        let file = try folder.write([1], as: "file")
        #expect(message { _ = try writer(file + "/out.mp4") }?.contains("Not a directory") == true)
        if geteuid() != 0 {
            chmod(folder.path, 0o555)
            defer { chmod(folder.path, 0o755) }
            #expect(message { _ = try writer(folder.file("out.mp4")) }?.contains("Permission denied") == true)
        }
    }

    @Test("A failure half-way leaves nothing behind") func failure() throws {
        struct Broken: Error {}
        let place = try OutputPlace(folder.file("out.bin"))
        #expect(throws: Broken.self) {
            try place.writeFile { temporary in
                try Data([1, 2]).write(to: URL(fileURLWithPath: temporary))
                throw Broken()
            }
        }
        #expect(throws: Broken.self) {
            try OutputPlace(folder.file("frames")).writeFolder { temporary in
                try Data([1, 2]).write(to: URL(fileURLWithPath: temporary + "/00000.png"))
                throw Broken()
            }
        }
        #expect(try folder.names == [])
    }

    /// The system calls of one write, each of which meets a full disk in turn.
    @Test(
        "A full disk leaves existing files, and one line that names the path",
        arguments: ["mp4", "mkv", "gif", "png", "npy", ""])
    func fullDisk(ending: String) throws {
        let clip = noise([2, 16, 16, 3])
        var number = 1
        while true {
            let name = ending.isEmpty ? "frames" : "out." + ending
            try? FileManager.default.removeItem(atPath: folder.file(name))
            let old: String
            if ending.isEmpty {
                try FileManager.default.createDirectory(atPath: folder.file(name), withIntermediateDirectories: true)
                old = try folder.write([1, 2, 3], as: "frames/00000.png")
            } else {
                old = try folder.write([1, 2, 3], as: name)
            }
            let calls = Mutex(0)
            let failing = number
            let text = FileCall.withFault({ _, _ in
                calls.withLock { count in
                    count += 1
                    return count == failing ? ENOSPC : nil
                }
            }) { message { try writer(folder.file(name), force: true).write(clip) } }
            if calls.withLock({ $0 }) < number { break }
            if let text {
                #expect(text.hasPrefix(folder.path), "\(text)")
                #expect(text.contains("No space left on device") && text.contains("free some space"), "\(text)")
                #expect(!text.contains("partial"), "\(text)")
            }
            let isOld = try Data(contentsOf: URL(fileURLWithPath: old)) == Data([1, 2, 3])
            // Either the old one, or the new one whole: only the last calls, which flush its name or remove the old one, come after.
            if !isOld {
                _ = try writer(folder.file(name), force: true).write(clip)
                #expect(number > 3)
            } else {
                #expect(try folder.names == [name], "call \(number)")
            }
            number += 1
        }
        #expect(number > 4)
    }

    @Test("Names as long as the system allows", arguments: ["mp4", "mkv", "gif", "png", "npy", ""])
    func names(ending: String) throws {
        let clip = noise([2, 16, 16, 3])
        let suffix = ending.isEmpty ? "" : "." + ending
        let name = String(repeating: "n", count: 255 - suffix.count) + suffix
        try writer(folder.file(name)).write(clip)
        #expect(try folder.names == [name])
    }

    @Test("Channels that a format can't hold") func channels() throws {
        for ending in ["mp4", "mkv", "gif"] {
            let path = folder.file("out." + ending)
            #expect(
                message { try writer(path).write(noise([2, 8, 8, 2])) }
                    == "\(path): holds frames of 1 or 3 channels, and these have 2: write .npy, which holds any number")
        }
        #expect(throws: VideoError.self) { try writer(folder.file("frames/")).write(noise([2, 8, 8, 5])) }
        #expect(try folder.names == [])
    }
}
