import AuspexConfiguration
import AuspexModels
import AuspexRuns
import AuspexTensors
import AuspexVideo
import Foundation
import Testing

@Suite("A video of another rate is sampled in time to match the model's")
struct FrameRateTests {
    /// A lossless video of 30 frames a second whose n-th frame has the level 8n everywhere.
    private func withVideo(_ body: (String) throws -> Void) throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).mkv").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let levels = stacked((0..<24).map { Tensor(repeating: Float($0 * 8) / 127.5 - 1, shape: [32, 32, 3]) })
        try VideoWriter(path, frameIntervalSeconds: 1.0 / 30).write(levels.valuesAsPixels())
        try body(path)
    }

    private func frames(_ pixels: Tensor?) -> [Int] {
        guard let pixels else { return [] }
        return pixels.unstacked().map { frame in
            Int((mean(frame.pixelsAsValues()).scalar + 1) * 127.5 / 8 + 0.5)
        }
    }

    private func configuration() throws -> Configuration {
        try Configuration("trivd-tiny", assignments: ["model.contextFrames=3", "model.predictedFrames=3"])
    }

    struct Case: Sendable {
        var interval: Double?
        var context: [Int]
        var truth: [Int]
    }

    static let cases: [Case] = [
        Case(interval: nil, context: [8, 9, 10], truth: [11, 12, 13]),
        Case(interval: 1.0 / 30, context: [8, 9, 10], truth: [11, 12, 13]),
        Case(interval: 0.1, context: [4, 7, 10], truth: [13, 16, 19]),
        // Slower than the model: frames are given twice.
        Case(interval: 1.0 / 90, context: [9, 10, 10], truth: [10, 11, 11]),
    ]

    @Test(arguments: cases)
    func aVideo(_ expected: Case) throws {
        try withVideo { path in
            let pictures = try VideoContinuation(
                CopyLast(), configuration: configuration(), frameIntervalSeconds: expected.interval
            ).pictures(of: path, from: 10.0 / 30, frames: 3)
            #expect(frames(pictures[0].context) == expected.context)
            #expect(frames(pictures[0].truth) == expected.truth)
        }
    }

    /// 29.75 frames a second count as 30, as where clips of a source are evaluated: no frame is left out to make up for it.
    @Test func aRateWithinAHundredthIsTheSame() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).mkv").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let levels = stacked((0..<80).map { Tensor(repeating: Float($0 * 3) / 127.5 - 1, shape: [32, 32, 3]) })
        try VideoWriter(path, frameIntervalSeconds: 1.0 / 30).write(levels.valuesAsPixels())
        let interval = 1 / 29.75
        let request = ClipRequest(frames: 73, size: FrameSize(32), step: .matching(seconds: interval, stride: 1))
        let clip = try openSource(path).clip(at: ClipPlace(item: 0), request: request)
        let pictures = try VideoContinuation(
            CopyLast(), configuration: configuration(), frameIntervalSeconds: interval
        ).pictures(of: path, from: 2.0 / 30, frames: 70)
        #expect(clip.frameIndices == Array(0..<73))
        let truth = try #require(pictures[0].truth).scalars(as: UInt8.self)
        #expect(stride(from: 0, to: truth.count, by: 32 * 32 * 3).map { Int(truth[$0]) / 3 } == Array(3..<73))
    }

    /// A still has no time before it: its one frame must not replace missing frames.
    @Test func aSingleFrameIsNotAVideo() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).mkv").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try VideoWriter(path, frameIntervalSeconds: 1.0 / 30).write(Tensor(zeros: [1, 32, 32, 3]).valuesAsPixels())
        for interval in [nil, 1.0 / 30] as [Double?] {
            let continuation = try VideoContinuation(
                CopyLast(), configuration: configuration(), frameIntervalSeconds: interval)
            let error = #expect(throws: VideoError.self) { try continuation.pictures(of: path, frames: 3) }
            #expect(error?.message.contains("has 1 frame") == true)
        }
    }

    @Test func aSource() throws {
        try withVideo { path in
            let request = ClipRequest(
                frames: 4, size: FrameSize(32), step: .matching(seconds: 0.1, stride: 1))
            let source = try openSource(path)
            let clip = try source.clip(at: ClipPlace(item: 0), request: request)
            #expect(clip.frameIndices == [0, 3, 6, 9])
            #expect(clip.frameIntervalSeconds == 0.1)
            #expect(try source.places(for: request, atMost: nil).map(\.firstFrame) == [0, 10])
        }
    }

    @Test func anArrayHasNoClock() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).npy").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let clip = Tensor(zeros: [1, 9, 8, 8, 1]).valuesAsPixels()
        try VideoWriter(path, frameIntervalSeconds: 0.1).write(clip.reshaped(to: [9, 8, 8, 1]))
        let source = try openSource(path, options: SourceOptions(axes: "THWC"))
        let request = ClipRequest(frames: 4, size: FrameSize(8), step: .matching(seconds: 0.1, stride: 2))
        let got = try source.clip(at: ClipPlace(item: 0), request: request)
        #expect(got.frameIndices == [0, 2, 4, 6] && got.frameIntervalSeconds == nil)
    }
}
