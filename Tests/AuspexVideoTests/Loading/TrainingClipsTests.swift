import AuspexTensors
import AuspexVideo
import TestSupport
import Testing

@Suite("Training clips: mixed sources and augmentation") struct TrainingClipsTests {
    private let stream = RandomStream(seed: 5, name: "clips")

    /// A source whose clips all hold one byte.
    private struct Plain: ClipSource {
        let value: UInt8
        var description: String { "plain-\(value)" }
        var classNames: [String] { [] }
        func format(for request: ClipRequest) throws -> FrameFormat { .pixels(channels: 3) }
        func clip(at index: Int, from stream: RandomStream, request: ClipRequest) throws -> Clip {
            let shape = [request.frames, request.size.height, request.size.width, 3]
            return Clip(
                frames: Tensor([UInt8](repeating: value, count: shape.reduce(1, *)), shape: shape), name: description,
                frameIndices: Array(0..<request.frames))
        }
        func places(
            for request: ClipRequest, atMost limit: Int?, progress: (Int, Int) -> Void
        ) throws -> [ClipPlace] { [] }
        func clip(at place: ClipPlace, request: ClipRequest) throws -> Clip {
            try clip(at: place.item, from: RandomStream(seed: 0, name: ""), request: request)
        }
        func name(at place: ClipPlace) -> String { description }
        func places(ofClips wanted: [(name: String, firstFrame: Int)]) -> [ClipPlace?] { wanted.map { _ in nil } }
    }

    @Test("every source gives its share of the clips") func shares() throws {
        var clips = TrainingClips(of: Plain(value: 1))
        clips.others = [(Plain(value: 2), 0.3), (Plain(value: 3), 0.2)]
        let request = ClipRequest(frames: 1, size: FrameSize(8))
        var counts: [UInt8: Int] = [:]
        for index in 0..<1000 {
            let frames = try clips.clip(at: index, from: stream, request: request).frames
            counts[frames.scalars(as: UInt8.self)[0], default: 0] += 1
        }
        // Three standard deviations of a share of a thousand draws.
        #expect((450...550).contains(counts[1] ?? 0), "\(counts)")
        #expect((256...344).contains(counts[2] ?? 0), "\(counts)")
        #expect((162...238).contains(counts[3] ?? 0), "\(counts)")
    }

    /// Frames whose bytes name their own place: `[T, H, W, 1]`.
    private func numbered(_ time: Int, _ height: Int, _ width: Int) -> Tensor {
        Tensor((0..<time * height * width).map { UInt8($0) }, shape: [time, height, width, 1])
    }

    private func changed(_ frames: Tensor, _ set: (inout ClipAugmentation) -> Void, step: Int = 0) -> [UInt8] {
        var augmentation = ClipAugmentation()
        set(&augmentation)
        return augmentation.changed(frames, from: stream.at(step: step)).scalars(as: UInt8.self)
    }

    @Test("a clip is mirrored left to right, or played backwards") func mirrorsAndReversal() {
        let frames = numbered(2, 2, 3)
        #expect(changed(frames) { $0.mirrored = 1 } == [2, 1, 0, 5, 4, 3, 8, 7, 6, 11, 10, 9])
        #expect(changed(frames) { $0.reversed = 1 } == [6, 7, 8, 9, 10, 11, 0, 1, 2, 3, 4, 5])
        #expect(changed(frames) { _ in } == frames.scalars(as: UInt8.self))
    }

    @Test("square frames take all three turns, and oblong ones a half turn alone") func turns() {
        // A quarter turn clockwise of [[0, 1], [2, 3]], a half turn, and a quarter turn the other way.
        let turns: Set<[UInt8]> = [[2, 0, 3, 1], [3, 2, 1, 0], [1, 3, 0, 2]]
        let seen = Set((0..<40).map { changed(numbered(1, 2, 2), { $0.turned = 1 }, step: $0) })
        #expect(seen == turns)
        let oblong = Set((0..<10).map { changed(numbered(1, 2, 3), { $0.turned = 1 }, step: $0) })
        #expect(oblong == [[5, 4, 3, 2, 1, 0]])
    }

    @Test("fields are turned as bytes are, and keep their values") func fields() {
        let bytes = numbered(2, 4, 4)
        let floats = Tensor(bytes.scalars(as: UInt8.self).map(Float.init), shape: bytes.shape)
        var augmentation = ClipAugmentation()
        (augmentation.mirrored, augmentation.turned) = (0.5, 0.5)
        (augmentation.reversed, augmentation.recoloured) = (0.5, 1)
        for step in 0..<16 {
            let draws = stream.at(step: step)
            let turned = augmentation.changed(floats, from: draws).scalars
            augmentation.recoloured = 0
            #expect(turned == augmentation.changed(bytes, from: draws).scalars(as: UInt8.self).map(Float.init))
            augmentation.recoloured = 1
        }
    }

    @Test("recoloured clips keep which pixels are equal, and all frames change alike") func recolouring() {
        let pixels: [UInt8] = [10, 100, 200, 10, 100, 200, 50, 60, 70]
        let frames = Tensor(pixels + pixels, shape: [2, 1, 3, 3])
        var results: Set<[UInt8]> = []
        for step in 0..<20 {
            let result = changed(frames, { $0.recoloured = 1 }, step: step)
            #expect(Array(result[..<9]) == Array(result[9...]))
            #expect(Array(result[..<3]) == Array(result[3..<6]))
            results.insert(result)
        }
        #expect(results.count > 15)
    }

    @Test("depends on the clip's number alone, whatever the threads and wherever a run was resumed") func resuming()
        throws
    {
        var clips = TrainingClips(of: MovingShapes())
        clips.others = [(CameraWorld(), 0.5)]
        (clips.augmentation.mirrored, clips.augmentation.reversed) = (0.5, 0.5)
        let request = ClipRequest(frames: 3, size: FrameSize(16))
        func batches(from position: Int, threads: Int, count: Int) throws -> [[UInt8]] {
            let loader = ClipLoader(
                clips, stream: stream, request: request, batchSize: 2, from: position, threads: threads)
            return try (0..<count).map { _ in try loader.nextBatch().frames.scalars() }
        }
        let whole = try batches(from: 0, threads: 1, count: 5)
        #expect(try batches(from: 0, threads: 3, count: 5) == whole)
        #expect(try batches(from: 4, threads: 2, count: 3) == Array(whole[2...]))
    }
}
