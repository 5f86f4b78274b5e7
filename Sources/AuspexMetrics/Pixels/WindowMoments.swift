import AuspexSupport
import AuspexTensors

/// Windowed means of two pictures and of their products, by one pass down and one pass across.
///
/// Similarity needs `σx² + σy²` only as a sum, so four fields are filtered instead of five: x, y, x² + y², xy. Channels are interleaved, so the pass across
/// steps by C and both passes run over whole rows, vector by vector. Uses Double, because `E[x²] − E[x]²` cancels.
final class WindowMoments {
    private typealias Vector = SIMD8<Double>

    private let window: [Double]
    private let height: Int
    /// Numbers in a row, width times channels.
    private let rowCount: Int
    /// Four fields of the whole picture, one after another.
    private let fields: UnsafeMutablePointer<Double>
    /// Four rows, filtered downwards.
    private let filtered: UnsafeMutablePointer<Double>
    /// Rows are padded so that whole vectors may be read past their end.
    private let rowStride: Int

    init(window: [Double], height: Int, rowCount: Int) {
        self.window = window
        self.height = height
        self.rowCount = rowCount
        rowStride = (rowCount + 7) / 8 * 8
        // A vector may start anywhere in a row, so one more is needed after the last.
        fields = .allocate(capacity: 4 * height * rowStride + 8)
        fields.initialize(repeating: 0, count: 4 * height * rowStride + 8)
        filtered = .allocate(capacity: 4 * rowStride + 8)
        filtered.initialize(repeating: 0, count: 4 * rowStride + 8)
    }

    deinit {
        fields.deallocate()
        filtered.deallocate()
    }

    /// The mean of the structural similarity over places and channels.
    func meanSimilarity(of pair: FramePair, c1: Double, c2: Double, covarianceFactor: Double) -> Double {
        require(
            pair.height == height && pair.width * pair.channels == rowCount, "WindowMoments",
            "a frame of \(pair.height) rows of \(pair.width * pair.channels) numbers for \(height) of \(rowCount)")
        switch pair.pixels {
        case .bytes(let x, let y): fill(x, y) { Double($0) }
        case .floats(let x, let y): fill(x, y) { Double($0) }
        }
        let places = rowCount - (window.count - 1) * pair.channels
        var total = 0.0
        for row in 0...(height - window.count) {
            filterDown(from: row)
            total += similarity(
                places: places, step: pair.channels, c1: c1, c2: c2, covarianceFactor: covarianceFactor)
        }
        return total / Double(places * (height - window.count + 1))
    }

    private func fill<Scalar>(
        _ x: UnsafeBufferPointer<Scalar>, _ y: UnsafeBufferPointer<Scalar>, _ double: (Scalar) -> Double
    ) {
        let size = height * rowStride
        for row in 0..<height {
            let (from, to) = (row * rowCount, row * rowStride)
            for column in 0..<rowCount {
                let (a, b) = (double(x[from + column]), double(y[from + column]))
                fields[to + column] = a
                fields[size + to + column] = b
                fields[2 * size + to + column] = a * a + b * b
                fields[3 * size + to + column] = a * b
            }
        }
    }

    private func vector(_ pointer: UnsafePointer<Double>) -> Vector {
        UnsafeRawPointer(pointer).loadUnaligned(as: Vector.self)
    }

    private func filterDown(from row: Int) {
        for field in 0..<4 {
            let source = UnsafePointer(fields) + (field * height + row) * rowStride
            let destination = UnsafeMutableRawPointer(filtered + field * rowStride)
            for column in stride(from: 0, to: rowStride, by: 8) {
                var sum = Vector(repeating: 0)
                for (tap, weight) in window.enumerated() {
                    sum += weight * vector(source + tap * rowStride + column)
                }
                destination.storeBytes(of: sum, toByteOffset: column * 8, as: Vector.self)
            }
        }
    }

    private func filterAcross(field: Int, from column: Int, step: Int) -> Vector {
        let source = UnsafePointer(filtered) + field * rowStride + column
        var sum = Vector(repeating: 0)
        for (tap, weight) in window.enumerated() { sum += weight * vector(source + tap * step) }
        return sum
    }

    private func similarity(places: Int, step: Int, c1: Double, c2: Double, covarianceFactor: Double) -> Double {
        var total = 0.0
        for column in stride(from: 0, to: places, by: 8) {
            let x = filterAcross(field: 0, from: column, step: step)
            let y = filterAcross(field: 1, from: column, step: step)
            let squares = filterAcross(field: 2, from: column, step: step)
            let product = filterAcross(field: 3, from: column, step: step)
            let (both, cross) = (x * x + y * y, x * y)
            let variances = covarianceFactor * (squares - both)
            let covariance = covarianceFactor * (product - cross)
            let similarity =
                (2 * cross + c1) * (2 * covariance + c2) / ((both + c1) * (variances + c2))
            for lane in 0..<min(8, places - column) { total += similarity[lane] }
        }
        return total
    }
}
