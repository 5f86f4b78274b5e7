import AuspexSupport
import AuspexTensors
import AuspexVideo
import Foundation
import TestSupport
import Testing

@Suite("synthetic:moving-shapes") struct MovingShapesTests {
    let stream = RandomStream(seed: 11, name: "train")
    let request = ClipRequest(frames: 12, size: FrameSize(32))

    private func clip(_ index: Int, _ request: ClipRequest? = nil, of source: MovingShapes = MovingShapes()) throws
        -> Tensor
    {
        try source.clip(at: index, from: stream, request: request ?? self.request).frames
    }

    @Test("A clip depends on seed, name and number, and on nothing else") func purity() throws {
        let first = try clip(3)
        _ = try clip(4)
        #expect(same(try clip(3), first))
        #expect(!same(try clip(4), first))
        for other in [RandomStream(seed: 12, name: "train"), RandomStream(seed: 11, name: "validation")] {
            #expect(!same(try MovingShapes().clip(at: 3, from: other, request: request).frames, first))
        }
    }

    @Test("Concurrent threads draw the same") func concurrency() async throws {
        let alone = try (0..<16).map { try clip($0) }
        let together = try await withThrowingTaskGroup(of: (Int, Tensor).self) { group in
            for index in 0..<16 { group.addTask { (index, try clip(index)) } }
            var clips = [Int: Tensor]()
            for try await (index, clip) in group { clips[index] = clip }
            return clips
        }
        for index in 0..<16 { #expect(same(try #require(together[index]), alone[index])) }
    }

    @Test("The same bits on every processor") func bits() throws {
        // FNV-1a over ten clips, as first drawn; a change of the scenes changes every trained model's data and must be meant.
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for index in 0..<10 {
            for byte in try clip(index).scalars(as: UInt8.self) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        }
        #expect(String(hash, radix: 16) == "f29f6ee2f7817320")
    }

    @Test("A longer clip begins with the shorter; a stride leaves frames out") func prefix() throws {
        let long = try clip(2, ClipRequest(frames: 24, size: FrameSize(32)))
        let bytes = long.scalars(as: UInt8.self)
        #expect(Array(bytes.prefix(12 * 32 * 32 * 3)) == (try clip(2)).scalars(as: UInt8.self))
        let strided = try MovingShapes().clip(
            at: 2, from: stream, request: ClipRequest(frames: 12, size: FrameSize(32), step: .stride(2)))
        #expect(strided.frameIndices == (0..<12).map { $0 * 2 })
        #expect(strided.frameIntervalSeconds.map { abs($0 - 0.2) < 1e-12 } == true)
        let frame = 32 * 32 * 3
        for place in 0..<12 {
            #expect(
                Array(strided.frames.scalars(as: UInt8.self)[place * frame..<(place + 1) * frame])
                    == Array(bytes[place * 2 * frame..<(place * 2 + 1) * frame]))
        }
    }

    @Test("Any size, any aspect, colour and grey", arguments: [(32, 32), (256, 256), (48, 96), (100, 33)])
    func sizes(height: Int, width: Int) throws {
        for colour in ClipRequest.Colour.allCases {
            let size = FrameSize(height: height, width: width)
            let clip = try clip(1, ClipRequest(frames: 3, size: size, colour: colour))
            #expect(clip.shape == [3, height, width, colour.channels])
            #expect(Set(clip.scalars(as: UInt8.self)).count > 10)
        }
        #expect(throws: VideoError.self) { try clip(1, ClipRequest(frames: 3, size: FrameSize(4))) }
    }

    @Test("A scene looks the same at twice the size") func scale() throws {
        for index in 0..<8 {
            let small = try clip(index).scalars(as: UInt8.self)
            let large = try clip(index, ClipRequest(frames: 12, size: FrameSize(64))).scalars(as: UInt8.self)
            var difference = 0.0
            for place in small.indices {
                let (channel, column, row, frame) = (place % 3, place / 3 % 32, place / 96 % 32, place / 3072)
                let corner = ((frame * 64 + row * 2) * 64 + column * 2) * 3 + channel
                let mean = [0, 3, 192, 195].reduce(0.0) { $0 + Double(large[corner + $1]) } / 4
                difference += abs(mean - Double(small[place]))
            }
            #expect(difference / Double(small.count) < 1.5)
        }
    }

    @Test("Grey is the luma of the colours") func grey() throws {
        let colour = try clip(5).scalars(as: UInt8.self).map(Double.init)
        let grey = try clip(5, ClipRequest(frames: 12, size: FrameSize(32), colour: .grey)).scalars(as: UInt8.self)
        for place in grey.indices {
            let luma = 0.299 * colour[place * 3] + 0.587 * colour[place * 3 + 1] + 0.114 * colour[place * 3 + 2]
            #expect(abs(Double(grey[place]) - luma) <= 2)
        }
    }

    @Test("Drawn shapes move as the scene says") func motion() throws {
        var options = MovingShapes.Options()
        options.shapes = 1...1
        options.background = .plain
        let source = MovingShapes(options)
        for index in 0..<20 {
            let scene = source.scene(at: index, from: stream, request: request)
            let drawn = scene.drawn(Array(0..<30), size: FrameSize(64), channels: 3).scalars(as: UInt8.self)
            let empty = scene.keeping([]).drawn([0], size: FrameSize(64), channels: 3).scalars(as: UInt8.self)
            let centres = (0..<30).map { scene.centre(of: 0, at: $0) }
            let masses = (0..<30).map { frame -> (x: Double, y: Double) in
                var (weight, x, y) = (0.0, 0.0, 0.0)
                for place in 0..<64 * 64 {
                    var mass = 0.0
                    for channel in 0..<3 {
                        let here = Int(drawn[(frame * 4096 + place) * 3 + channel])
                        mass += Double(abs(here - Int(empty[place * 3 + channel])))
                    }
                    weight += mass
                    x += mass * (Double(place % 64) + 0.5) / 64
                    y += mass * (Double(place / 64) + 0.5) / 64
                }
                return (x / weight, y / weight)
            }
            for frame in 1..<30 {
                let moved = (masses[frame].x - masses[0].x, masses[frame].y - masses[0].y)
                let told = (centres[frame].x - centres[0].x, centres[frame].y - centres[0].y)
                #expect(abs(moved.0 - told.0) * 64 < 0.25 && abs(moved.1 - told.1) * 64 < 0.25)
            }
        }
    }

    @Test("Speed is constant, walls are never crossed, bounces mirror") func paths() throws {
        let options = MovingShapes.Options()
        let source = MovingShapes(options)
        var bounces = 0
        for index in 0..<40 {
            let scene = source.scene(
                at: index, from: stream, request: ClipRequest(frames: 1, size: FrameSize(height: 32, width: 48)))
            #expect(options.shapes.contains(scene.shapeCount))
            for shape in 0..<scene.shapeCount {
                let radius = Double(scene.shapes[shape].radius)
                let velocity = scene.shapes[shape].velocity
                let speed = (velocity * velocity).sum().squareRoot()
                #expect(speed > options.speeds.lowerBound - 1e-6 && speed < options.speeds.upperBound + 1e-6)
                let path = (0..<400).map { scene.centre(of: shape, at: $0) }
                for (before, after) in zip(path, path.dropFirst()) {
                    #expect((radius - 1e-9...1.5 - radius + 1e-9).contains(after.x))
                    #expect((radius - 1e-9...1 - radius + 1e-9).contains(after.y))
                    let (dx, dy) = (abs(after.x - before.x), abs(after.y - before.y))
                    // Between two bounces the step is the velocity's; at a bounce it is shorter, never longer.
                    let straight = abs(dx - abs(velocity.x)) < 1e-9 && abs(dy - abs(velocity.y)) < 1e-9
                    if !straight {
                        bounces += 1
                        #expect(dx < abs(velocity.x) + 1e-9 && dy < abs(velocity.y) + 1e-9)
                    }
                }
            }
        }
        #expect(bounces > 100)
    }

    @Test("The nearer covers the farther") func occlusion() throws {
        var options = MovingShapes.Options()
        options.shapes = 2...2
        let source = MovingShapes(options)
        let size = FrameSize(64)
        var met = 0
        for index in 0..<60 {
            let scene = source.scene(at: index, from: stream, request: ClipRequest(frames: 1, size: size))
            if scene.shapes[1].isRing { continue }
            for frame in stride(from: 0, to: 40, by: 4) {
                let (far, near) = (scene.centre(of: 0, at: frame), scene.centre(of: 1, at: frame))
                let distance = ((far.x - near.x) * (far.x - near.x) + (far.y - near.y) * (far.y - near.y)).squareRoot()
                if distance > 0.08 { continue }
                let both = scene.drawn([frame], size: size, channels: 3).scalars(as: UInt8.self)
                let nearest = scene.keeping([1]).drawn([frame], size: size, channels: 3).scalars(as: UInt8.self)
                let place = (Int(near.y * 64) * 64 + Int(near.x * 64)) * 3
                #expect(both[place..<place + 3] == nearest[place..<place + 3])
                met += 1
            }
        }
        #expect(met > 5)
    }

    @Test("Repeating the last frame has a PSNR of 20 to 23 dB") func difficulty() throws {
        var sum = 0.0
        for index in 0..<200 {
            let bytes = try clip(index, ClipRequest(frames: 16, size: FrameSize(32))).scalars(as: UInt8.self)
            let frame = 32 * 32 * 3
            let last = Tensor((0..<11).flatMap { _ in bytes[4 * frame..<5 * frame] }, shape: [11, 32, 32, 3])
            sum += peakSignalToNoise(last, Tensor(Array(bytes[(5 * frame)...]), shape: [11, 32, 32, 3]))
        }
        #expect((20...23).contains(sum / 200))
    }

    @Test("Held-out clips are the same list in every run, and not training clips") func heldOut() throws {
        let source = MovingShapes()
        let places = try source.places(for: request, atMost: 5)
        #expect(places == (0..<5).map { ClipPlace(item: $0) })
        let training = try (0..<50).map { try clip($0).scalars(as: UInt8.self) }
        for place in places {
            let held = try source.clip(at: place, request: request)
            #expect(same(held.frames, try MovingShapes().clip(at: place, request: request).frames))
            #expect(held.frames.shape == [12, 32, 32, 3])
            #expect(!training.contains(held.frames.scalars(as: UInt8.self)))
        }
        #expect(throws: VideoError.self) { try source.places(for: request, atMost: nil) }
    }

    @Test("Sources by name") func names() throws {
        #expect(SyntheticSources.names == ["camera", "moving-shapes"])
        #expect(try SyntheticSources.source(named: "synthetic:moving-shapes").description == "synthetic:moving-shapes")
        #expect(try SyntheticSources.source(named: "moving-shapes") is MovingShapes)
        do {
            _ = try SyntheticSources.source(named: "synthetic:moving-shape")
            Issue.record("a name that does not exist was taken")
        } catch {
            #expect(
                "\(error)"
                    == "synthetic:moving-shape: there is no synthetic source of that name; did you mean "
                    + "synthetic:moving-shapes? There are: synthetic:camera, synthetic:moving-shapes")
        }
    }
}
