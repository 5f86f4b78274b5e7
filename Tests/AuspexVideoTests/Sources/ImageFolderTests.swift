import AuspexTensors
import AuspexVideo
import Foundation
import TestSupport
import Testing

/// Folders of pictures of which some are not like the others.
@Suite struct ImageFolderTests {
    private static let request = ClipRequest(frames: 3, size: FrameSize(8))
    private static let stream = RandomStream(seed: 8, name: "clips")

    /// A picture in one grey, `10 · level`.
    private func picture(_ level: Int, side: Int = 8, colour: PNGFile.Colour = .rgb) -> [UInt8] {
        let channels = colour == .rgb ? 3 : 4
        let pixel = [UInt8](repeating: UInt8(level * 10), count: 3) + (channels == 4 ? [UInt8(200)] : [])
        let pixels = [[UInt8]](repeating: pixel, count: side * side).flatMap { $0 }
        return PNGFile(width: side, height: side, colour: colour, pixels: pixels).bytes
    }

    private func write(_ bytes: some Collection<UInt8>, _ path: String) throws {
        try FileManager.default.createDirectory(
            atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try Data(bytes).write(to: URL(fileURLWithPath: path))
    }

    /// Twenty pictures `set/f00.png`… in one folder.
    private func sequence(_ odd: [Int: [UInt8]] = [:], missing: Set<Int> = []) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        for number in 0..<20 where !missing.contains(number) {
            try write(odd[number] ?? picture(number), folder.file(String(format: "set/f%02d.png", number)))
        }
        return folder
    }

    private func drawn(_ folder: TemporaryFolder, _ count: Int = 80) throws -> (clips: [Clip], warnings: [String]) {
        let log = WarningLog()
        var options = SourceOptions()
        options.logger = log.logger
        let source = try openSource(folder.path, options: options)
        let clips = try (0..<count).map { try source.clip(at: $0, from: Self.stream, request: Self.request) }
        return (clips, log.warnings)
    }

    /// Which pictures a clip shows, by their grey.
    private func levels(_ clip: Clip) -> [Int] {
        clip.frames.unstacked().map { Int($0.scalars(as: UInt8.self)[0]) / 10 }
    }

    private func oddities(_ folder: TemporaryFolder) throws -> [String] {
        let report = try openSource(folder.path).inspect(for: Self.request)
        #expect(report.items.count == 1 && report.items[0].problem == nil)
        return report.items[0].oddities
    }

    @Test func wholeFoldersHaveNothingOdd() throws {
        let folder = try sequence()
        let (clips, warnings) = try drawn(folder)
        #expect(warnings == [])
        #expect(Set(clips.flatMap(levels)) == Set(0..<20))
        #expect(clips.allSatisfy { levels($0) == $0.frameIndices })
        #expect(try oddities(folder) == [])
    }

    @Test func oddPicturesAreNamedOnceAndTheirClipsPassedOver() throws {
        let cut = picture(15)
        let odd: [Int: [UInt8]] = [
            3: picture(3, side: 12), 9: picture(9, colour: .rgba), 15: Array(cut[..<(cut.count / 2)]),
        ]
        let folder = try sequence(odd)
        let (clips, warnings) = try drawn(folder)
        #expect(Set(clips.flatMap(levels)) == Set(0..<20).subtracting(odd.keys))
        #expect(warnings.count == 3, "\(warnings)")
        let expected = [
            ("f03.png", "12×12, where f00.png and others of the folder are 8×8"), ("f09.png", "has an alpha channel"),
            ("f15.png", "damaged or cut short"),
        ]
        let found = try oddities(folder)
        #expect(found.count == 3)
        for (name, reason) in expected {
            #expect(warnings.count { $0.contains("\(name): ") && $0.contains(reason) } == 1, "\(name): \(warnings)")
            #expect(found.count { $0.contains("\(name): ") && $0.contains(reason) } == 1, "\(name): \(found)")
        }
        // The rule depends on the draws and the files only.
        #expect(try drawn(folder).clips.map(\.frameIndices) == clips.map(\.frameIndices))
    }

    /// Three of four starts show a picture that is cut: a clip is found all the same, for every number of a long run.
    @Test func aSingleFolderOfWhichMostStartsAreDamagedStillGivesClips() throws {
        let cut = Array(picture(1)[..<60])
        let folder = try sequence(Dictionary(uniqueKeysWithValues: stride(from: 3, to: 20, by: 4).map { ($0, cut) }))
        let (clips, _) = try drawn(folder, 300)
        #expect(clips.count == 300 && Set(clips.map { levels($0)[0] }) == [0, 4, 8, 12, 16])
    }

    @Test func noClipReachesAcrossAMissingNumber() throws {
        let folder = try sequence(missing: [6, 12, 13])
        let (clips, warnings) = try drawn(folder)
        for clip in clips {
            let shown = levels(clip)
            #expect(shown == Array(shown[0]..<shown[0] + 3))
        }
        #expect(Set(clips.flatMap(levels)) == Set(0..<20).subtracting([6, 12, 13]))
        #expect(warnings.count == 2, "\(warnings)")
        let expected = ["f07.png: number 6 is missing", "f14.png: numbers 12 to 13 are missing"]
        let found = try oddities(folder)
        #expect(found.count == 2)
        for line in expected {
            #expect(warnings.contains { $0.contains(line) } && found.contains { $0.contains(line) }, "\(line)")
        }
    }

    /// A thumbnail in front does not make all others odd.
    @Test(arguments: [0, 10, 19]) func theFormIsThatOfMostPictures(_ place: Int) throws {
        for odd in [picture(place, side: 6), picture(place, colour: .rgba), [1, 2, 3]] {
            let found = try oddities(try sequence([place: odd]))
            #expect(found.count == 1 && found[0].contains(String(format: "f%02d.png", place)), "\(found)")
        }
    }

    @Test func aFolderInWhichNothingCanBeReadIsAnError() throws {
        let folder = try TemporaryFolder()
        for number in 0..<5 { try write([1, 2, 3], folder.file("set/\(number).png")) }
        let error = #expect(throws: VideoError.self) { try drawn(folder) }
        #expect(error?.kind == .damaged && error?.message.contains("\n") == false)
        let report = try openSource(folder.path).inspect(for: Self.request)
        #expect(report.usableItems == 0)
    }

    /// Every format that a folder may hold: whole it is read, cut short it is refused and not filled with grey.
    @Test(
        .enabled(if: FFmpegProgram.isExpected),
        arguments: ["png", "jpg", "bmp", "webp", "tiff", "ppm", "pgm"])
    func picturesCutShortAreRefused(_ ending: String) throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder.file("set"), withIntermediateDirectories: true)
        // One by one: of three pictures in one call the program makes an animated WebP.
        for number in 1...3 {
            try FFmpegProgram.run([
                "-f", "lavfi", "-i", "testsrc2=size=96x64", "-frames:v", "1", folder.file("set/\(number).\(ending)"),
            ])
        }
        #expect(try oddities(folder) == [])
        let path = folder.file("set/2.\(ending)")
        let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        for share in [0.3, 0.6, 0.9] {
            try write(whole[..<Int(Double(whole.count) * share)], path)
            let found = try oddities(folder)
            #expect(found.count == 1 && found[0].hasPrefix(path), "\(share): \(found)")
        }
    }

    @Test func listsMayNameFoldersAndTimesInThem() throws {
        let folder = try sequence()
        let list = folder.file("list.csv")
        try Data("path,start,end,class\nset,0.5,1.5,a\n".utf8).write(to: URL(fileURLWithPath: list))
        let timed = try openSource(list, options: SourceOptions(classes: true, framesPerSecond: 10))
        let places = try timed.places(for: Self.request, atMost: nil)
        #expect(places.map(\.firstFrame) == [5, 8, 11])
        #expect(try levels(timed.clip(at: places[1], request: Self.request)) == [8, 9, 10])
        // Without a rate the times say nothing, which must not go unnoticed.
        let untimed = try openSource(list)
        let error = #expect(throws: VideoError.self) { try untimed.places(for: Self.request, atMost: nil) }
        #expect(error?.remedies == [.frameRate])
        try Data("set\n.\n".utf8).write(to: URL(fileURLWithPath: list))
        let other = #expect(throws: VideoError.self) { try openSource(list) }
        #expect(other?.message.contains("line 2: ") == true, "\(other?.message ?? "")")
    }

    @Test func aFrameRateGivesAClockAndIsRefusedWhereThereIsOne() throws {
        let folder = try sequence()
        let source = try openSource(folder.path, options: SourceOptions(framesPerSecond: 10))
        var request = Self.request
        request.step = .seconds(0.2)
        let clip = try source.clip(at: ClipPlace(item: 0, firstFrame: 1), request: request)
        #expect(levels(clip) == [1, 3, 5] && clip.frameIntervalSeconds == 0.2 && clip.startSeconds == 0.1)
        let report = source.inspect(for: request)
        #expect(abs((report.items.first?.durationSeconds ?? 0) - 2) < 1e-9)
        let clockless = #expect(throws: VideoError.self) {
            try openSource(folder.path).places(for: request, atMost: nil)
        }
        #expect(clockless?.remedies == [.frameRate])
        let video = folder.file("video.mkv")
        try VideoWriter(video, frameIntervalSeconds: 0.1).write(noise([4, 8, 8, 3]))
        for text in [video, "synthetic:moving-shapes"] {
            let error = #expect(throws: VideoError.self) {
                try openSource(text, options: SourceOptions(framesPerSecond: 10))
            }
            #expect(error?.kind == .badSource && error?.remedies == [.frameRate])
        }
    }
}
