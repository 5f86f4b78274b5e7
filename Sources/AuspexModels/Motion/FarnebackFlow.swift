import AuspexSupport
import AuspexTensors

/// Dense optical flow by polynomial expansion: how far every pixel of one picture has moved in another.
///
/// Both pictures are expanded around every pixel; a displacement d moves a polynomial with the matrix A and the vector b to one whose vector is
/// b − 2Ad, so that d is found by least squares over a window, and again from where the last estimate points, from coarse pictures to fine.
///
/// - Source: Farnebäck 2003, "Two-frame motion estimation based on polynomial expansion", SCIA; details that the paper leaves open (pyramid, uniform
///   window, lower weight within five pixels of the border, a small constant in the denominator) follow OpenCV's `calcOpticalFlowFarneback`, with which
///   the tests compare. Unlike OpenCV, the last row and column belong to the picture. Defaults are those of OpenCV's examples.
public struct FarnebackFlow: Sendable, Equatable {
    /// How much smaller each level of the pyramid is than the one below.
    public var pyramidScale = 0.5
    /// Levels above the picture itself; none has a side shorter than 32 pixels.
    public var levels = 3
    /// Side of the window over which displacements are assumed to be equal, odd.
    public var windowSize = 15
    /// Estimates on each level.
    public var iterations = 3
    /// Pixels on either side that a polynomial is fitted to, at most 16.
    public var expansionReach = 5
    /// Standard deviation of the fit's weight, in pixels.
    public var expansionDeviation = 1.2

    /// Whether an estimate that ends on the last row or column counts as outside the picture, as in OpenCV, where still pictures therefore appear to
    /// move there, by up to four pixels.
    package var leavesOutLastPixels = false

    private static let smallestSide = 32.0

    /// The defaults of OpenCV's examples.
    public init() {}

    /// - Parameters:
    ///   - first: grey pictures, `[N, H, W]`, 0…255.
    ///   - second: the same number, of the same size.
    /// - Returns: (dy, dx) in pixels, `[N, H, W, 2]`: the pixel at (y, x) in `first` is at (y + dy, x + dx) in `second`.
    public func callAsFunction(from first: Tensor, to second: Tensor) -> Tensor {
        require(
            first.rank == 3 && first.shape == second.shape, "FarnebackFlow",
            "grey pictures [N, H, W] twice, not \(first.shape) and \(second.shape)")
        let count = first.shape[0]
        return self(among: joined([first, second], along: 0), pairs: (0..<count).map { ($0, count + $0) })
    }

    /// The flows between any pairs of pictures; a picture that is in several pairs is expanded once.
    ///
    /// - Parameters:
    ///   - pictures: grey, `[N, H, W]`, 0…255.
    ///   - pairs: which pictures flows go from and to.
    /// - Returns: (dy, dx) in pixels, `[pairs, H, W, 2]`.
    public func callAsFunction(among pictures: Tensor, pairs: [(from: Int, to: Int)]) -> Tensor {
        require(pictures.rank == 3, "FarnebackFlow", "grey pictures [N, H, W], not \(pictures.shape)")
        let (height, width) = (pictures.shape[1], pictures.shape[2])
        let fit = PolynomialFit(reach: expansionReach, deviation: expansionDeviation)
        var flow: Tensor?
        for scale in scales(height: height, width: width).reversed() {
            let side = { (length: Int) in Int((Double(length) * scale).rounded(.toNearestOrEven)) }
            let expansions = polynomialExpansion(
                of: pictures, height: side(height), width: side(width), blur: Self.blur(for: scale), fit: fit)
            flow = polynomialFlow(
                pairs, expansions, coarser: flow, factor: 1 / pyramidScale, window: windowSize, iterations: iterations,
                leavesOutLast: leavesOutLastPixels)
        }
        return flow ?? Tensor(zeros: [pairs.count, height, width, 2])
    }

    /// The pyramid's levels, from the pictures themselves up.
    private func scales(height: Int, width: Int) -> [Double] {
        var scales = [1.0]
        for _ in 0..<levels {
            let next = (scales.last ?? 1) * pyramidScale
            guard Double(min(height, width)) * next >= Self.smallestSide else { break }
            scales.append(next)
        }
        return scales
    }

    /// The window that removes what a level's grid could not represent.
    private static func blur(for scale: Double) -> [Float] {
        let deviation = (1 / scale - 1) / 2
        let size = max(3, Int((deviation * 5).rounded(.toNearestOrEven)) | 1)
        // At full size nothing would alias; the smallest binomial window replaces a Gaussian of width zero.
        return deviation > 0
            ? gaussianWindow(reach: size / 2, deviation: deviation).map(Float.init) : [0.25, 0.5, 0.25]
    }
}
