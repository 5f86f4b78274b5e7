import AuspexTensors

/// Finds where one shot ends and another begins, among a few frames.
///
/// Frames are reduced to means over a grid of 12×16 cells, which motion changes slowly and a cut changes at once. Between two frames lies a cut if the
/// mean difference of their cells is at least 6% of the range, and four times the median of the other differences; of repeated frames only one counts.
/// Three frames or fewer tell too little of how much usually changes.
/// Source: a common rule for hard cuts; the grid and both limits are our own choice, tried on the films of `docs/predict.md`.
public enum SceneCut {
    private static let grid = (rows: 12, columns: 16)
    private static let leastDifference: Float = 0.06 * 255
    private static let leastRatio: Float = 4
    private static let leastDifferences = 3
    /// Differences below this are noise.
    private static let noise: Float = 0.004 * 255

    /// The first frame after the last cut; 0 if there is no cut.
    ///
    /// - Parameter frames: `[T, H, W, C]`, bytes.
    public static func firstFrameOfLastShot(in frames: Tensor) -> Int {
        let cells = (0..<frames.shape[0]).map { means(of: frames, at: $0) }
        let differences = zip(cells, cells.dropFirst()).map { before, after in
            zip(before, after).reduce(0) { $0 + abs($1.0 - $1.1) } / Float(before.count)
        }
        guard differences.count >= leastDifferences else { return 0 }
        for place in differences.indices.reversed() where differences[place] >= leastDifference {
            var others = differences
            others.remove(at: place)
            others = others.filter { $0 > 0 }.sorted()
            let usual = others.isEmpty ? 0 : others[others.count / 2]
            if differences[place] >= leastRatio * max(usual, noise) { return place + 1 }
        }
        return 0
    }

    private static func means(of frames: Tensor, at time: Int) -> [Float] {
        let (height, width, channels) = (frames.shape[1], frames.shape[2], frames.shape[3])
        let (rows, columns) = (min(grid.rows, height), min(grid.columns, width))
        var sums = [Float](repeating: 0, count: rows * columns * channels)
        var counts = [Float](repeating: 0, count: sums.count)
        frames.withScalars(as: UInt8.self) { values in
            var place = time * height * width * channels
            for row in 0..<height {
                for column in 0..<width {
                    let cell = (row * rows / height * columns + column * columns / width) * channels
                    for channel in 0..<channels {
                        sums[cell + channel] += Float(values[place])
                        counts[cell + channel] += 1
                        place += 1
                    }
                }
            }
        }
        return zip(sums, counts).map { $0 / $1 }
    }
}
