import AuspexTensors

/// A pattern of two colours that is fixed to a shape, so that the shape's motion is also visible inside it.
///
/// Computed with additions, products, comparisons and square roots only, which every processor rounds alike: the same bits everywhere.
struct ShapeTexture: Sendable {
    enum Kind: Int, CaseIterable, Sendable { case stripes, checks, rings, dots }

    let kind: Kind
    /// Unit vector in the pattern's direction.
    let direction: SIMD2<Float>
    /// Cycles per unit of length, and the phase at the centre.
    let frequency: Float
    let phase: SIMD2<Float>
    /// The two colours, 0…255 (the fourth lane is unused); in greyscale all lanes are equal.
    var low: SIMD4<Float>
    var high: SIMD4<Float>

    /// The colour at a place relative to the pattern's own centre.
    @inline(__always)
    func colour(x: Float, y: Float) -> SIMD4<Float> {
        let along = (x * direction.x + y * direction.y) * frequency + phase.x
        let across = (y * direction.x - x * direction.y) * frequency + phase.y
        let mix: Float
        switch kind {
        case .stripes: mix = Self.wave(along)
        case .checks: mix = Self.wave(along) * Self.wave(across)
        case .rings: mix = Self.wave((x * x + y * y).squareRoot() * frequency + phase.x)
        case .dots: mix = max(-1, Self.wave(along) + Self.wave(across) - 1)
        }
        return low + (high - low) * (0.5 + 0.5 * mix)
    }

    /// A wave of period 1 between -1 and 1 with straight slopes and flat tops.
    @inline(__always)
    static func wave(_ x: Float) -> Float {
        max(-1, min(1, (abs(x - nearestInteger(x)) - 0.25) * 6))
    }

    /// Rounds to the nearest integer, ties to even, for |x| < 2²²: the sum's last bit is the unit.
    ///
    /// `rounded()` would be a library call on processors without SSE 4.1, for which the package is built.
    @inline(__always)
    static func nearestInteger(_ x: Float) -> Float { (x + 0x1.8p23) - 0x1.8p23 }
}

/// Draws numbers one after the other from a stream: a scene needs some dozens.
struct SceneDraws {
    private let stream: RandomStream
    private var next = 0

    init(_ stream: RandomStream) { self.stream = stream }

    mutating func uniform(in range: ClosedRange<Float> = 0...1) -> Float {
        defer { next += 1 }
        return range.lowerBound + (range.upperBound - range.lowerBound) * stream.uniform(at: next)
    }

    /// A whole number of a range, including its last value.
    mutating func integer(in range: ClosedRange<Int>) -> Int {
        let count = Float(range.count)
        return min(range.upperBound, range.lowerBound + Int(uniform() * count))
    }

    /// A direction, uniformly distributed, without a sine: a point of the unit disc, scaled to its rim.
    mutating func direction() -> SIMD2<Float> {
        for _ in 0..<64 {
            let (x, y) = (uniform(in: -1...1), uniform(in: -1...1))
            let square = x * x + y * y
            if square > 0.01 && square <= 1 {
                let length = square.squareRoot()
                return SIMD2(x / length, y / length)
            }
        }
        return SIMD2(1, 0)
    }

    /// A colour of any hue, 0…255.
    mutating func colour(saturation: ClosedRange<Float>, brightness: ClosedRange<Float>) -> SIMD4<Float> {
        let hue = uniform() * 6
        let (saturation, brightness) = (uniform(in: saturation), uniform(in: brightness) * 255)
        // The usual hexagon of hues: each component is a ramp of the distance from its own hue.
        let ramps = SIMD4(abs(hue - 3) - 1, 2 - abs(hue - 2), 2 - abs(hue - 4), 0).clamped(
            lowerBound: SIMD4(repeating: 0), upperBound: SIMD4(repeating: 1))
        return (SIMD4(repeating: 1 - saturation) + ramps * saturation) * brightness
    }
}
