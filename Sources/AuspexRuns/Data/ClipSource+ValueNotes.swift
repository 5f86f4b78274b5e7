import AuspexSupport
import AuspexTensors
import AuspexVideo

extension ClipSource {
    /// What a reader of results should know about the values of the source's arrays, from the frames that were read: a line each.
    public var valueNotes: [String] {
        arrayValues.flatMap { values in [values.clampingNote, values.rangeNote, values.maskNote].compactMap(\.self) }
    }
}

extension ArrayValues {
    /// Values outside the range were clamped.
    fileprivate var clampingNote: String? {
        guard clamped > 0 else { return nil }
        let share = Double(clamped) / Double(count) * 100
        return
            "\(path): \(NumberText.measured(share))% of the values lay outside of --range and were brought to its nearer end"
    }

    /// Values keep to one half of their range, or nearly: 0…1 taken for −1…1 makes differences half as large.
    fileprivate var rangeNote: String? {
        guard let range, count > 0, lowest < highest else { return nil }
        let (low, high) = (range.lowerBound, range.upperBound)
        let span = high - low
        guard lowest >= low + 0.4 * span || highest <= low + 0.6 * span else { return nil }
        return "\(path): all values lie between \(NumberText.measured(Double(lowest))) and "
            + "\(NumberText.measured(Double(highest))), little more than half of --range \(low),\(high) or less: "
            + "if another range is meant, the numbers are wrong"
    }

    /// Bytes that are 0 and 1 only are nearly black, and opposites nearly equal.
    fileprivate var maskNote: String? {
        guard element == .uint8, highest == 1 else { return nil }
        return "\(path): all values are 0 or 1, where 255 is white: save a mask as bool, or multiply it by 255"
    }
}
