import AuspexTensors

/// A row of numbers for each clip of a set.
public struct ClipFeatures: Sendable, Equatable {
    /// Numbers in a row.
    public let size: Int
    /// Row after row.
    public private(set) var values: [Float]

    public init(size: Int, values: [Float] = []) {
        require(
            size > 0 && values.count % size == 0, "ClipFeatures", "\(values.count) numbers are no rows of \(size)")
        self.size = size
        self.values = values
    }

    public var count: Int { values.count / size }

    public mutating func append(_ rows: [Float]) {
        require(rows.count % size == 0, "ClipFeatures.append", "\(rows.count) numbers are no rows of \(size)")
        values += rows
    }

    /// The rows of these numbers, in this order; a row may be taken many times.
    public func rows(_ numbers: [Int]) -> ClipFeatures {
        var taken = ClipFeatures(size: size)
        taken.values.reserveCapacity(numbers.count * size)
        for number in numbers { taken.values += values[number * size..<(number + 1) * size] }
        return taken
    }

    /// The first row with a number that is not finite.
    var firstNotFinite: Int? { values.firstIndex { !$0.isFinite }.map { $0 / size } }

    /// Whether all rows are the same.
    var areConstant: Bool { (1..<max(count, 1)).allSatisfy { rowsEqual(0, $0) } }

    private func rowsEqual(_ a: Int, _ b: Int) -> Bool {
        values[a * size..<(a + 1) * size] == values[b * size..<(b + 1) * size]
    }
}
