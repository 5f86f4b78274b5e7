import AuspexVideo
import Foundation
import Testing

/// Codec × container × structure × place, every frame against a full decode by the ffmpeg program.
@Suite(.enabled(if: FFmpegProgram.isExpected)) struct FrameMatrixTests {
    enum Structure: String, CaseIterable, Sendable {
        case closedGOP, openGOP, withoutB, pyramid, intraRefresh
        /// The first packets are missing: what follows refers to them.
        case cutAtANonKey
        /// Two recordings, the second of which begins as the first did.
        case joined
        /// The second recording begins in an open GOP, with pictures that refer to what was cut off.
        case joinedInAnOpenGOP
    }

    struct Codec: Sendable {
        var encoder: String
        /// What it is encoded into, with all its times, before it is copied to the others.
        var first: String
        var containers: [String]
        var options: @Sendable (Structure) -> [String]?
    }

    static let codecs = [
        Codec(
            encoder: "libx264", first: "mp4", containers: ["mp4", "fragments.mp4", "mkv", "ts", "avi", "h264"],
            options: { structure in
                let open = [.openGOP, .joinedInAnOpenGOP].contains(structure) ? ":open-gop=1" : ""
                let refresh = structure == .intraRefresh ? ":intra-refresh=1" : ""
                let hasB = ![.withoutB, .intraRefresh].contains(structure)
                return [
                    "-g", "12", "-bf", hasB ? "3" : "0", "-x264-params",
                    "scenecut=0:b-adapt=0:b-pyramid=\(structure == .pyramid ? "normal" : "none")\(open)\(refresh)",
                ]
            }),
        Codec(
            encoder: "libx265", first: "mp4", containers: ["mp4", "mkv", "ts", "hevc"],
            options: { structure in
                guard structure != .intraRefresh else { return nil }
                let open = [.openGOP, .joinedInAnOpenGOP].contains(structure) ? 1 : 0
                let pyramid = structure == .pyramid ? 1 : 0
                return [
                    "-x265-params",
                    "keyint=12:min-keyint=12:scenecut=0:bframes=\(structure == .withoutB ? 0 : 3):open-gop=\(open):"
                        + "b-pyramid=\(pyramid):log-level=none",
                ]
            }),
        Codec(encoder: "mpeg2video", first: "ts", containers: ["ts", "mkv", "mpg"], options: mpegOptions),
        Codec(encoder: "mpeg4", first: "mp4", containers: ["mp4", "mkv", "avi"], options: mpegOptions),
        Codec(
            encoder: "libvpx-vp9", first: "webm", containers: ["webm", "mp4"],
            options: { plain($0, ["-auto-alt-ref", "1", "-lag-in-frames", "10", "-deadline", "realtime"]) }),
        Codec(
            encoder: "libvpx", first: "webm", containers: ["webm"],
            options: { plain($0, ["-auto-alt-ref", "1", "-lag-in-frames", "10", "-deadline", "realtime"]) }),
        Codec(
            encoder: "libsvtav1", first: "mkv", containers: ["mkv", "mp4"],
            options: { plain($0, ["-preset", "12"]) }),
        Codec(encoder: "ffv1", first: "mkv", containers: ["mkv", "avi"], options: { plain($0, []) }),
        Codec(encoder: "mjpeg", first: "avi", containers: ["avi", "mkv"], options: { plain($0, ["-q:v", "3"]) }),
        Codec(encoder: "msmpeg4", first: "avi", containers: ["avi"], options: { plain($0, ["-q:v", "3"]) }),
    ]

    @Sendable private static func mpegOptions(_ structure: Structure) -> [String]? {
        guard structure != .intraRefresh, structure != .pyramid else { return nil }
        let isOpen = structure == .openGOP || structure == .joinedInAnOpenGOP
        return [
            "-g", "12", "-bf", structure == .withoutB ? "0" : "2", "-q:v", "3", "-flags", isOpen ? "-cgop" : "+cgop",
            "-sc_threshold", "1000000000",
        ]
    }

    /// Codecs that show frames in the order they are coded.
    @Sendable private static func plain(_ structure: Structure, _ options: [String]) -> [String]? {
        [.withoutB, .cutAtANonKey, .joined].contains(structure) ? ["-g", "12"] + options : nil
    }

    @Test(arguments: codecs.indices.filter { FFmpegProgram.expects(encoder: codecs[$0].encoder) }, Structure.allCases)
    func everyFrameIsThatOfAFullDecode(_ number: Int, _ structure: Structure) throws {
        let codec = Self.codecs[number]
        guard let options = codec.options(structure) else { return }
        let folder = try TemporaryFolder()
        let encoding = ["-pix_fmt", codec.encoder == "mjpeg" ? "yuvj420p" : "yuv420p", "-c:v", codec.encoder] + options
        let whole = try folder.video("whole.\(codec.first)", encoding)
        let input: [String]
        switch structure {
        case .cutAtANonKey: input = ["-i", whole, "-bsf:v", "noise=drop=not(floor(n/5))"]
        case .joined:
            let second = try folder.video("second.\(codec.first)", frames: 31, encoding)
            input = ["-f", "concat", "-safe", "0", "-i", try folder.list([whole, second])]
        case .joinedInAnOpenGOP:
            // MPEG-TS is cut at the requested place; the program cannot copy MPEG-4 out of it again.
            let ending = codec.encoder == "mpeg4" ? "mp4" : "ts"
            let (first, second) = (folder.file("first.\(ending)"), folder.file("second.\(ending)"))
            try FFmpegProgram.run(["-i", whole, "-c", "copy", first])
            try FFmpegProgram.run(["-ss", "0.6", "-i", first, "-c", "copy", second])
            input = ["-f", "concat", "-safe", "0", "-i", try folder.list([first, second])]
        default: input = ["-i", whole]
        }
        for container in codec.containers {
            // The program itself finds no parameters in such a file.
            if structure == .cutAtANonKey, container == "hevc" { continue }
            let file = folder.file("file.\(container)")
            let fragments = container == "fragments.mp4" ? ["-movflags", "frag_keyframe+empty_moov"] : []
            try FFmpegProgram.run(input + ["-c", "copy"] + fragments + [file])
            // Without the pictures that others refer to, what FFmpeg shows depends on its threads.
            let lacks = structure == .cutAtANonKey || structure == .joinedInAnOpenGOP
            let differences = try FullDecode(of: file).differences(allowing: lacks ? 8 : 0)
            #expect(differences == [])
        }
    }
}

extension TemporaryFolder {
    /// A list for ffmpeg's `concat` demuxer.
    func list(_ files: [String]) throws -> String {
        let list = file("list.ffconcat")
        try files.map { "file '\($0)'\n" }.joined().write(toFile: list, atomically: true, encoding: .utf8)
        return list
    }
}
