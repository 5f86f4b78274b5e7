import AuspexSupport
import AuspexTensors
import AuspexVideo
import Foundation
import TestSupport
import Testing

@Suite struct PictureOrientationTests {
    /// By the words of the Exif standard: which side of the shown picture the stored row 0 and column 0 are.
    private static let sides: [Int: (row: String, column: String)] = [
        1: ("top", "left"), 2: ("top", "right"), 3: ("bottom", "right"), 4: ("bottom", "left"), 5: ("left", "top"),
        6: ("right", "top"), 7: ("right", "bottom"), 8: ("left", "bottom"),
    ]

    /// Stored `[H, W, C]` pixels, rotated for display.
    private func shown(_ pixels: [UInt8], height: Int, width: Int, channels: Int, value: Int) throws -> (
        pixels: [UInt8], size: FrameSize
    ) {
        let (row, column) = try #require(Self.sides[value])
        let isOnItsSide = value > 4
        let size = isOnItsSide ? FrameSize(height: width, width: height) : FrameSize(height: height, width: width)
        var out = [UInt8](repeating: 0, count: pixels.count)
        for r in 0..<height {
            for c in 0..<width {
                let fromRow = ["top", "left"].contains(row) ? r : height - 1 - r
                let fromColumn = ["top", "left"].contains(column) ? c : width - 1 - c
                let (y, x) = isOnItsSide ? (fromColumn, fromRow) : (fromRow, fromColumn)
                for k in 0..<channels {
                    out[(y * size.width + x) * channels + k] = pixels[(r * width + c) * channels + k]
                }
            }
        }
        return (out, size)
    }

    private func frame(of folder: String, size: FrameSize) throws -> [UInt8] {
        let request = ClipRequest(frames: 1, size: size)
        return try openSource(folder).clip(at: ClipPlace(item: 0), request: request).frames.scalars(as: UInt8.self)
    }

    @Test(arguments: 1...8) func aPNGIsShownAsItsExifSays(_ value: Int) throws {
        let folder = try TemporaryFolder()
        let stored = noise([1, 6, 10, 3]).scalars(as: UInt8.self)
        let file = PNGFile(
            width: 10, height: 6, colour: .rgb, pixels: stored,
            exif: exifBlock(orientation: value, bigEndian: value % 2 == 0))
        try Data(file.bytes).write(to: URL(fileURLWithPath: folder.file("1.png")))
        let expected = try shown(stored, height: 6, width: 10, channels: 3, value: value)
        #expect(try frame(of: folder.path, size: expected.size) == expected.pixels)
        // A single picture is turned like one of a folder.
        #expect(try frame(of: folder.file("1.png"), size: expected.size) == expected.pixels)
        let report = try openSource(folder.path).inspect(for: ClipRequest(frames: 1, size: FrameSize(4)))
        #expect(report.items.first?.oddities == [] && report.items.first?.problem == nil)
    }

    @Test(.enabled(if: FFmpegProgram.isExpected), arguments: 1...8)
    func aJPEGIsShownAsTheProgramShowsIt(_ value: Int) throws {
        let folder = try TemporaryFolder()
        let plain = folder.file("plain.jpg")
        try FFmpegProgram.run([
            "-f", "lavfi", "-i", "testsrc2=size=96x64", "-frames:v", "1", "-q:v", "2", "-pix_fmt", "yuvj444p", plain,
        ])
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: plain)))
        let turned = folder.file("set/turned.jpg")
        try FileManager.default.createDirectory(atPath: folder.file("set"), withIntermediateDirectories: true)
        try Data(jpeg(bytes, exif: exifBlock(orientation: value))).write(to: URL(fileURLWithPath: turned))
        let stored = try frame(of: plain, size: FrameSize(height: 64, width: 96))
        let expected = try shown(stored, height: 64, width: 96, channels: 3, value: value)
        let found = try frame(of: folder.file("set"), size: expected.size)
        #expect(found == expected.pixels)
        let program = try FFmpegProgram.run([
            "-i", turned, "-pix_fmt", "rgb24", "-sws_flags", "accurate_rnd", "-f", "rawvideo", "-",
        ])
        try #require(program.count == found.count)
        let difference = zip(program, found).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
        #expect(Double(difference) / Double(found.count) < 2)
    }

    @Test(arguments: 1...8) func webPAndTIFFSayItToo(_ value: Int) {
        let expected = Orientation(exif: value)
        let block = exifBlock(orientation: value, bigEndian: value > 4)
        let padded = block.count % 2 == 0 ? block : block + [0]
        func size(_ count: Int) -> [UInt8] { (0..<4).map { UInt8(count >> (8 * $0) & 255) } }
        let picture = Array("VP8 ".utf8) + size(3) + [1, 2, 3, 0]
        for mark in [[], Array("Exif".utf8) + [0, 0]] {
            let webP =
                Array("RIFF".utf8) + size(padded.count + mark.count + 20) + Array("WEBP".utf8) + picture
                + Array("EXIF".utf8) + size(block.count + mark.count) + mark + padded
            #expect(webP.withUnsafeBytes { Orientation(pictureBytes: $0) } == expected)
        }
        #expect(block.withUnsafeBytes { Orientation(pictureBytes: $0) } == expected)
        #expect(
            exifBlock(orientation: value, isLong: true).withUnsafeBytes { Orientation(pictureBytes: $0) } == expected)
    }

    @Test func brokenBlocksCountAsUpright() {
        let png = PNGFile(width: 1, height: 1, colour: .grey, pixels: [9], exif: exifBlock(orientation: 6)).bytes
        #expect(png.withUnsafeBytes { Orientation(pictureBytes: $0) }.clockwiseDegrees == 90)
        let webP = Array("RIFF    WEBPEXIF".utf8) + [255, 255, 255, 255] + exifBlock(orientation: 6)
        for file in [png, jpeg([0xFF, 0xD8, 0xFF, 0xD9], exif: exifBlock(orientation: 6)), webP] {
            // Truncated anywhere, or with any byte changed: nothing outside is read, and the result is an orientation.
            for count in 0...file.count {
                _ = file[..<count].withUnsafeBytes { Orientation(pictureBytes: $0) }
            }
            for place in file.indices {
                var damaged = file
                damaged[place] ^= 0xFF
                _ = damaged.withUnsafeBytes { Orientation(pictureBytes: $0) }
            }
        }
        for value in [0, 9, 65535] {
            #expect(exifBlock(orientation: value).withUnsafeBytes { Orientation(pictureBytes: $0) } == .upright)
        }
        #expect([UInt8]().withUnsafeBytes { Orientation(pictureBytes: $0) } == .upright)
    }
}
