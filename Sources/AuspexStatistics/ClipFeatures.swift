import AuspexSupport
import AuspexTensors

/// A row of numbers for each clip of a set.
///
/// Rows are shared: a part of a set refers to the same numbers and copies nothing.
public struct ClipFeatures: Sendable, Equatable {
    /// Numbers in a row.
    public let size: Int
    private var blocks: [FeatureBlock] = []
    private var places: [Place] = []

    /// Where a row is stored.
    private struct Place {
        var block: Int32
        var row: Int32
    }

    /// Makes a set of rows.
    ///
    /// - Parameters:
    ///   - size: numbers in a row, more than 0.
    ///   - values: row after row; the count must be a multiple of `size`.
    public init(size: Int, values: [Float] = []) {
        require(size > 0, "ClipFeatures", "rows of \(size) numbers")
        self.size = size
        append(values)
    }

    /// All rows of a block.
    package init(size: Int, _ block: FeatureBlock) {
        self.init(size: size)
        take(block)
    }

    /// Number of rows.
    public var count: Int { places.count }

    /// Row after row, copied.
    public var values: [Float] {
        [Float](unsafeUninitializedCapacity: count * size) { out, filled in
            forEachRow { row, numbers in
                _ = UnsafeMutableBufferPointer(rebasing: out[row * size..<(row + 1) * size]).initialize(from: numbers)
            }
            filled = count * size
        }
    }

    /// Adds rows, copied.
    ///
    /// - Parameter rows: row after row; the count must be a multiple of `size`.
    public mutating func append(_ rows: [Float]) {
        require(
            rows.count % size == 0, "ClipFeatures.append",
            "\(rows.count, "number") cannot be split into rows of \(size)")
        guard !rows.isEmpty else { return }
        take(rows.withUnsafeBufferPointer { FeatureBlock(copying: $0) })
    }

    /// Adds the rows of another set, which must have the same `size`; the numbers are shared, not copied.
    public mutating func append(_ other: ClipFeatures) {
        require(other.size == size, "ClipFeatures.append", "rows of \(other.size) to rows of \(size)")
        let first = Int32(blocks.count)
        blocks += other.blocks
        places += other.places.map { Place(block: first + $0.block, row: $0.row) }
    }

    private mutating func take(_ block: FeatureBlock) {
        require(
            block.values.count % size == 0, "ClipFeatures",
            "\(block.values.count, "number") cannot be split into rows of \(size)")
        let number = Int32(blocks.count)
        blocks.append(block)
        places += (0..<Int32(block.values.count / size)).map { Place(block: number, row: $0) }
    }

    /// The rows of these numbers, in this order; a row may be taken many times.
    public func rows(_ numbers: some Sequence<Int>) -> ClipFeatures {
        var taken = self
        taken.places = numbers.map { places[$0] }
        return taken
    }

    /// A row's numbers. They live as long as these features do.
    private func row(_ number: Int) -> UnsafeBufferPointer<Float> {
        let place = places[number]
        let start = Int(place.row) * size
        return UnsafeBufferPointer(rebasing: blocks[Int(place.block)].values[start..<start + size])
    }

    /// Calls `body` with the number of each row and what it holds.
    package func forEachRow(_ body: (Int, UnsafeBufferPointer<Float>) throws -> Void) rethrows {
        try withExtendedLifetime(blocks) { for number in 0..<count { try body(number, row(number)) } }
    }

    /// Writes a part of the table in Double, row after row.
    ///
    /// - Parameters:
    ///   - out: room for `rows.count × columns.count` numbers.
    ///   - change: is given each number and its column.
    @inline(__always)
    func write(
        _ rows: Range<Int>, columns: Range<Int>, to out: UnsafeMutablePointer<Double>,
        _ change: (Double, Int) -> Double = { number, _ in number }
    ) {
        withExtendedLifetime(blocks) {
            var next = out
            for number in rows {
                let numbers = row(number)
                for column in columns {
                    next.pointee = change(Double(numbers[column]), column)
                    next += 1
                }
            }
        }
    }

    /// The mean row.
    var mean: [Double] {
        var mean = [Double](repeating: 0, count: size)
        forEachRow { _, numbers in for column in 0..<size { mean[column] += Double(numbers[column]) } }
        return mean.map { $0 / Double(count) }
    }

    /// The first row with a number that is not finite.
    package var firstNotFinite: Int? {
        withExtendedLifetime(blocks) { (0..<count).first { !row($0).allSatisfy(\.isFinite) } }
    }

    /// Whether all rows are the same.
    package var areConstant: Bool {
        withExtendedLifetime(blocks) { (1..<max(count, 1)).allSatisfy { row($0).elementsEqual(row(0)) } }
    }

    public static func == (left: ClipFeatures, right: ClipFeatures) -> Bool {
        left.size == right.size && left.count == right.count
            && withExtendedLifetime((left.blocks, right.blocks)) {
                (0..<left.count).allSatisfy { left.row($0).elementsEqual(right.row($0)) }
            }
    }
}
