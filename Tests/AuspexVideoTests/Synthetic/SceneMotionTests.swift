import AuspexTensors
import AuspexVideo
import Testing

@Suite("Motion of drawn scenes")
struct SceneMotionTests {
    private static let size = FrameSize(height: 64, width: 80)
    private static let sources: [any SceneSource] = [MovingShapes(), CameraWorld()]

    /// What a later frame shows at a pixel's new place is what the pixel showed, apart from what is covered or antialiased.
    @Test(arguments: ["moving-shapes", "camera"]) func leadsToTheSameColours(_ name: String) throws {
        let source = try #require(Self.sources.first { $0.description.hasSuffix(name) })
        let request = ClipRequest(frames: 12, size: Self.size, colour: .grey)
        var compared = 0
        for item in 0..<24 {
            let place = ClipPlace(item: item)
            let motion = try #require(try source.motion(at: place, request: request, from: 3))
            let clip = try source.clip(at: place, request: request)
            let frames = clip.frames.scalars(as: UInt8.self).map(Float.init)
            let (pixels, way) = (64 * 80, motion.displacement.scalars)
            #expect(motion.displacement.shape == [8, 64, 80, 2])
            for step in [0, 3, 7] {
                var (followed, stayed): ([Float], [Float]) = ([], [])
                for pixel in 0..<pixels {
                    let at = (step * pixels + pixel) * 2
                    guard motion.isInFront[pixel] || name == "camera", way[at] != 0 || way[at + 1] != 0 else {
                        continue
                    }
                    let row = Float(pixel / 80) + way[at]
                    let column = Float(pixel % 80) + way[at + 1]
                    guard row >= 0, row < 63, column >= 0, column < 79 else { continue }
                    let (top, left) = (Int(row), Int(column))
                    let (a, b) = (row - Float(top), column - Float(left))
                    func seen(_ r: Int, _ c: Int) -> Float { frames[(4 + step) * pixels + r * 80 + c] }
                    let there =
                        (seen(top, left) * (1 - b) + seen(top, left + 1) * b) * (1 - a)
                        + (seen(top + 1, left) * (1 - b) + seen(top + 1, left + 1) * b) * a
                    let before = frames[3 * pixels + pixel]
                    followed.append(abs(there - before))
                    stayed.append(abs(frames[(4 + step) * pixels + pixel] - before))
                }
                guard followed.count > 100 else { continue }
                let (median, still) = (followed.sorted()[followed.count / 2], stayed.sorted()[stayed.count / 2])
                guard still > 4 else { continue }
                compared += 1
                #expect(median < 0.5 * still, "\(name) \(item), \(step): \(median) of \(still)")
            }
        }
        #expect(compared >= 8, "\(compared)")
    }

    /// A bounce is where a coordinate of the centre turns round.
    @Test func knowsWhatHasBounced() throws {
        var turned = 0
        let request = ClipRequest(frames: 16, size: Self.size)
        for item in 0..<30 {
            let place = ClipPlace(item: item)
            let scene = MovingShapes().scene(at: place, request: request)
            let near = scene.shapeCount - 1
            if scene.shapes[near].isRing { continue }
            let motion = try #require(try MovingShapes().motion(at: place, request: request, from: 4))
            let centre = scene.centre(of: near, at: 4)
            let pixel = Int(centre.y * 64) * 80 + Int(centre.x * 64)
            #expect(motion.isInFront[pixel])
            for step in 0..<11 {
                let velocity = scene.shapes[near].velocity
                let (from, to) = (centre, scene.centre(of: near, at: 5 + step))
                let way = Double(step + 1)
                let straight =
                    abs(abs(to.x - from.x) - abs(velocity.x) * way) < 1e-9
                    && abs(abs(to.y - from.y) - abs(velocity.y) * way) < 1e-9
                #expect(motion.hasBounced[step * 64 * 80 + pixel] != straight)
                if !straight { turned += 1 }
            }
        }
        #expect(turned > 30)
    }
}
