import AuspexTensors
import Foundation

extension Canvas {
    /// How far apart arrows are, in pixels of the canvas.
    private static let spacing = 22

    /// Draws arrows over a picture, one from the middle of each cell, as long as the cell's mean motion.
    ///
    /// - Parameters:
    ///   - displacement: (dy, dx) in pixels of the picture, `[H, W, 2]`, float32.
    ///   - x: left edge of the picture on the canvas.
    ///   - y: its upper edge.
    ///   - scale: pixels of the canvas for one of the picture.
    func drawArrows(_ displacement: Tensor, x: Int, y: Int, scale: Int) {
        let (height, width) = (displacement.shape[0], displacement.shape[1])
        let values = displacement.scalars
        let cell = max(1, Self.spacing / scale)
        for top in stride(from: 0, to: height, by: cell) {
            for left in stride(from: 0, to: width, by: cell) {
                let (rows, columns) = (top..<min(top + cell, height), left..<min(left + cell, width))
                var (dy, dx) = (0.0, 0.0)
                for row in rows {
                    for column in columns {
                        dy += Double(values[2 * (row * width + column)])
                        dx += Double(values[2 * (row * width + column) + 1])
                    }
                }
                let share = Double(scale) / Double(rows.count * columns.count)
                let from = (
                    x: Double(x) + Double(scale) * (Double(left) + Double(columns.count) / 2),
                    y: Double(y) + Double(scale) * (Double(top) + Double(rows.count) / 2)
                )
                drawArrow(from: from, dx: dx * share, dy: dy * share)
            }
        }
    }

    private func drawArrow(from: (x: Double, y: Double), dx: Double, dy: Double) {
        let length = hypot(dx, dy)
        // Shorter ones are specks, and NaN has no direction.
        guard length >= 2 else { return }
        let (ux, uy) = (dx / length, dy / length)
        let tip = (x: from.x + dx, y: from.y + dy)
        let head = min(4, 0.5 * length)
        strokeLine([from, tip], width: 1.2, colour: .ink)
        fillPolygon(
            [
                tip, (tip.x - head * (ux + 0.6 * uy), tip.y - head * (uy - 0.6 * ux)),
                (tip.x - head * (ux - 0.6 * uy), tip.y - head * (uy + 0.6 * ux)),
            ], colour: .ink)
    }
}
