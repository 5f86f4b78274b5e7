import Foundation

/// How results write numbers for people. The machine's language changes nothing.
package enum NumberText {
    /// A metric's value: four significant digits, and powers of ten where zeros would tell nothing but the scale.
    package static func measured(_ value: Double) -> String {
        let style = FloatingPointFormatStyle<Double>.number.precision(.significantDigits(4)).grouping(.never)
        let isPlain = value == 0 || !value.isFinite || (1e-5..<1e8).contains(abs(value))
        return value.formatted(isPlain ? style : style.notation(.scientific))
    }

    /// At most so many significant digits, without zeros at the end.
    package static func rounded(_ value: Double, digits: Int = 5) -> String {
        value.formatted(.number.precision(.significantDigits(1...digits)).grouping(.never))
    }

    /// Three significant digits, zeros at the end included.
    package static func short(_ value: Double) -> String {
        value.formatted(.number.precision(.significantDigits(3)).grouping(.never))
    }
}
