import AuspexSupport
import Foundation

/// Enlarges maps by a whole number so that they follow the edges of a picture of the larger size.
///
/// A pixel takes the weighted mean of the four nearest cells. A cell's weight is that of bilinear interpolation, raised a little so that a farther cell can win,
/// times `exp(−d² / 2σ²)`, where d² is the mean squared difference between the pixel's colour and the cell's. Where all four cells differ from the
/// pixel alike, it is bilinear interpolation.
///
/// - Parameters:
///   - x: `[N, h, w, K]`, float32. The gradient passes into it alone.
///   - guide: the picture, `[N, H, W, C]` with H and W the same multiple of h and w.
///   - coarse: the same picture at the size of the maps, `[N, h, w, C]`.
///   - tolerance: σ, in units of the picture.
/// - Returns: `[N, H, W, K]`.
/// - Source: joint bilateral upsampling, Kopf et al. 2007, with four cells.
public func enlarged(_ x: Tensor, guide: Tensor, coarse: Tensor, tolerance: Float) -> Tensor {
    let (n, h, w, k) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3])
    let factor = guide.shape[1] / h
    require(
        guide.shape == [n, h * factor, w * factor, guide.shape[3]] && coarse.shape == [n, h, w, guide.shape[3]]
            && tolerance > 0, "enlarged",
        "x [N, h, w, K], a guide [N, H, W, C] a multiple as large and its coarse form [N, h, w, C], not \(x.shape), \(guide.shape) and "
            + "\(coarse.shape)")
    let cells = GuidedCells(guide: guide.detached(), coarse: coarse.detached(), factor: factor, tolerance: tolerance)
    let output = Tensor([n, h * factor, w * factor, k]) { out in
        out.update(repeating: 0, count: n * h * factor * w * factor * k)
        withFloats(x) { values in
            cells.forEach { pixel, cell, weight in
                let (to, from) = (out + pixel * k, values + cell * k)
                for channel in 0..<k { to[channel] += weight * from[channel] }
            }
        }
    }
    return output.recorded("enlarged", from: x) { gradient in
        [
            Tensor([n, h, w, k]) { sums in
                sums.update(repeating: 0, count: n * h * w * k)
                withFloats(gradient) { upstream in
                    cells.forEach { pixel, cell, weight in
                        let (to, from) = (sums + cell * k, upstream + pixel * k)
                        for channel in 0..<k { to[channel] += weight * from[channel] }
                    }
                }
            }
        ]
    }
}

/// The four cells that each pixel of a larger picture takes, and their weights.
private struct GuidedCells: Sendable {
    let guide: Tensor
    let coarse: Tensor
    let factor: Int
    let tolerance: Float

    /// Bilinear weights are raised by this.
    private static let raise: Float = 0.05
    /// So that weights never sum to nothing.
    private static let least: Float = 1e-12

    /// Gives a pixel's number, a cell's number and its weight, four times a pixel; a pixel's weights sum to 1.
    func forEach(_ body: (Int, Int, Float) -> Void) {
        let (n, height, width, channels) = (guide.shape[0], guide.shape[1], guide.shape[2], guide.shape[3])
        let (h, w) = (coarse.shape[1], coarse.shape[2])
        let rows = (0..<height).map { Between($0, of: h, factor) }
        let columns = (0..<width).map { Between($0, of: w, factor) }
        let scale = -1 / (2 * tolerance * tolerance * Float(channels))
        withFloats(guide, coarse) { guide, coarse in
            for clip in 0..<n {
                for (row, y) in rows.enumerated() {
                    for (column, x) in columns.enumerated() {
                        let pixel = (clip * height + row) * width + column
                        let first = (clip * h + y.first) * w
                        let second = (clip * h + y.second) * w
                        let places = (first + x.first, first + x.second, second + x.first, second + x.second)
                        func weight(_ cell: Int, _ bilinear: Float) -> Float {
                            var distance: Float = 0
                            for channel in 0..<channels {
                                let difference = guide[pixel * channels + channel] - coarse[cell * channels + channel]
                                distance += difference * difference
                            }
                            return (bilinear + Self.raise) * max(exp(distance * scale), Self.least)
                        }
                        let weights = (
                            weight(places.0, (1 - y.share) * (1 - x.share)), weight(places.1, (1 - y.share) * x.share),
                            weight(places.2, y.share * (1 - x.share)), weight(places.3, y.share * x.share)
                        )
                        let whole = 1 / (weights.0 + weights.1 + weights.2 + weights.3)
                        body(pixel, places.0, weights.0 * whole)
                        body(pixel, places.1, weights.1 * whole)
                        body(pixel, places.2, weights.2 * whole)
                        body(pixel, places.3, weights.3 * whole)
                    }
                }
            }
        }
    }

    /// The two nearest cells along one side, and the share of the second.
    private struct Between {
        let first: Int
        let second: Int
        let share: Float

        init(_ pixel: Int, of cells: Int, _ factor: Int) {
            let place = max(0, min((Float(pixel) + 0.5) / Float(factor) - 0.5, Float(cells - 1)))
            first = Int(place)
            second = min(first + 1, cells - 1)
            share = place - Float(first)
        }
    }
}
