import AuspexTensors

/// A world of shapes that move in straight lines, bounce off the walls and cover each other: any frame of it, at any size, can be drawn.
///
/// Lengths are in shorter sides of the frame, so that a scene looks the same at every size; times are frames.
public struct MovingShapesScene: Sendable {
    /// One moving shape.
    package struct Shape: Sendable {
        /// Outward unit normals of the sides; none for round shapes.
        let normals: [SIMD2<Float>]
        package let isRing: Bool
        /// Radius of the circle around the shape.
        package let radius: Float
        /// Distance of the sides from the centre.
        let apothem: Float
        let start: SIMD2<Double>
        /// In sides per frame.
        package let velocity: SIMD2<Double>
        var texture: ShapeTexture
    }

    /// From the farthest to the nearest.
    package let shapes: [Shape]
    let background: ShapeTexture
    /// Width and height of the world.
    package let extent: SIMD2<Double>

    /// - Parameters:
    ///   - stream: decides everything that is random.
    ///   - aspect: width over height of the frames.
    init(_ options: MovingShapes.Options, from stream: RandomStream, aspect: Double, grey: Bool) {
        var draws = SceneDraws(stream)
        let extent = aspect >= 1 ? SIMD2(aspect, 1) : SIMD2(1, 1 / aspect)
        self.extent = extent
        let dark = draws.uniform() < 0.5
        let pattern = Self.background(options, dark: dark, using: &draws)
        let middle = (pattern.low + pattern.high) * 0.5
        background = pattern.toned(grey)
        let count = draws.integer(in: options.shapes)
        shapes = (0..<count).map { _ in
            var shape = Self.shape(options, extent: extent, dark: dark, using: &draws)
            shape.texture = shape.texture.nearer(to: middle, contrast: Float(options.contrast)).toned(grey)
            return shape
        }
    }

    static func background(
        _ options: MovingShapes.Options, dark: Bool, using draws: inout SceneDraws
    ) -> ShapeTexture {
        let brightness: ClosedRange<Float> = dark ? 0.1...0.35 : 0.6...0.85
        let low = draws.colour(saturation: 0.1...0.5, brightness: brightness)
        let other = draws.colour(saturation: 0.1...0.5, brightness: brightness)
        let kind = ShapeTexture.Kind.allCases[draws.integer(in: 0...ShapeTexture.Kind.allCases.count - 1)]
        return ShapeTexture(
            kind: kind, direction: draws.direction(), frequency: draws.uniform(in: 1.5...3),
            phase: SIMD2(draws.uniform(), draws.uniform()), low: low,
            high: options.background == .textured ? low + (other - low) * 0.5 : low)
    }

    static func shape(
        _ options: MovingShapes.Options, extent: SIMD2<Double>, dark: Bool, using draws: inout SceneDraws
    ) -> Shape {
        let kind = draws.integer(in: 0...outlines.count)
        let radius = draws.uniform(in: Float(options.radii.lowerBound)...Float(options.radii.upperBound))
        let direction = draws.direction()
        let turns = kind == 0 || kind == outlines.count ? [] : outlines[kind]
        let normals = turns.map {
            SIMD2($0.x * direction.x - $0.y * direction.y, $0.x * direction.y + $0.y * direction.x)
        }
        // cos(π/n): the cosine of half the angle between neighbouring normals.
        let apothem = turns.count < 2 ? radius : radius * ((1 + turns[1].x) / 2).squareRoot()
        let heading = draws.direction()
        let speed = draws.uniform(in: Float(options.speeds.lowerBound)...Float(options.speeds.upperBound))
        let room = extent - SIMD2(repeating: 2 * Double(radius))
        let start = SIMD2(Double(draws.uniform()), Double(draws.uniform())) * room + SIMD2(repeating: Double(radius))
        let low = draws.colour(saturation: 0.5...1, brightness: dark ? 0.35...0.7 : 0.05...0.4)
        let high = draws.colour(saturation: 0.3...1, brightness: dark ? 0.8...1 : 0.45...0.9)
        let pattern = ShapeTexture.Kind.allCases[draws.integer(in: 0...ShapeTexture.Kind.allCases.count - 1)]
        return Shape(
            normals: normals, isRing: kind == outlines.count, radius: radius, apothem: apothem, start: start,
            velocity: SIMD2<Double>(heading) * Double(speed),
            texture: ShapeTexture(
                kind: pattern, direction: draws.direction(), frequency: draws.uniform(in: 0.8...1.3) / radius,
                phase: SIMD2(draws.uniform(), draws.uniform()), low: low, high: high))
    }

    /// Normals of regular polygons, as literals: a processor's sine may differ in its last bit. The first list is empty, for the disc.
    private static let outlines: [[SIMD2<Float>]] = [
        [],
        [SIMD2(1, 0), SIMD2(-0.5, 0.866_025_4), SIMD2(-0.5, -0.866_025_4)],
        [SIMD2(1, 0), SIMD2(0, 1), SIMD2(-1, 0), SIMD2(0, -1)],
        [
            SIMD2(1, 0), SIMD2(0.309_017, 0.951_056_5), SIMD2(-0.809_017, 0.587_785_3), SIMD2(-0.809_017, -0.587_785_3),
            SIMD2(0.309_017, -0.951_056_5),
        ],
        [
            SIMD2(1, 0), SIMD2(0.5, 0.866_025_4), SIMD2(-0.5, 0.866_025_4), SIMD2(-1, 0), SIMD2(-0.5, -0.866_025_4),
            SIMD2(0.5, -0.866_025_4),
        ],
    ]

    private init(shapes: [Shape], background: ShapeTexture, extent: SIMD2<Double>) {
        self.shapes = shapes
        self.background = background
        self.extent = extent
    }

    /// The same world with some of its shapes only: what they look like uncovered.
    package func keeping(_ numbers: [Int]) -> MovingShapesScene {
        MovingShapesScene(shapes: numbers.map { shapes[$0] }, background: background, extent: extent)
    }

    /// How many shapes there are.
    public var shapeCount: Int { shapes.count }

    /// Where a shape's centre is at a frame, in shorter sides of the frame from the top left corner.
    ///
    /// A bounce mirrors the path at the wall, so the position is that of the straight path, folded into the space that the shape's radius leaves.
    ///
    /// - Parameter shape: 0 is the farthest; nearer ones cover it.
    public func centre(of shape: Int, at frame: Int) -> (x: Double, y: Double) {
        let shape = shapes[shape]
        func folded(_ place: Double, _ room: Double) -> Double {
            let cycles = place / (2 * room)
            return 2 * room * abs(cycles - cycles.rounded(.toNearestOrEven))
        }
        let (edge, straight) = (Double(shape.radius), shape.start + shape.velocity * Double(frame))
        return (
            edge + folded(straight.x - edge, extent.x - 2 * edge), edge + folded(straight.y - edge, extent.y - 2 * edge)
        )
    }

    /// How many walls along x and y a shape has met by a frame since frame 0; negative for walls at the left and the top.
    func bounces(of shape: Int, by frame: Int) -> SIMD2<Int> {
        let shape = shapes[shape]
        let edge = Double(shape.radius)
        let walls = (shape.start + shape.velocity * Double(frame) - edge) / (extent - 2 * edge)
        return SIMD2(Int(walls.x.rounded(.down)), Int(walls.y.rounded(.down)))
    }
}

extension ShapeTexture {
    /// The pattern with increased or reduced contrast, relative to one colour.
    func nearer(to colour: SIMD4<Float>, contrast: Float) -> ShapeTexture {
        var result = self
        (result.low, result.high) = (colour + (low - colour) * contrast, colour + (high - colour) * contrast)
        return result
    }

    /// The pattern in shades of grey of the same luma, if requested.
    func toned(_ grey: Bool) -> ShapeTexture {
        guard grey else { return self }
        func luma(_ colour: SIMD4<Float>) -> SIMD4<Float> {
            SIMD4(repeating: 0.299 * colour.x + 0.587 * colour.y + 0.114 * colour.z)
        }
        var result = self
        (result.low, result.high) = (luma(low), luma(high))
        return result
    }
}
