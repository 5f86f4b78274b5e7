import Foundation

/// A result as JSON, keys in alphabetical order: numbers that JSON cannot represent are the strings `Infinity`, `-Infinity` and `NaN`.
package enum ReportFile {
    private static let (infinity, minusInfinity, notANumber) = ("Infinity", "-Infinity", "NaN")

    /// - Parameter onOneLine: for programs; otherwise a line for each field.
    package static func data(_ report: some Encodable, onOneLine: Bool = false) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if !onOneLine { encoder.outputFormatting.insert(.prettyPrinted) }
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: infinity, negativeInfinity: minusInfinity, nan: notANumber)
        return try encoder.encode(report)
    }

    /// Reads what `data` writes.
    package static var decoder: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: infinity, negativeInfinity: minusInfinity, nan: notANumber)
        return decoder
    }
}
