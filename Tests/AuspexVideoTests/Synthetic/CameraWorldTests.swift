import AuspexTensors
import AuspexVideo
import Foundation
import TestSupport
import Testing

@Suite("synthetic:camera") struct CameraWorldTests {
    private let stream = RandomStream(seed: 11, name: "train")
    private let request = ClipRequest(frames: 12, size: FrameSize(32))

    private func bytes(_ index: Int, _ request: ClipRequest? = nil) throws -> [UInt8] {
        try CameraWorld().clip(at: index, from: stream, request: request ?? self.request).frames.scalars()
    }

    @Test("The same bits on every processor, and for the same number always") func bits() throws {
        // FNV-1a over ten clips, as first drawn; a change of the scenes changes every trained model's data and must be meant.
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for index in 0..<10 {
            for byte in try bytes(index) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        }
        #expect(String(hash, radix: 16) == "1f9ff7b524e691e7")
        #expect(try bytes(3) == bytes(3) && bytes(3) != bytes(4))
        #expect(try CameraWorld().clip(at: ClipPlace(item: 3), request: request).frames.scalars() != bytes(3))
    }

    @Test("A longer clip begins with the shorter; any size and grey") func shapes() throws {
        let long = try bytes(2, ClipRequest(frames: 24, size: FrameSize(32)))
        #expect(Array(long.prefix(12 * 32 * 32 * 3)) == (try bytes(2)))
        let grey = ClipRequest(frames: 2, size: FrameSize(height: 24, width: 50), colour: .grey)
        let clip = try CameraWorld().clip(at: 1, from: stream, request: grey)
        #expect(clip.frames.shape == [2, 24, 50, 1])
        #expect(Set(clip.frames.scalars(as: UInt8.self)).count > 10)
    }

    @Test("Cameras pan, zoom, turn and shake, each as often as documented, and stay at a distance") func views() {
        let scenes = (0..<400).map { CameraWorld().scene(at: $0, from: stream, request: request) }
        let views = scenes.map { scene in (0..<4).map { scene.view(at: $0) } }
        func share(_ holds: ([CameraScene.View]) -> Bool) -> Double { Double(views.filter(holds).count) / 400 }
        #expect((0.33...0.47).contains(share { $0[1].scale != 1 }))
        #expect((0.33...0.47).contains(share { $0[1].turn.y != 0 }))
        let unsteady = share { view in
            let steps = (0..<3).map { view[$0 + 1].centre - view[$0].centre }
            return (steps[1] - steps[0]).max() > 1e-5 || (steps[2] - steps[1]).max() > 1e-5
        }
        #expect((0.23...0.37).contains(unsteady))
        #expect((0.1...0.3).contains(share { $0[3].centre == $0[0].centre } / (1 - unsteady)))
        for scene in scenes {
            let far = scene.view(at: 1_000_000)
            #expect((0.5...1.6).contains(far.scale))
            #expect(abs(far.turn.x * far.turn.x + far.turn.y * far.turn.y - 1) < 1e-3)
        }
    }

    @Test("Still objects move in the picture as the camera does") func pans() throws {
        var compared = 0
        for index in 0..<60 {
            let scene = CameraWorld().scene(at: index, from: stream, request: request)
            let (first, last) = (scene.view(at: 0), scene.view(at: 8))
            let steady = scene.view(at: 4).centre - first.centre - (last.centre - first.centre) / 2
            guard last.scale == 1, last.turn.y == 0, abs(steady.x) + abs(steady.y) < 1e-5 else { continue }
            let moved = (last.centre - first.centre) * 64
            guard abs(moved.x) + abs(moved.y) > 4, abs(moved.x) < 24, abs(moved.y) < 24 else { continue }
            let frames = scene.drawn([0, 8], size: FrameSize(64), channels: 1).scalars(as: UInt8.self).map(Float.init)
            func difference(_ dy: Float, _ dx: Float) -> Float {
                var apart: [Float] = []
                for y in 0..<64 {
                    for x in 0..<64 {
                        let (row, column) = (Float(y) + dy, Float(x) + dx)
                        let (top, left) = (Int(row.rounded(.down)), Int(column.rounded(.down)))
                        guard (0..<63).contains(top), (0..<63).contains(left) else { continue }
                        let (a, b) = (row - Float(top), column - Float(left))
                        func at(_ r: Int, _ c: Int) -> Float { frames[r * 64 + c] }
                        let there =
                            (at(top, left) * (1 - b) + at(top, left + 1) * b) * (1 - a)
                            + (at(top + 1, left) * (1 - b) + at(top + 1, left + 1) * b) * a
                        apart.append(abs(there - frames[4096 + y * 64 + x]))
                    }
                }
                // Passing objects are not part of it.
                return apart.sorted()[apart.count / 2]
            }
            compared += 1
            #expect(difference(moved.y, moved.x) < 3, "scene \(index)")
        }
        #expect(compared >= 3, "\(compared) scenes only pan")
    }
}
