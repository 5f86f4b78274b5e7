import Foundation

/// Formats numbers for people, and is the only place that does. The machine's language has no effect.
package enum NumberText {
    private static let locale = Locale(identifier: "en_US_POSIX")

    /// A metric's value: four significant digits, with powers of ten if zeros would only show the scale.
    package static func measured(_ value: Double) -> String {
        let style = FloatingPointFormatStyle<Double>.number.precision(.significantDigits(4)).grouping(.never)
        let isPlain = value == 0 || !value.isFinite || (1e-5..<1e8).contains(abs(value))
        return value.formatted(isPlain ? style : style.notation(.scientific))
    }

    /// At most this many significant digits, without trailing zeros.
    package static func rounded(_ value: Double, digits: Int = 5) -> String {
        value.formatted(.number.precision(.significantDigits(1...digits)).grouping(.never))
    }

    /// Three significant digits, with trailing zeros.
    package static func short(_ value: Double) -> String {
        value.formatted(.number.precision(.significantDigits(3)).grouping(.never))
    }

    /// Exactly this many digits after the point: `3.10`.
    package static func fixed(_ value: Double, decimals: Int) -> String {
        String(format: "%.\(decimals)f", value)
    }

    /// The same with a sign unless it is 0, so that the differences in a column align.
    package static func signed(_ value: Double, decimals: Int) -> String {
        value.formatted(
            .number.precision(.fractionLength(decimals)).grouping(.never).locale(locale)
                .sign(strategy: .always(includingZero: false)))
    }

    /// At most this many digits after the point, without trailing zeros: `3.1`, `25`.
    package static func trimmed(_ value: Double, decimals: Int) -> String {
        value.formatted(.number.precision(.fractionLength(0...decimals)).grouping(.never).locale(locale))
    }

    /// A measured time, length or value to the nearest decimal, always with a point: `0.1`, `3.0`.
    package static func nearest(_ value: Double, decimals: Int = 3) -> String {
        let scale = pow(10, Double(decimals))
        return "\((value * scale).rounded() / scale)"
    }

    /// Powers of ten with at most this many significant digits: `1e+06`, `2.5e-05`.
    package static func powers(_ value: Double, digits: Int) -> String {
        digits == 1 ? String(format: "%.0e", value) : String(format: "%.\(digits)g", value)
    }
}
