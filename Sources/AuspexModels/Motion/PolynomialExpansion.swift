/// Every pixel's surroundings as a polynomial of second degree: `p(x, y) ≈ c + bx·x + by·y + axx·x² + ayy·y² + axy·xy`, fitted
/// by least squares under a Gaussian weight. The constant is not kept.
///
/// - Source: Farnebäck 2003, "Two-frame motion estimation based on polynomial expansion", section 2.
struct PolynomialExpansion: Sendable {
    let bx: Plane
    let by: Plane
    let axx: Plane
    let ayy: Plane
    let axy: Plane

    /// - Parameters:
    ///   - reach: the surroundings are (2·reach + 1)² pixels.
    ///   - deviation: of the Gaussian weight, in pixels.
    init(of plane: Plane, reach: Int, deviation: Double) {
        let weights = gaussianWindow(reach: reach, deviation: deviation)
        let places = (-reach...reach).map(Double.init)
        let first = zip(weights, places).map { $0 * $1 }
        let second = zip(first, places).map { $0 * $1 }
        let fourth = zip(second, places).map { $0 * $1 * $1 }.reduce(0, +)
        // The moments of the weight, m₂ = Σ w x² and m₄ = Σ w x⁴. For a separable weight the normal equations fall apart: x and y each stand
        // alone with m₂, xy with m₂²; only 1, x² and y² are coupled, and of their inverse two entries are needed.
        let square = second.reduce(0, +)
        let spread = fourth - square * square
        let windows = [weights, first, second].map { $0.map(Float.init) }
        let down = windows.map { plane.filtered(vertical: $0, border: .repeated) }
        func moment(_ x: Int, _ y: Int) -> Plane { down[y].filtered(horizontal: windows[x], border: .repeated) }
        bx = moment(1, 0).scaled(by: Float(1 / square))
        by = moment(0, 1).scaled(by: Float(1 / square))
        axy = moment(1, 1).scaled(by: Float(1 / (square * square)))
        let mean = moment(0, 0)
        func curvature(_ moment: Plane) -> Plane {
            let values = zip(moment.values, mean.values).map { ($0 - Float(square) * $1) * Float(1 / spread) }
            return Plane(height: plane.height, width: plane.width, values: values)
        }
        axx = curvature(moment(2, 0))
        ayy = curvature(moment(0, 2))
    }
}
