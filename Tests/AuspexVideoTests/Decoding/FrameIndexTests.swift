import AuspexTensors
import AuspexVideo
import Foundation
import Testing

/// The index as a value, and the batch that knows what was written to it.
struct FrameIndexTests {
    @Test(.enabled(if: FFmpegProgram.isExpected)) func anIndexCanBeKept() throws {
        let folder = try TemporaryFolder()
        for (name, options) in [("a.mkv", ["-c:v", "ffv1"]), ("b.gif", [])] {
            let index = try VideoReader(path: folder.video(name, options)).index
            #expect(index.isCounted == name.hasSuffix("gif"))
            let kept = try JSONEncoder().encode(index)
            #expect(try JSONDecoder().decode(FrameIndex.self, from: kept) == index)
        }
    }

    @Test func aPictureThatWasNotWrittenIsNotHandedOut() throws {
        var batch = PictureBatch(frames: [4, 5, 5, 7], size: FrameSize(2), channels: 1)
        try batch.write(frame: 4) { $0.update(repeating: 40, count: 4) }
        try batch.write(frame: 6) { $0.update(repeating: 60, count: 4) }
        try batch.write(frame: 7) { $0.update(repeating: 70, count: 4) }
        let error = #expect(throws: VideoError.self) { try batch.finished(path: "film.mp4") }
        #expect(error?.message.contains("frame 5") == true)
        try batch.write(frame: 5) { $0.update(repeating: 50, count: 4) }
        let pictures = try batch.finished(path: "film.mp4")
        #expect(pictures.scalars(as: UInt8.self) == [40, 50, 50, 70].flatMap { [UInt8](repeating: $0, count: 4) })
    }

    @Test func aSecondAttemptForgetsTheFirst() throws {
        var batch = PictureBatch(frames: [0, 1], size: FrameSize(2), channels: 1)
        for frame in [0, 1] { try batch.write(frame: frame) { $0.update(repeating: 1, count: 4) } }
        batch.reset()
        try batch.write(frame: 1) { $0.update(repeating: 2, count: 4) }
        #expect(throws: VideoError.self) { try batch.finished(path: "film.mp4") }
    }

    @Test func aPictureThatFailsIsNotWritten() throws {
        struct Failure: Error {}
        var batch = PictureBatch(frames: [0], size: FrameSize(2), channels: 1)
        #expect(throws: Failure.self) { try batch.write(frame: 0) { _ in throw Failure() } }
        #expect(throws: VideoError.self) { try batch.finished(path: "film.mp4") }
    }
}
