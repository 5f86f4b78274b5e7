import AuspexSupport
import CAuspexEngine

/// The parameters of a polynomial fit to pictures.
package struct PolynomialFit: Sendable {
    /// The neighbourhood is (2·reach + 1)² pixels.
    package var reach: Int
    /// The weight along either side, w, w·x and w·x² one after another.
    package var weights: [Float]
    /// The weight's moments, m₂ = Σ w x² and m₄ = Σ w x⁴.
    package var square: Double
    package var fourth: Double

    package init(reach: Int, weights: [Float], square: Double, fourth: Double) {
        require(
            (0...Int(AX_MAXIMUM_EXPANSION_REACH)).contains(reach) && weights.count == 3 * (2 * reach + 1),
            "PolynomialFit",
            "a reach up to \(AX_MAXIMUM_EXPANSION_REACH) and three weights a place, not \(reach) and \(weights.count)")
        (self.reach, self.weights, self.square, self.fourth) = (reach, weights, square, fourth)
    }
}

/// Approximates every pixel's neighbourhood by a polynomial of second degree; off the tape.
///
/// - Parameters:
///   - pictures: `[N, H, W]`.
///   - height: of the expanded pictures, which are resized bilinearly from the blurred ones.
///   - blur: the window for blurring the pictures first, along either side; of odd length.
/// - Returns: `[N, height, width, 8]`: axx, ayy, axy / 2, bx / 2, by / 2 of `c + bx·x + by·y + axx·x² + ayy·y² + axy·xy`, and zeros.
package func polynomialExpansion(
    of pictures: Tensor, height: Int, width: Int, blur: [Float], fit: PolynomialFit
) -> Tensor {
    let (count, fullHeight, fullWidth) = (pictures.shape[0], pictures.shape[1], pictures.shape[2])
    let parts = max(1, min(Kernels.threads, count))
    let room = ax_polynomial_expansion_scratch(fullHeight, fullWidth, height, width, blur.count, fit.reach)
    let scratch = Tensor(uninitialized: [parts * room])
    return Tensor([count, height, width, Int(AX_EXPANSION_STRIDE)]) { out in
        fit.weights.withUnsafeBufferPointer { weights in
            var expansion = ax_expansion(
                weights: weights.baseAddress, reach: fit.reach, slope: Float(1 / fit.square),
                twist: Float(1 / (fit.square * fit.square)), square: Float(fit.square),
                curvature: Float(1 / (fit.fourth - fit.square * fit.square)))
            withFloats(pictures) { pictures in
                scratch.withScratch {
                    ax_polynomial_expansion(
                        out, pictures, count, fullHeight, fullWidth, height, width, blur, blur.count, &expansion, parts,
                        $0)
                }
            }
        }
    }
}

/// Displacements between pictures from their polynomials, each estimated over a window, starting from the previous estimate; off the tape.
///
/// - Parameters:
///   - pairs: which of the pictures displacements go from and to.
///   - expansions: `[N, H, W, 8]`, of `polynomialExpansion`.
///   - coarser: displacements of pictures of another size, `[pairs, h, w, 2]`, as initial estimates; nil starts at zero.
///   - factor: what those are multiplied by.
///   - leavesOutLast: whether the last row and column are outside of the picture.
/// - Returns: (dy, dx) in pixels, `[pairs, H, W, 2]`.
package func polynomialFlow(
    _ pairs: [(from: Int, to: Int)], _ expansions: Tensor, coarser: Tensor?, factor: Double, window: Int,
    iterations: Int, leavesOutLast: Bool
) -> Tensor {
    let (count, height, width) = (expansions.shape[0], expansions.shape[1], expansions.shape[2])
    require(
        pairs.allSatisfy { (0..<count).contains($0.from) && (0..<count).contains($0.to) }, "polynomialFlow",
        "a pair names a picture that is not among \(count)")
    require(window >= 1 && window % 2 == 1, "polynomialFlow", "a window of odd size, not \(window)")
    let places = pairs.flatMap { [Int64($0.from), Int64($0.to)] }
    let parts = max(1, min(Kernels.threads, pairs.count))
    let scratch = Tensor(uninitialized: [parts * ax_polynomial_flow_scratch(height, width, window)])
    return Tensor([pairs.count, height, width, 2]) { out in
        withFloats(expansions, coarser ?? expansions) { expansions, above in
            scratch.withScratch {
                ax_polynomial_flow(
                    out, coarser == nil ? nil : above, coarser?.shape[1] ?? 0, coarser?.shape[2] ?? 0, Float(factor),
                    expansions, places, pairs.count, height, width, window, iterations, leavesOutLast ? 1 : 0, parts, $0
                )
            }
        }
    }
}

/// The median along time, for an even number of frames the mean of the two middle ones; off the tape.
///
/// - Parameter clips: `[B, T, …]`, at most 256 frames.
/// - Returns: `[B, …]`.
package func medianOverTime(_ clips: Tensor) -> Tensor {
    require(
        clips.rank >= 2 && (1...Int(AX_MAXIMUM_MEDIAN_FRAMES)).contains(clips.shape[1]), "medianOverTime",
        "1 to \(AX_MAXIMUM_MEDIAN_FRAMES) frames [B, T, …], not \(clips.shape)")
    let rest = Array(clips.shape[2...])
    return Tensor([clips.shape[0]] + rest) { out in
        withFloats(clips) { ax_median_over_time(out, $0, clips.shape[0], clips.shape[1], rest.product) }
    }
}
