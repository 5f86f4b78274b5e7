import AuspexTensors
import AuspexVideo
import Foundation
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

    @Test(arguments: LossyCodec.allCases.filter(\.isAvailable)) func comesBackNearlyAsItWas(codec: LossyCodec) throws {
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
        for codec in LossyCodec.allCases where codec.isAvailable {
            let odd = try drawn(height: 33, width: 47)
            #expect(try codec.reencoded(odd).shape == odd.shape)
            let grey = try drawn(colour: .grey)
            let read = try codec.reencoded(grey)
            #expect(read.shape == grey.shape && meanError(read, grey) < 4)
        }
    }

    /// H.264 as the program makes and reads it with nothing but its defaults: the same pixels.
    @Test(
        .enabled(if: FFmpegProgram.isExpected && LossyCodec.h264.isAvailable),
        arguments: [(72, 96), (64, 64), (130, 94), (48, 200)])
    func asTheProgramDoesUnasked(height: Int, width: Int) throws {
        let clip = try drawn(height: height, width: width)
        let folder = try TemporaryFolder()
        let raw = folder.file("raw")
        try Data(clip.scalars(as: UInt8.self)).write(to: URL(fileURLWithPath: raw))
        let form = ["-f", "rawvideo", "-pix_fmt", "rgb24"]
        try FFmpegProgram.run(
            form + [
                "-s", "\(width)x\(height)", "-r", "25", "-i", raw, "-c:v", "libx264", "-pix_fmt", "yuv420p",
                folder.file("a.mp4"),
            ])
        let bytes = try FFmpegProgram.run(["-i", folder.file("a.mp4")] + form + ["-"])
        let program = Tensor(bytes, shape: clip.shape)
        #expect(meanError(program, clip) > 0.1)
        #expect(meanError(try LossyCodec.h264.reencoded(clip), program) == 0)
    }
}
