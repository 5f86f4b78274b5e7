import AuspexTensors
import AuspexVideo
import Foundation
import TestSupport
import Testing

/// Pictures of more than eight bits, and of a palette.
@Suite struct PictureDepthTests {
    private func frame(
        _ bytes: [UInt8], size: FrameSize, filter: ClipRequest.ScalingFilter = .area,
        colour: ClipRequest.Colour = .rgb
    ) throws -> [UInt8] {
        let folder = try TemporaryFolder()
        try Data(bytes).write(to: URL(fileURLWithPath: folder.file("1.png")))
        let request = ClipRequest(frames: 1, size: size, filter: filter, colour: colour)
        let source = try openSource(folder.path)
        let frame = try source.clip(at: ClipPlace(item: 0), request: request).frames
        // The file by itself gives the same.
        let alone = try openSource(folder.file("1.png")).clip(at: ClipPlace(item: 0), request: request).frames
        #expect(same(alone, frame))
        return frame.scalars(as: UInt8.self)
    }

    private func hasAlpha(_ bytes: [UInt8]) throws -> Bool? {
        let folder = try TemporaryFolder()
        try Data(bytes).write(to: URL(fileURLWithPath: folder.file("1.png")))
        let reports = try [folder.path, folder.file("1.png")].map {
            try openSource($0).inspect(for: ClipRequest(frames: 1, size: FrameSize(4)))
        }
        let found = reports.map { $0.items.first?.video?.hasAlpha }
        #expect(found[0] == found[1])
        return found[0]
    }

    private func doubled(_ values: [UInt8]) -> [UInt8] { values.flatMap { [$0, $0] } }

    /// v · 257 is what eight bits become at sixteen.
    @Test(arguments: [PNGFile.Colour.rgb, .grey, .rgba, .greyAlpha]) func sixteenBitsGiveWhatEightDo(
        _ colour: PNGFile.Colour
    ) throws {
        let channels = [PNGFile.Colour.rgb: 3, .grey: 1, .rgba: 4, .greyAlpha: 2][colour] ?? 0
        var values = noise([1, 16, 16 * channels, 1], seed: 4).scalars(as: UInt8.self)
        // Every level is there.
        for pixel in 0..<256 { values[pixel * channels] = UInt8(pixel) }
        let eight = PNGFile(width: 16, height: 16, colour: colour, pixels: values).bytes
        let sixteen = PNGFile(width: 16, height: 16, depth: 16, colour: colour, pixels: doubled(values)).bytes
        for size in [FrameSize(16), FrameSize(7), FrameSize(height: 24, width: 20)] {
            for filter in ClipRequest.ScalingFilter.allCases {
                let expected = try frame(eight, size: size, filter: filter)
                #expect(try frame(sixteen, size: size, filter: filter) == expected, "\(size), \(filter)")
            }
            let grey = try frame(eight, size: size, colour: .grey)
            #expect(try frame(sixteen, size: size, colour: .grey) == grey)
        }
        if colour == .rgb { #expect(try frame(sixteen, size: FrameSize(16)) == values) }
    }

    @Test func sixteenBitsAreRoundedToTheNearest() throws {
        let values = (0..<64 * 64).map { $0 * 16 + $0 / 256 }
        let pixels = values.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }
        let file = PNGFile(width: 64, height: 64, depth: 16, colour: .grey, pixels: pixels).bytes
        let expected = values.map { UInt8((Double($0) / 257).rounded()) }
        #expect(try frame(file, size: FrameSize(64), colour: .grey) == expected)
    }

    /// Deep video takes the same way: ten bits of grey, twelve of RGB.
    @Test(.enabled(if: FFmpegProgram.isExpected), arguments: [("gray10le", 10, 1), ("gbrp12le", 12, 3)])
    func deepVideoGivesWhatEightBitsDo(_ format: String, _ depth: Int, _ planes: Int) throws {
        let folder = try TemporaryFolder()
        let levels = (0..<planes).map { plane in (0..<256).map { ($0 * (2 * plane + 1)) % 256 } }
        let largest = Double(1 << depth - 1)
        let deep = levels.flatMap { plane in
            plane.flatMap { level -> [UInt8] in
                let value = Int((Double(level) * largest / 255).rounded())
                return [UInt8(value & 255), UInt8(value >> 8)]
            }
        }
        try Data(deep).write(to: URL(fileURLWithPath: folder.file("raw")))
        try FFmpegProgram.run([
            "-f", "rawvideo", "-pix_fmt", format, "-s", "16x16", "-i", folder.file("raw"), "-c:v", "ffv1",
            "-color_range", "pc", folder.file("deep.mkv"),
        ])
        let form = PictureForm(size: nil, colour: planes == 1 ? .grey : .rgb)
        let found = try VideoReader(path: folder.file("deep.mkv")).frames(at: [0], form: form)
        // Planes are green, blue, red.
        let order = planes == 1 ? [0] : [2, 0, 1]
        let expected = (0..<256).flatMap { pixel in order.map { UInt8(levels[$0][pixel]) } }
        #expect(found.scalars(as: UInt8.self) == expected)
    }

    private static let palette: [UInt8] = [255, 0, 0, 0, 255, 0, 0, 0, 255, 10, 20, 30]

    @Test(arguments: [UInt8(1), 2, 4, 8]) func indexedPicturesWithoutTransparencyAreRead(_ depth: UInt8) throws {
        let colours = min(4, 1 << Int(depth))
        let indices = (0..<8 * 8).map { UInt8($0 * 7 % colours) }
        let perByte = 8 / Int(depth)
        let packed = stride(from: 0, to: indices.count, by: perByte).map { first in
            indices[first..<first + perByte].reduce(UInt8(0)) { $0 << depth | $1 }
        }
        let file = PNGFile(
            width: 8, height: 8, depth: depth, colour: .indexed, pixels: packed,
            palette: Array(Self.palette.prefix(3 * colours))
        ).bytes
        #expect(try hasAlpha(file) == false)
        let expected = indices.flatMap { Self.palette[Int($0) * 3..<Int($0) * 3 + 3] }
        #expect(try frame(file, size: FrameSize(8)) == expected)
    }

    @Test func transparencyIsAlphaWhereverItIs() throws {
        let indices = (0..<64).map { UInt8($0 % 4) }
        var file = PNGFile(width: 8, height: 8, colour: .indexed, pixels: indices, palette: Self.palette)
        file.transparency = [255, 255, 0]
        #expect(try hasAlpha(file.bytes) == true)
        file.transparency = [255, 255, 255, 254]
        #expect(try hasAlpha(file.bytes) == true)
        // A table of opaque colours hides nothing.
        file.transparency = [255, 255]
        #expect(try hasAlpha(file.bytes) == false)
        let rgba = PNGFile(width: 2, height: 2, colour: .rgba, pixels: [UInt8](repeating: 255, count: 16))
        #expect(try hasAlpha(rgba.bytes) == true)
        var rgb = PNGFile(width: 2, height: 2, colour: .rgb, pixels: [UInt8](repeating: 7, count: 12))
        #expect(try hasAlpha(rgb.bytes) == false)
        rgb.transparency = [0, 7, 0, 7, 0, 7]
        #expect(try hasAlpha(rgb.bytes) == true)
    }
}
