/// The numbers of one step, by name, in the order in which they were first reported.
public struct StepReport {
    private var sums: [String: (sum: Double, count: Int)] = [:]
    /// Names of the numbers, in the order in which they were first reported.
    public private(set) var names: [String] = []

    /// Nothing reported yet.
    public init() {}

    /// The number of a name: the mean if it was reported more than once in the step.
    public subscript(name: String) -> Double? { sums[name].map { $0.sum / Double($0.count) } }

    /// All numbers in order.
    public var numbers: [(name: String, value: Double)] { names.map { ($0, self[$0] ?? .nan) } }

    /// Reports a number, replacing one of the same name.
    public mutating func add(_ name: String, _ value: Double) {
        if sums[name] == nil { names.append(name) }
        sums[name] = (value, 1)
    }

    mutating func addMean(_ name: String, _ value: Float) { addMean(name, Double(value)) }

    mutating func addMean(_ name: String, _ value: Double) {
        guard let old = sums[name] else {
            add(name, value)
            return
        }
        sums[name] = (old.sum + value, old.count + 1)
    }

    /// The first number that is infinite or NaN.
    func checkFinite() throws(NonFiniteValue) {
        for (name, value) in numbers where !value.isFinite { throw NonFiniteValue(term: name, value: value) }
    }
}

/// A loss or a gradient became infinite or NaN: the run cannot continue from it.
public struct NonFiniteValue: Error, CustomStringConvertible, Equatable {
    /// The loss or gradient: `generator/loss`.
    public let term: String
    /// NaN or an infinity.
    public let value: Double

    public var description: String { "\(term) became \(value)" }

    public static func == (a: Self, b: Self) -> Bool { a.term == b.term && "\(a.value)" == "\(b.value)" }
}
