import AuspexTensors

/// A world of landmarks and moving objects, repeated without end, and the camera that looks at it.
///
/// Lengths are in shorter sides of a frame of scale 1; times are frames. Computed with additions, products, quotients and square roots only: the same bits
/// everywhere.
public struct CameraScene: Sendable {
    /// An object of the world, which does not rotate.
    struct Thing: Sendable {
        var shape: MovingShapesScene.Shape
        let start: SIMD2<Float>
        /// In sides per frame; zero for a landmark.
        let velocity: SIMD2<Float>
    }

    /// The camera's position and view.
    package struct View: Equatable, Sendable {
        package var centre: SIMD2<Float>
        /// Cosine and sine of its rotation.
        package var turn: SIMD2<Float>
        /// Sides of the world in one side of the frame.
        package var scale: Float
    }

    /// The period of the world, in sides.
    private static let period: Float = 4
    private static let landmarks = 48
    private static let objects = 1...3
    /// Limits of the camera's zoom.
    private static let scales: ClosedRange<Float> = 0.5...1.6

    private let ground: ShapeTexture
    private let detail: ShapeTexture
    /// The landmarks, followed by the moving objects, which cover them.
    let things: [Thing]
    private let pan: SIMD2<Float>
    private let zoom: Float
    private let turn: SIMD2<Float>
    /// Standard deviation of the shake, in sides; 0 for a steady camera.
    private let shake: Float
    private let shaking: RandomStream

    init(from stream: RandomStream, grey: Bool) {
        var draws = SceneDraws(stream)
        var options = MovingShapes.Options()
        options.radii = 0.07...0.22
        let dark = draws.uniform() < 0.5
        let pattern = MovingShapesScene.background(options, dark: dark, using: &draws)
        let middle = (pattern.low + pattern.high) * 0.5
        ground = pattern.toned(grey)
        // Finer and fainter, so that motion is visible in plain areas, too.
        var fine = MovingShapesScene.background(options, dark: dark, using: &draws)
        fine = ShapeTexture(
            kind: fine.kind, direction: fine.direction, frequency: 2 * fine.frequency, phase: fine.phase, low: fine.low,
            high: fine.high)
        detail = fine.toned(grey)
        func thing(contrast: Float, place: SIMD2<Float>, isMoving: Bool) -> Thing {
            var shape = MovingShapesScene.shape(options, extent: SIMD2(1, 1), dark: dark, using: &draws)
            shape.texture = shape.texture.nearer(to: middle, contrast: contrast).toned(grey)
            let velocity = SIMD2(Float(shape.velocity.x), Float(shape.velocity.y))
            return Thing(shape: shape, start: place, velocity: isMoving ? velocity * 0.8 : .zero)
        }
        var things = (0..<Self.landmarks).map { _ in
            let place = SIMD2(draws.uniform(), draws.uniform()) * Self.period
            return thing(contrast: 0.4, place: place, isMoving: false)
        }
        for _ in 0..<draws.integer(in: Self.objects) {
            let place = SIMD2(draws.uniform(in: -0.45...0.45), draws.uniform(in: -0.45...0.45))
            things.append(thing(contrast: 0.75, place: place, isMoving: true))
        }
        self.things = things
        // The square of a uniform number: slow ones are more frequent.
        let (pans, speed, heading) = (draws.uniform() < 0.8, draws.uniform(), draws.direction())
        pan = pans ? heading * (0.05 * speed * speed) : .zero
        let (zooms, rate) = (draws.uniform() < 0.4, draws.normal())
        zoom = zooms ? 1 + 0.008 * rate : 1
        let (turns, angle) = (draws.uniform() < 0.4, draws.normal())
        // The tangent of half the angle gives cosine and sine without either function.
        let half = turns ? 0.005 * angle : 0
        turn = SIMD2(1 - half * half, 2 * half) / (1 + half * half)
        shake = draws.uniform() < 0.3 ? 0.015 : 0
        shaking = stream.named("shake")
    }

    /// The camera's view at a frame.
    package func view(at frame: Int) -> View {
        let straight = pan * Float(frame)
        guard frame > 0 else { return View(centre: straight + shaken(0), turn: SIMD2(1, 0), scale: 1) }
        // Powers by squaring: a frame far away costs no more than a near one.
        var (scale, turned): (Float, SIMD2<Float>) = (1, SIMD2(1, 0))
        var (factor, rotation, rest) = (zoom, turn, frame)
        while rest > 0 {
            if rest % 2 == 1 {
                scale *= factor
                turned = Self.rotated(turned, by: rotation)
            }
            factor *= factor
            rotation = Self.rotated(rotation, by: rotation)
            // Renormalised, so that it stays a rotation after any number of squarings.
            rotation /= (rotation.x * rotation.x + rotation.y * rotation.y).squareRoot()
            rest /= 2
        }
        // NaN, which 0 · ∞ would be, never arises: both factors are on the same side of 1.
        let limited = min(max(scale, Self.scales.lowerBound), Self.scales.upperBound)
        return View(centre: straight + shaken(frame), turn: turned, scale: limited)
    }

    /// Normal numbers smoothed over three frames.
    private func shaken(_ frame: Int) -> SIMD2<Float> {
        guard shake > 0 else { return .zero }
        func jolt(_ number: Int) -> SIMD2<Float> {
            var draws = SceneDraws(shaking.at(step: number))
            return SIMD2(draws.normal(), draws.normal())
        }
        return (jolt(frame) + jolt(frame + 1) * 2 + jolt(frame + 2)) * (shake / 4)
    }

    private static func rotated(_ vector: SIMD2<Float>, by turn: SIMD2<Float>) -> SIMD2<Float> {
        SIMD2(vector.x * turn.x - vector.y * turn.y, vector.x * turn.y + vector.y * turn.x)
    }
}

extension CameraScene: DrawnScene {
    public func drawn(_ frames: [Int], size: FrameSize, channels: Int) -> Tensor {
        let pixels = size.height * size.width * channels
        var clip = Tensor(uninitialized: [frames.count, size.height, size.width, channels], elementType: .uint8)
        clip.withMutableScalars(as: UInt8.self) { all in
            guard let first = all.baseAddress else { return }
            for (place, frame) in frames.enumerated() {
                draw(frame, on: first + place * pixels, size: size, channels: channels)
            }
        }
        return clip
    }

    private func draw(_ frame: Int, on picture: UnsafeMutablePointer<UInt8>, size: FrameSize, channels: Int) {
        let projection = Projection(view(at: frame), size)
        let perSide = projection.perSide
        let places = places(at: frame, near: projection.view.centre)
        for row in 0..<size.height {
            for column in 0..<size.width {
                let world = projection.world(at: SIMD2(Float(column) + 0.5, Float(row) + 0.5))
                var colour =
                    ground.colour(x: world.x, y: world.y) * 0.65 + detail.colour(x: world.x, y: world.y) * 0.35
                for (thing, place) in zip(things, places) {
                    let away = world - place
                    let reach = thing.shape.radius + 1 / perSide
                    if away.x * away.x + away.y * away.y > reach * reach { continue }
                    let distance = thing.shape.normals.withUnsafeBufferPointer {
                        thing.shape.distance(x: away.x, y: away.y, normals: $0)
                    }
                    let coverage = min(1, 0.5 - distance * perSide)
                    if coverage <= 0 { continue }
                    colour += (thing.shape.texture.colour(x: away.x, y: away.y) - colour) * coverage
                }
                let pixel = picture + (row * size.width + column) * channels
                for channel in 0..<channels { pixel[channel] = byte(colour[channel]) }
            }
        }
    }
}

extension CameraScene {
    /// From places of a frame, in pixels, to places of the world, and back.
    struct Projection {
        let view: View
        let middle: SIMD2<Float>
        /// The length of a world side in pixels of the frame: edges fade over one pixel.
        let perSide: Float

        init(_ view: View, _ size: FrameSize) {
            self.view = view
            middle = SIMD2(Float(size.width), Float(size.height)) / 2
            perSide = Float(min(size.height, size.width)) / view.scale
        }

        func world(at place: SIMD2<Float>) -> SIMD2<Float> {
            view.centre + CameraScene.rotated((place - middle) / perSide, by: view.turn)
        }

        func place(of world: SIMD2<Float>) -> SIMD2<Float> {
            let back = SIMD2(view.turn.x, -view.turn.y)
            return middle + CameraScene.rotated(world - view.centre, by: back) * perSide
        }
    }

    /// Where things are at a frame: of all repetitions of the world, the one whose centre is nearest to the view. The frame is smaller than half a period.
    func places(at frame: Int, near centre: SIMD2<Float>) -> [SIMD2<Float>] {
        things.map { thing in
            let apart = thing.start + thing.velocity * Float(frame) - centre
            return centre + apart - (apart / Self.period).rounded(.toNearestOrEven) * Self.period
        }
    }
}

extension SceneDraws {
    /// An approximately normal number: the sum of twelve uniform ones, which every processor adds alike.
    mutating func normal() -> Float { (0..<12).reduce(Float(-6)) { sum, _ in sum + uniform() } }
}
