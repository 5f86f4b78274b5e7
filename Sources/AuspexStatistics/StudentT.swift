import Foundation

/// Student's t: how far the mean of a few numbers may be from the true mean when their spread is estimated from the same numbers.
package enum StudentT {
    /// The t that a variable stays within ±t of with 95% probability: 12.7 for two numbers, 1.96 for many.
    ///
    /// Source: Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.3, 26.7.4 (exact, solved by halving) and, for many degrees of freedom, 26.7.5.
    ///
    /// - Parameter degreesOfFreedom: one less than the numbers, at least 1.
    package static func twoSided95(degreesOfFreedom: Int) -> Double {
        let ν = max(1, degreesOfFreedom)
        if ν > 200 {
            let z = 1.959963984540054
            let n = Double(ν)
            return z + (pow(z, 3) + z) / (4 * n) + (5 * pow(z, 5) + 16 * pow(z, 3) + 3 * z) / (96 * n * n)
        }
        var (low, high) = (0.0, 13.0)
        for _ in 0..<60 {
            let middle = (low + high) / 2
            if probability(within: middle, ν) < 0.95 { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }

    /// P(|T| ≤ t), a finite sum for whole degrees of freedom.
    private static func probability(within t: Double, _ ν: Int) -> Double {
        let angle = atan(t / Double(ν).squareRoot())
        let square = cos(angle) * cos(angle)
        let isOdd = ν % 2 == 1
        // The terms' factors are 2/3, 4/5, … for odd degrees and 1/2, 3/4, … for even ones.
        var term = isOdd ? cos(angle) : 1
        var sum = ν == 1 ? 0 : term
        for step in stride(from: isOdd ? 2 : 1, through: ν - 3, by: 2) {
            term *= square * Double(step) / Double(step + 1)
            sum += term
        }
        return isOdd ? 2 / .pi * (angle + sin(angle) * sum) : sin(angle) * sum
    }
}
