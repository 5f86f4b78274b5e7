import AuspexSupport
import AuspexTensors
import Foundation

/// One axis: from values to places between 0 and 1, with ticks at round numbers.
package struct PlotAxis: Sendable {
    package let lower: Double
    package let upper: Double
    package let ticks: [Double]
    package let isLogarithmic: Bool
    private let step: Double

    /// - Parameters:
    ///   - values: what the axis must cover; numbers that are not finite (or not positive on a logarithmic axis) are left out.
    ///   - count: about how many ticks are wanted.
    ///   - isTight: whether the axis ends where the values do, rather than at ticks.
    ///   - hasWholeTicks: whether only whole numbers make sense as ticks.
    package init(
        covering values: [Double], ticks count: Int = 6, isTight: Bool = false, isLogarithmic: Bool = false,
        hasWholeTicks: Bool = false
    ) {
        self.isLogarithmic = isLogarithmic
        let usable = values.filter { $0.isFinite && (!isLogarithmic || $0 > 0) }
        var (low, high) = (usable.min() ?? (isLogarithmic ? 1 : 0), usable.max() ?? 1)
        if isLogarithmic {
            let (first, last) = (Int(log10(low).rounded(.down)), Int(log10(high).rounded(.up)))
            let decades = first...max(first + 1, last)
            ticks = decades.map { pow(10, Double($0)) }
            (lower, upper, step) = (ticks[0], ticks[ticks.count - 1], 1)
            return
        }
        if low == high {
            let room = low == 0 ? 1 : abs(low) * 0.1
            (low, high) = (low - room, high + room)
        }
        var step = PlotAxis.niceStep(atLeast: (high - low) / Double(max(1, count)))
        if hasWholeTicks, step != step.rounded() { step = step < 1 ? 1 : 2 * step }
        self.step = step
        (lower, upper) =
            isTight ? (low, high) : ((low / step).rounded(.down) * step, (high / step).rounded(.up) * step)
        let (first, last) = ((lower / step - 1e-9).rounded(.up), (upper / step + 1e-9).rounded(.down))
        // Adding zero turns the −0 of a step below the axis's end into 0.
        ticks = first > last ? [] : stride(from: first, through: last, by: 1).map { $0 * step + 0 }
    }

    /// The smallest of 1, 2, 2.5, 5 times a power of ten that is not below `least`.
    static func niceStep(atLeast least: Double) -> Double {
        let power = pow(10, log10(least).rounded(.down))
        return ([1, 2, 2.5, 5, 10].map { $0 * power }).first { $0 >= least * (1 - 1e-9) } ?? power * 10
    }

    /// The position of a value: 0 at the lower end, 1 at the upper; nil for a value that cannot be placed.
    package func place(of value: Double) -> Double? {
        guard value.isFinite else { return nil }
        if isLogarithmic { return value > 0 ? log(value / lower) / log(upper / lower) : nil }
        return (value - lower) / (upper - lower)
    }

    /// A tick as text, with the digits that the ticks' distance needs.
    package func text(of tick: Double) -> String {
        if isLogarithmic {
            return tick >= 0.001 && tick < 100_000 ? shortest(tick) : NumberText.powers(tick, digits: 1)
        }
        if max(abs(lower), abs(upper)) >= 1e6 || step < 1e-4 {
            return tick == 0 ? "0" : NumberText.powers(tick, digits: 3)
        }
        var digits = max(0, Int((-log10(step)).rounded(.up)))
        // 2.5 times a power of ten needs a digit more than the power.
        let scaled = step * pow(10, Double(digits))
        if abs(scaled - scaled.rounded()) > 1e-6 { digits += 1 }
        let text = NumberText.fixed(tick, decimals: digits)
        return text.hasPrefix("-") ? "−" + text.dropFirst() : text
    }

    private func shortest(_ value: Double) -> String {
        NumberText.fixed(value, decimals: value >= 1 ? 0 : Int((-log10(value)).rounded(.up)))
    }
}
