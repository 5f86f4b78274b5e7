import AuspexSupport
import AuspexTensors
import AuspexVideo
import Foundation
import TestSupport
import Testing

@Suite struct LossyCodecTests {
    private func drawn(height: Int = 48, width: Int = 64, colour: ClipRequest.Colour = .rgb) throws -> Tensor {
        let request = ClipRequest(frames: 10, size: FrameSize(height: height, width: width), colour: colour)
        return try MovingShapes().clip(at: 0, from: RandomStream(seed: 3, name: "clips"), request: request).frames
    }

    private func meanError(_ a: Tensor, _ b: Tensor) -> Double {
        let pairs = zip(a.scalars(as: UInt8.self), b.scalars(as: UInt8.self))
        return pairs.reduce(0) { $0 + abs(Double($1.0) - Double($1.1)) } / Double(a.count)
    }

    /// An encoder may be missing on a laptop and must be there in CI.
    private static let expected = LossyCodec.allCases.filter {
        $0.isAvailable || ProcessInfo.processInfo.environment["CI"] != nil
    }

    /// Skipped by name where an encoder is missing: the tests below leave its codec out.
    @Test(
        .enabled(
            if: expected.count == LossyCodec.allCases.count,
            "FFmpeg lacks encoders for \(LossyCodec.allCases.filter { !$0.isAvailable }.map(\.rawValue))"))
    func everyCodecHasItsEncoder() { #expect(LossyCodec.allCases.allSatisfy { $0.isAvailable }) }

    @Test(arguments: expected) func comesBackNearlyAsItWas(codec: LossyCodec) throws {
        let clip = try drawn()
        let read = try codec.reencoded(clip)
        #expect(read.shape == clip.shape)
        let error = meanError(read, clip)
        #expect(error > 0.1 && error < 6, "\(error)")
        // The colours are in their places: halved chroma blurs them, and no more.
        let blue = { (clip: Tensor) in clip.sliced(3, from: 2, count: 1) }
        #expect(meanError(blue(read), blue(clip)) < 8)
    }

    @Test func oddSidesAndGrey() throws {
        for codec in Self.expected {
            let odd = try drawn(height: 33, width: 47)
            #expect(try codec.reencoded(odd).shape == odd.shape)
            let grey = try drawn(colour: .grey)
            let read = try codec.reencoded(grey)
            #expect(read.shape == grey.shape && meanError(read, grey) < 4)
        }
    }

    /// An encoder that reads uninitialised memory sometimes gives different pixels.
    @Test(arguments: expected) func theSameClipGivesTheSamePixelsEveryTime(codec: LossyCodec) throws {
        let clip = try drawn(height: 130, width: 94)
        let first = try codec.reencoded(clip)
        for round in 0..<40 {
            // What the allocator hands out next was used before, and for something else each time.
            let used = (0..<40).map { [UInt8](repeating: UInt8(round), count: 1000 << ($0 % 10)) }
            #expect(used.count == 40)
            try #require(same(try codec.reencoded(clip), first), "round \(round)")
        }
    }

    /// H.264 as the program makes and reads it with its defaults, on two processors: the same pixels.
    @Test(
        .enabled(if: FFmpegProgram.isExpected && expected.contains(.h264)),
        arguments: [(72, 96), (64, 64), (130, 94), (48, 200)])
    func h264IsTheProgramsDefault(height: Int, width: Int) throws {
        let clip = try drawn(height: height, width: width)
        let folder = try TemporaryFolder()
        let raw = folder.file("raw")
        try Data(clip.scalars(as: UInt8.self)).write(to: URL(fileURLWithPath: raw))
        let form = ["-f", "rawvideo", "-pix_fmt", "rgb24"]
        // What the program would choose depends on the machine's processors; on two it is this, and the pixels depend on it.
        let threads = min(3, max(1, (height + 15) / 16 / 2))
        try FFmpegProgram.run(
            form + [
                "-s", "\(width)x\(height)", "-r", "25", "-i", raw, "-c:v", "libx264", "-threads", "\(threads)",
                "-pix_fmt", "yuv420p", folder.file("a.mp4"),
            ])
        let bytes = try FFmpegProgram.run(["-i", folder.file("a.mp4")] + form + ["-"])
        let program = Tensor(bytes, shape: clip.shape)
        #expect(meanError(program, clip) > 0.1)
        #expect(meanError(try LossyCodec.h264.reencoded(clip), program) == 0)
    }
}
