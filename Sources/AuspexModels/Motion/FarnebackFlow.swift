import AuspexSupport
import AuspexTensors

/// Dense optical flow by polynomial expansion: how far every pixel of one picture has moved in another.
///
/// Both pictures are expanded around every pixel; a displacement d moves a polynomial with the matrix A and the vector b to one whose vector is
/// b − 2Ad, so that d is found by least squares over a window, and again from where the last estimate points, from coarse pictures to fine.
///
/// - Source: Farnebäck 2003, "Two-frame motion estimation based on polynomial expansion", SCIA; what the paper leaves open (pyramid, uniform
///   window, less trust within five pixels of the border, a small constant below the quotient) as OpenCV's `calcOpticalFlowFarneback` has it, which
///   the tests hold this against. Other than there, the last row and column belong to the picture. Defaults are those of OpenCV's examples.
public struct FarnebackFlow: Sendable, Equatable {
    /// How much smaller each level of the pyramid is than the one below.
    public var pyramidScale = 0.5
    /// Levels above the picture itself; none is shorter than 32 pixels a side.
    public var levels = 3
    /// Side of the window over which displacements are taken to be equal, odd.
    public var windowSize = 15
    /// Estimates on each level.
    public var iterations = 3
    /// Pixels on either side that a polynomial is fitted to.
    public var expansionReach = 5
    /// Deviation of the fit's weight, in pixels.
    public var expansionDeviation = 1.2

    /// Whether an estimate that ends on the last row or column counts as outside the picture, as in OpenCV, where therefore pictures that stand
    /// still move there, by up to four pixels.
    package var leavesOutLastPixels = false

    private static let smallestSide = 32.0
    /// How far the first pixels from the border are trusted, from the outermost in.
    private static let borderTrust: [Float] = [0.14, 0.14, 0.4472, 0.4472, 0.4472]

    public init() {}

    /// - Parameters:
    ///   - first: grey pictures, `[N, H, W]`, 0…255.
    ///   - second: as many, of the same size.
    /// - Returns: (dy, dx) in pixels, `[N, H, W, 2]`: what stands at (y, x) in `first` stands at (y + dy, x + dx) in `second`.
    public func callAsFunction(from first: Tensor, to second: Tensor) -> Tensor {
        require(
            first.rank == 3 && first.shape == second.shape, "FarnebackFlow",
            "grey pictures [N, H, W] twice, not \(first.shape) and \(second.shape)")
        let (height, width) = (first.shape[1], first.shape[2])
        func planes(_ pictures: Tensor) -> [Plane] {
            pictures.withScalars(as: Float.self) { values in
                (0..<pictures.shape[0]).map { number in
                    let start = number * height * width
                    return Plane(
                        height: height, width: width, values: Array(values[start..<start + height * width]))
                }
            }
        }
        let flows = zip(planes(first), planes(second)).map { flow(from: $0, to: $1) }
        return Tensor(first.shape + [2]) { out in
            for (number, flow) in flows.enumerated() {
                let base = out + number * height * width * 2
                for pixel in 0..<height * width {
                    base[2 * pixel] = flow.y.values[pixel]
                    base[2 * pixel + 1] = flow.x.values[pixel]
                }
            }
        }
    }

    private func flow(from first: Plane, to second: Plane) -> Flow {
        var scale = 1.0
        var scales = [scale]
        for _ in 0..<levels {
            scale *= pyramidScale
            guard Double(min(first.height, first.width)) * scale >= Self.smallestSide else { break }
            scales.append(scale)
        }
        var flow: Flow?
        for scale in scales.reversed() {
            let height = Int((Double(first.height) * scale).rounded(.toNearestOrEven))
            let width = Int((Double(first.width) * scale).rounded(.toNearestOrEven))
            let expansions = [first, second].map { picture in
                PolynomialExpansion(
                    of: smoothed(picture, for: scale).resized(height: height, width: width), reach: expansionReach,
                    deviation: expansionDeviation)
            }
            var estimate =
                flow.map { coarser in
                    let factor = Float(1 / pyramidScale)
                    return Flow(
                        x: coarser.x.resized(height: height, width: width).scaled(by: factor),
                        y: coarser.y.resized(height: height, width: width).scaled(by: factor))
                } ?? Flow(height: height, width: width)
            for _ in 0..<iterations { estimate = refined(estimate, expansions[0], expansions[1]) }
            flow = estimate
        }
        return flow ?? Flow(height: first.height, width: first.width)
    }

    /// Without what a level's grid could not hold.
    private func smoothed(_ picture: Plane, for scale: Double) -> Plane {
        let deviation = (1 / scale - 1) / 2
        let size = max(3, Int((deviation * 5).rounded(.toNearestOrEven)) | 1)
        // At full size nothing would alias; the smallest binomial window stands for a Gaussian without width.
        let window =
            deviation > 0
            ? gaussianWindow(reach: size / 2, deviation: deviation).map(Float.init) : [0.25, 0.5, 0.25]
        return picture.filtered(vertical: window, horizontal: window, border: .mirrored)
    }

    /// The displacement from where the last estimate points: `(Σ AᵀA) d = Σ AᵀΔb` over the window.
    private func refined(_ flow: Flow, _ first: PolynomialExpansion, _ second: PolynomialExpansion) -> Flow {
        let window = [Float](repeating: 1 / Float(windowSize), count: windowSize)
        let sums = equations(flow, first, second).map {
            $0.filtered(vertical: window, horizontal: window, border: .repeated).values
        }
        var refined = flow
        for pixel in refined.x.values.indices {
            let (xx, xy, yy) = (sums[0][pixel], sums[1][pixel], sums[2][pixel])
            let (x, y) = (sums[3][pixel], sums[4][pixel])
            // Where nothing can be seen to move, the constant lets the displacement be none.
            let inverse = 1 / (xx * yy - xy * xy + 1e-3)
            refined.x.values[pixel] = (yy * x - xy * y) * inverse
            refined.y.values[pixel] = (xx * y - xy * x) * inverse
        }
        return refined
    }

    /// Each pixel's own part of the window's equations: `AᵀA` (xx, xy, yy) and `AᵀΔb` (x, y).
    private func equations(_ flow: Flow, _ first: PolynomialExpansion, _ second: PolynomialExpansion) -> [Plane] {
        let (height, width) = (flow.x.height, flow.x.width)
        let (rowTrust, columnTrust) = (Self.trust(height), Self.trust(width))
        // Arrays by themselves: an array within an array of planes would be looked up at every pixel.
        let (flowX, flowY) = (flow.x.values, flow.y.values)
        let (axx1, ayy1, axy1) = (first.axx.values, first.ayy.values, first.axy.values)
        let (axx2, ayy2, axy2) = (second.axx.values, second.ayy.values, second.axy.values)
        let (bx1, by1, bx2, by2) = (first.bx.values, first.by.values, second.bx.values, second.by.values)
        let zeros = [Float](repeating: 0, count: height * width)
        var (xx, xy, yy, xb, yb) = (zeros, zeros, zeros, zeros, zeros)
        for y in 0..<height {
            for x in 0..<width {
                let pixel = y * width + x
                let (dx, dy) = (flowX[pixel], flowY[pixel])
                var (axx, ayy, axy) = (axx1[pixel], ayy1[pixel], axy1[pixel] / 2)
                var (bx, by) = (bx1[pixel] / 2, by1[pixel] / 2)
                // Where the estimate leaves the picture, the first picture's A stands for both, and the second's b for nothing.
                if let place = Place(
                    x: Float(x) + dx, y: Float(y) + dy, height: height, width: width,
                    leavingOutLast: leavesOutLastPixels)
                {
                    axx = (axx + place.sample(axx2)) / 2
                    ayy = (ayy + place.sample(ayy2)) / 2
                    axy = axy / 2 + place.sample(axy2) / 4
                    bx -= place.sample(bx2) / 2
                    by -= place.sample(by2) / 2
                }
                let trust = rowTrust[y] * columnTrust[x]
                (axx, ayy, axy) = (axx * trust, ayy * trust, axy * trust)
                // A d + Δb: what the estimate explains, and what is left.
                bx = bx * trust + axx * dx + axy * dy
                by = by * trust + axy * dx + ayy * dy
                xx[pixel] = axx * axx + axy * axy
                xy[pixel] = (axx + ayy) * axy
                yy[pixel] = ayy * ayy + axy * axy
                xb[pixel] = axx * bx + axy * by
                yb[pixel] = axy * bx + ayy * by
            }
        }
        return [xx, xy, yy, xb, yb].map { Plane(height: height, width: width, values: $0) }
    }

    private static func trust(_ count: Int) -> [Float] {
        (0..<count).map { place in
            let (before, after) = (place, count - 1 - place)
            return (before < borderTrust.count ? borderTrust[before] : 1)
                * (after < borderTrust.count ? borderTrust[after] : 1)
        }
    }
}

/// A displacement a pixel.
private struct Flow: Sendable {
    var x: Plane
    var y: Plane

    init(x: Plane, y: Plane) {
        self.x = x
        self.y = y
    }

    init(height: Int, width: Int) {
        x = Plane(height: height, width: width, values: [Float](repeating: 0, count: height * width))
        y = x
    }
}

/// A place between four pixels.
private struct Place {
    private let first: Int
    private let width: Int
    private let fromLeft: Float
    private let fromTop: Float

    /// Nil outside the picture.
    init?(x: Float, y: Float, height: Int, width: Int, leavingOutLast: Bool) {
        let (right, bottom) = (Float(width - 1), Float(height - 1))
        // Also false for what is no number.
        guard width > 1, height > 1, x >= 0, y >= 0, x <= right, y <= bottom,
            !leavingOutLast || (x < right && y < bottom)
        else { return nil }
        let (left, top) = (min(x.rounded(.down), right - 1), min(y.rounded(.down), bottom - 1))
        first = Int(top) * width + Int(left)
        self.width = width
        (fromLeft, fromTop) = (x - left, y - top)
    }

    @inline(__always)
    func sample(_ values: [Float]) -> Float {
        let above = values[first] * (1 - fromLeft) + values[first + 1] * fromLeft
        let below = values[first + width] * (1 - fromLeft) + values[first + width + 1] * fromLeft
        return above * (1 - fromTop) + below * fromTop
    }
}
