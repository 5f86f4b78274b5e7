import AuspexSupport
import AuspexVideo
import Foundation
import Testing

/// Files that want the reader to open other files, to wait, or to take all memory.
@Suite(.serialized, .enabled(if: FFmpegProgram.isExpected)) struct HostileFileTests {
    private func failure(_ body: () throws -> Void) -> VideoError? {
        do { try body() } catch { return error as? VideoError }
        return nil
    }

    /// How much the process grew at most while `body` ran, in MiB.
    private func peakGrowth(_ body: () throws -> Void) throws -> Int {
        func line(_ name: String) throws -> Int {
            let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
            let line = try #require(status.split(separator: "\n").first { $0.hasPrefix(name + ":") })
            return try #require(line.split(whereSeparator: { !$0.isNumber }).first.flatMap { Int($0) }) >> 10
        }
        // Forgets the largest size so far.
        try "5".write(toFile: "/proc/self/clear_refs", atomically: false, encoding: .utf8)
        let before = try line("VmRSS")
        try body()
        return try line("VmHWM") - before
    }

    static let scripts: [(name: String, text: String)] = [
        ("HLS", "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:1.6,\nother.ts\n"),
        ("ffconcat", "ffconcat version 1.0\nfile other.ts\n"),
        (
            "SDP",
            "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=No Name\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 45454 RTP/AVP 96\na=rtpmap:96 H264/90000\n"
        ),
        (
            "DASH",
            """
            <?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="dynamic" mediaPresentationDuration="PT2S" \
            profiles="urn:mpeg:dash:profile:isoff-main:2011"><Period><AdaptationSet mimeType="video/mp4"><Representation id="1" \
            bandwidth="1"><BaseURL>other.ts</BaseURL></Representation></AdaptationSet></Period></MPD>
            """
        ),
        ("SVG", "<svg xmlns=\"http://www.w3.org/2000/svg\"><image href=\"other.png\"/></svg>"),
        ("text", "concat:other.ts|other.ts\n"),
    ]

    @Test(arguments: scripts.map { $0.name }, ["mp4", "mkv", "png"])
    func playlistsAndScriptsAreRefused(_ kind: String, ending: String) throws {
        let folder = try TemporaryFolder()
        _ = try folder.video("other.ts", ["-c:v", "mpeg2video"])
        let text = try #require(Self.scripts.first { $0.name == kind }).text
        let path = folder.file("list.\(ending)")
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        let clock = ContinuousClock.now
        let found = failure {
            let reader = try VideoReader(path: path)
            _ = try reader.frames(at: [0], form: PictureForm(size: FrameSize(16)))
        }
        let error = try #require(found, "\(kind) was read as a video")
        #expect(error.kind == .notAVideo || error.kind == .damaged || error.kind == .noDecoder, "\(error)")
        #expect(error.message.contains("\n") == false)
        if kind == "HLS" || kind == "ffconcat", ending != "png" {
            #expect(error.message.contains("names other files"), "\(error)")
        }
        #expect(ContinuousClock.now - clock < .seconds(10))
    }

    @Test func aPictureNamedLikeAPatternIsOnePicture() throws {
        let folder = try TemporaryFolder()
        let first = try folder.video("a0.png", frames: 1, [])
        for number in 1..<4 { try FileManager.default.copyItem(atPath: first, toPath: folder.file("a\(number).png")) }
        try FileManager.default.copyItem(atPath: first, toPath: folder.file("a%d.png"))
        #expect(try VideoReader(path: folder.file("a%d.png")).frameCount == 1)
    }

    @Test func aPipeIsRefusedAndNotWaitedFor() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("pipe.mp4")
        #expect(mkfifo(path, 0o600) == 0)
        let error = try #require(failure { _ = try VideoReader(path: path) })
        #expect(error.message.contains("a pipe or device"), "\(error)")
    }

    @Test func readingEndsWhenTheTimeIsUp() throws {
        let folder = try TemporaryFolder()
        let path = try folder.video("a.mkv", ["-c:v", "ffv1"])
        MediaLimits.setTimeLimit(seconds: 0)
        defer { MediaLimits.setTimeLimit(seconds: MediaLimits.standardTimeLimitSeconds) }
        let error = try #require(failure { _ = try VideoReader(path: path) })
        #expect(error.kind == .tooSlow && error.remedies == [.readTimeout], "\(error)")
        MediaLimits.setTimeLimit(seconds: 60)
        #expect(try VideoReader(path: path).frameCount == 40)
    }

    /// Writes numbers of two or four bytes over a part of a file.
    private func patch(_ path: String, at place: Int, _ bytes: [UInt8]) throws {
        var data = try #require(FileManager.default.contents(atPath: path))
        data.replaceSubrange(place..<place + bytes.count, with: bytes)
        try data.write(to: URL(fileURLWithPath: path))
    }

    @Test func aHeaderOfGiantPicturesIsRefusedWithLittleMemory() throws {
        let folder = try TemporaryFolder()
        let gif = try folder.video("giant.gif", frames: 4, [])
        try patch(gif, at: 6, [0xFF, 0xFF, 0xFF, 0xFF])
        let y4m = folder.file("giant.y4m")
        try "YUV4MPEG2 W20000 H20000 F25:1 C420\nFRAME\n0123456789".write(
            toFile: y4m, atomically: true, encoding: .utf8)
        let ivf = try folder.video("giant.ivf", frames: 4, ["-c:v", "libvpx-vp9", "-deadline", "realtime"])
        // The container's size, which the decoder does not look at; and Matroska's, which it does not either.
        try patch(ivf, at: 12, [0xFF, 0xFF, 0xFF, 0xFF])
        for path in [gif, y4m] {
            let grown = try peakGrowth {
                let error = failure {
                    let reader = try VideoReader(path: path)
                    _ = try reader.frames(at: [0], form: PictureForm(size: FrameSize(16)))
                }
                #expect(error?.kind == .tooLarge, "\(path): \(error.map(String.init(describing:)) ?? "read")")
                #expect(error?.message.contains("ffmpeg -i") ?? false)
            }
            #expect(grown < 100, "\(path): \(grown) MiB")
        }
        let grown = try peakGrowth {
            _ = failure {
                let reader = try VideoReader(path: ivf)
                _ = try reader.frames(at: [0], form: PictureForm(size: FrameSize(16)))
            }
        }
        #expect(grown < 100, "\(grown) MiB")
    }

    /// A fragment's header may give all its frames one size, and then needs no bytes for each of them.
    @Test(arguments: [20_000_000, 80_000_000, 1_000_000_000])
    func aHeaderThatPromisesMillionsOfFramesTakesLittleMemory(_ count: UInt32) throws {
        let folder = try TemporaryFolder()
        let path = try folder.video(
            "many.mp4", frames: 10,
            ["-c:v", "mpeg4", "-g", "10", "-movflags", "frag_keyframe+empty_moov+default_base_moof"])
        let data = try #require(FileManager.default.contents(atPath: path))
        let place = try #require(data.range(of: Data("trun".utf8))).upperBound
        try patch(
            path, at: place, [0, 0, 0, 1] + (0..<4).reversed().map { UInt8(truncatingIfNeeded: count >> (8 * $0)) })
        let clock = ContinuousClock.now
        let grown = try peakGrowth {
            let error = failure {
                let reader = try VideoReader(path: path)
                if let damage = reader.damage { throw VideoError(.damaged, path, damage) }
                _ = try reader.frames(at: [reader.frameCount - 1], form: PictureForm(size: FrameSize(16)))
            }
            #expect(error != nil)
        }
        #expect(grown < 400, "\(grown) MiB")
        #expect(ContinuousClock.now - clock < .seconds(20))
    }

    @Test(arguments: [(40000, 1), (1, 40000), (60000, 2), (2, 60000)])
    func longThinPicturesAreCutBeforeTheyAreScaled(_ width: Int, _ height: Int) throws {
        let folder = try TemporaryFolder()
        let path = folder.file("long.mkv")
        // Values rise from 0 to 250 along the longer side.
        let ramp = width > height ? "250*X/\(width)" : "250*Y/\(height)"
        try FFmpegProgram.run([
            "-f", "lavfi", "-i", "nullsrc=size=\(width)x\(height):rate=1,format=gray,geq=lum='\(ramp)'",
            "-frames:v", "1",
            "-c:v", "png", path,
        ])
        let reader = try VideoReader(path: path)
        for (place, expected) in [(Float(0), 0...2), (0.5, 123...127), (0.9999, 247...251)] {
            let form = PictureForm(
                size: FrameSize(64), crop: CropPlace(vertical: place, horizontal: place), colour: .grey)
            let grown = try peakGrowth {
                let values = try reader.frames(at: [0], form: form).scalars(as: UInt8.self)
                #expect(values.count == 64 * 64)
                #expect(values.allSatisfy { expected.contains(Int($0)) }, "\(values.prefix(9))")
            }
            #expect(grown < 60, "\(grown) MiB")
        }
    }

    @Test func decodedPicturesBeyondTheBudgetAreRefused() throws {
        let folder = try TemporaryFolder()
        let path = try folder.video(
            "deep.mp4", frames: 24, size: "320x240", ["-c:v", "libx264", "-refs", "16", "-bf", "3", "-g", "24"])
        let form = PictureForm(size: FrameSize(32))
        let error = try #require(
            failure {
                let reader = try VideoReader(path: path, threads: 1, mostPictureBytes: 300_000)
                _ = try reader.frames(at: [20], form: form)
            })
        #expect(error.kind == .tooLarge || error.kind == .damaged, "\(error)")
        // The same stream with room decodes, and gives back all that it took.
        let reader = try VideoReader(path: path, threads: 2, mostPictureBytes: 20_000_000)
        let all = try reader.frames(at: Array(0..<24), form: form).scalars(as: UInt8.self)
        let plain = try VideoReader(path: path, threads: 2).frames(at: Array(0..<24), form: form)
        #expect(all == plain.scalars(as: UInt8.self))
    }
}
