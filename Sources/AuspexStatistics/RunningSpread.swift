/// Mean and standard deviation of numbers that come one by one.
package struct RunningSpread {
    package private(set) var count = 0
    package private(set) var mean = 0.0
    package private(set) var sum = 0.0
    /// Sum of squared deviations from the mean.
    private var squares = 0.0

    package init() {}

    // Welford's recurrence: sums of squares would cancel for values like 30.01, 30.02, ….
    package mutating func add(_ value: Double) {
        count += 1
        sum += value
        let deviation = value - mean
        mean += deviation / Double(count)
        squares += deviation * (value - mean)
    }

    /// Standard error of the mean; nil for fewer than two numbers.
    package var standardError: Double? {
        count > 1 ? (squares / Double(count - 1) / Double(count)).squareRoot() : nil
    }
}
