import AuspexSupport
import AuspexTensors

extension ArrayValues {
    /// Notes for readers of results on the values that were read: a line each.
    var notes: [String] { [clampingNote, rangeNote, maskNote].compactMap(\.self) }

    /// Values outside the range were clamped.
    private var clampingNote: String? {
        guard clamped > 0 else { return nil }
        let share = Double(clamped) / Double(count) * 100
        return
            "\(path): \(NumberText.measured(share))% of the values were outside the given range and were clamped to it"
    }

    /// The values use only half of their range, or little more: treating 0…1 as −1…1 makes differences half as large.
    private var rangeNote: String? {
        guard let range, count > 0, lowest < highest else { return nil }
        let (low, high) = (range.lowerBound, range.upperBound)
        let span = high - low
        guard lowest >= low + 0.4 * span || highest <= low + 0.6 * span else { return nil }
        return "\(path): all values are between \(NumberText.measured(Double(lowest))) and "
            + "\(NumberText.measured(Double(highest))), little more than half of the given range from \(low) to \(high) or less: "
            + "if another range is meant, the numbers are wrong"
    }

    /// Bytes that are only 0 and 1 are nearly black, and opposites nearly equal.
    private var maskNote: String? {
        guard element == .uint8, highest == 1 else { return nil }
        return "\(path): all values are 0 or 1, where 255 is white: save a mask as bool, or multiply it by 255"
    }
}
