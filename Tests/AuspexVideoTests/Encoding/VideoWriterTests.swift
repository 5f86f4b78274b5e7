import AuspexSupport
import AuspexTensors
import AuspexVideo
import Foundation
import TestSupport
import Testing

@Suite("Writing clips, read back by the ffmpeg program", .enabled(if: FFmpegProgram.isExpected))
struct VideoWriterTests {
    let folder: TestSupport.TemporaryFolder

    init() throws { folder = try TestSupport.TemporaryFolder() }

    private func shapes(_ frames: Int, height: Int, width: Int) throws -> Tensor {
        let request = ClipRequest(frames: frames, size: FrameSize(height: height, width: width))
        return try MovingShapes().clip(at: 0, from: RandomStream(seed: 5, name: "test"), request: request).frames
    }

    @Test(
        "MKV keeps every bit, odd sizes, colour and grey",
        arguments: [[7, 33, 47, 3], [4, 64, 64, 1], [1, 17, 9, 3], [1, 5, 3, 1]])
    func lossless(shape: [Int]) throws {
        let clip = noise(shape)
        let path = folder.file("clip.mkv")
        try VideoWriter(path, frameIntervalSeconds: 0.04).write(clip)
        #expect(try WrittenFile.property("stream=codec_name", of: path) == ["ffv1"])
        let back = try WrittenFile.decoded(path, height: shape[1], width: shape[2], channels: shape[3])
        #expect(same(back, clip))
    }

    @Test("MP4 looks the same, tags its colours, starts fast", arguments: [(96, 128), (97, 131)])
    func mp4(height: Int, width: Int) throws {
        let clip = try shapes(9, height: height, width: width)
        let path = folder.file("clip.mp4")
        try VideoWriter(path, frameIntervalSeconds: 1001.0 / 30000).write(clip)
        let (tall, wide) = ((height + 1) / 2 * 2, (width + 1) / 2 * 2)
        let back = try WrittenFile.decoded(path, height: tall, width: wide, channels: 3)
        #expect(back.shape == [9, tall, wide, 3])
        #expect(peakSignalToNoise(cropped(back, height: height, width: width), clip) > 33)
        #expect(
            try WrittenFile.property(
                "stream=pix_fmt,color_range,color_space,color_transfer,color_primaries,r_frame_rate", of: path)
                == ["yuv420p,tv,bt709,bt709,bt709,30000/1001"])
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        let (index, media) = (bytes.range(of: Data("moov".utf8)), bytes.range(of: Data("mdat".utf8)))
        #expect(try #require(index).lowerBound < (try #require(media)).lowerBound)
    }

    @Test("The tagged matrix is the one that was used: flat colours come back")
    func colours() throws {
        let colours: [[UInt8]] = [
            [200, 30, 40], [20, 180, 60], [40, 50, 220], [255, 255, 255], [0, 0, 0], [128, 128, 128],
        ]
        for colour in colours {
            let clip = Tensor((0..<64 * 64).flatMap { _ in colour }, shape: [1, 64, 64, 3])
            let path = folder.file("flat.mp4")
            try VideoWriter(path, frameIntervalSeconds: 0.1, overwriting: true).write(clip)
            let back = try WrittenFile.decoded(path, height: 64, width: 64, channels: 3).scalars(as: UInt8.self)
            for channel in 0..<3 {
                #expect(abs(Int(back[(32 * 64 + 32) * 3 + channel]) - Int(colour[channel])) <= 3, "\(colour)")
            }
        }
    }

    @Test func greyMP4() throws {
        let clip = noise([3, 32, 32, 1])
        let path = folder.file("grey.mp4")
        try VideoWriter(path, frameIntervalSeconds: 0.1).write(clip)
        #expect(
            peakSignalToNoise(try WrittenFile.decoded(path, height: 32, width: 32, channels: 1), clip) > 30)
    }

    @Test("A GIF's frames and times", arguments: [false, true])
    func gif(dithered: Bool) throws {
        let clip = try shapes(6, height: 64, width: 81)
        let path = folder.file("clip.gif")
        var writer = try VideoWriter(path, frameIntervalSeconds: 1.0 / 30)
        writer.dithersGIF = dithered
        try writer.write(clip)
        let back = try WrittenFile.decoded(path, height: 64, width: 81, channels: 3)
        #expect(back.shape == clip.shape)
        #expect(peakSignalToNoise(back, clip) > (dithered ? 30 : 36))
        // 1/30 s in hundredths: 3, 4, 3, and so on, so that nothing drifts.
        let times = try WrittenFile.property("packet=pts_time", of: path).map { Double($0.prefix { $0 != "," }) }
        #expect(times == [0, 0.03, 0.07, 0.1, 0.13, 0.17])
    }

    @Test func folderOfFrames() throws {
        let clip = noise([3, 19, 23, 3])
        let path = folder.file("frames")
        try VideoWriter(path + "/", frameIntervalSeconds: 0.1).write(clip)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: path).sorted() == [
                "00000.png", "00001.png", "00002.png",
            ])
        #expect(same(try WrittenFile.decoded(path + "/%05d.png", height: 19, width: 23, channels: 3), clip))
    }

    @Test("PNG bytes keep every pixel", arguments: [1, 3])
    func png(channels: Int) throws {
        let picture = noise([13, 29, channels])
        let path = try folder.write(pngData(from: picture), as: "picture.png")
        #expect(try WrittenFile.property("stream=pix_fmt", of: path) == [channels == 1 ? "gray" : "rgb24"])
        let back = try WrittenFile.decoded(path, height: 13, width: 29, channels: channels)
        #expect(same(back.reshaped(to: [13, 29, channels]), picture))
    }

    @Test("Frames may come one by one")
    func streamed() throws {
        let clip = noise([5, 16, 16, 3])
        let path = folder.file("clip.mkv")
        let size = 16 * 16 * 3
        let bytes = clip.scalars(as: UInt8.self)
        try VideoWriter(path, frameIntervalSeconds: 0.1).write(
            frames: (0..<5).lazy.map { Tensor(Array(bytes[$0 * size..<($0 + 1) * size]), shape: [16, 16, 3]) })
        #expect(same(try WrittenFile.decoded(path, height: 16, width: 16, channels: 3), clip))
    }

    private func cropped(_ clip: Tensor, height: Int, width: Int) -> Tensor {
        let (count, tall, wide, channels) = (clip.shape[0], clip.shape[1], clip.shape[2], clip.shape[3])
        let bytes = clip.scalars(as: UInt8.self)
        var kept: [UInt8] = []
        for frame in 0..<count {
            for row in 0..<height {
                let first = (frame * tall + row) * wide * channels
                kept += bytes[first..<first + width * channels]
            }
        }
        return Tensor(kept, shape: [count, height, width, channels])
    }
}

@Suite("NumPy arrays of clips") struct NumPyOutputTests {
    @Test(arguments: [[3, 8, 10, 3], [2, 5, 7, 5]])
    func roundTrip(shape: [Int]) throws {
        let folder = try TestSupport.TemporaryFolder()
        let clip = noise(shape)
        try VideoWriter(folder.file("clip.npy"), frameIntervalSeconds: 0.1).write(clip)
        #expect(try folder.names == ["clip.npy"])
        #expect(same(try NumPyArray(path: folder.file("clip.npy")).tensor(), clip))
    }
}
