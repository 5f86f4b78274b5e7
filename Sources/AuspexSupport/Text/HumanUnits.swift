import Foundation

/// Amounts as people say them.
public enum HumanUnits {
    /// `7.4 GB`, `2.3 PB`: decimal units, three digits at most.
    public static func bytes(_ count: Double) -> String {
        scaled(count, by: 1000, units: ["bytes", "kB", "MB", "GB", "TB", "PB", "EB"])
    }

    /// `0.35 s`, `13 h`, `740 years`.
    public static func duration(seconds: Double) -> String {
        guard seconds.isFinite else { return "for ever" }
        let units: [(name: String, seconds: Double)] = [
            ("years", 31_557_600), ("days", 86_400), ("h", 3_600), ("min", 60), ("s", 1), ("ms", 1e-3),
        ]
        // Switches units at two: `90 s` says more than `1.5 min`, and "1 years" is avoided.
        let unit = units.dropLast().first { seconds >= 2 * $0.seconds } ?? (seconds >= 0.1 ? units[4] : units[5])
        return "\(digits(seconds / unit.seconds)) \(unit.name)"
    }

    /// As a clock shows it: `2:03:04` or `3:04`.
    package static func clock(seconds: Double) -> String {
        func padded(_ number: Int) -> String { (number < 10 ? "0" : "") + "\(number)" }
        let whole = Int(min(seconds, 1e9).rounded())
        let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60)
        return hours > 0 ? "\(hours):\(padded(minutes)):\(padded(rest))" : "\(minutes):\(padded(rest))"
    }

    private static func scaled(_ amount: Double, by step: Double, units: [String]) -> String {
        var (amount, unit) = (amount, 0)
        while amount >= step, unit + 1 < units.count {
            amount /= step
            unit += 1
        }
        return "\(digits(amount)) \(units[unit])"
    }

    /// Two digits, three from a hundred on; whole numbers are grouped by thousands.
    private static func digits(_ number: Double) -> String {
        guard number.isFinite else { return "more than any number of" }
        let locale = Locale(identifier: "en_US")
        if number >= 1000 {
            return number.rounded().formatted(.number.precision(.fractionLength(0)).grouping(.automatic).locale(locale))
        }
        return number.formatted(
            .number.precision(.significantDigits(1...(number >= 100 ? 3 : 2))).grouping(.never).locale(locale))
    }
}
