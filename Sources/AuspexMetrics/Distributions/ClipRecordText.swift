import Foundation

/// Records of clips as JSON, a few at a time: one tree of them all would take ten times their size, and a set may have 50,000.
package enum ClipRecordText {
    private static let block = 256

    /// Writes the objects one after the other, with a separator after each but the last.
    package static func write(
        _ records: [ClipRecord], separator: Character, to out: (Data) throws -> Void
    ) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let separator = Data(String(separator).utf8)
        for first in stride(from: 0, to: records.count, by: block) {
            var text = Data()
            for number in first..<min(first + block, records.count) {
                text += try encoder.encode(records[number])
                if number < records.count - 1 { text += separator }
            }
            try out(text)
        }
    }

    /// Reads objects, one on each line.
    ///
    /// - Parameter next: the next piece of the text, cut anywhere; nil at its end.
    /// - Throws: `DecodingError` where a line is not a record.
    static func records(from next: () throws -> [UInt8]?) throws -> [ClipRecord] {
        let decoder = JSONDecoder()
        var records: [ClipRecord] = []
        func take(_ lines: some Collection<UInt8>) throws {
            guard !lines.isEmpty else { return }
            let list = lines.map { $0 == UInt8(ascii: "\n") ? UInt8(ascii: ",") : $0 }
            records += try decoder.decode([ClipRecord].self, from: Data("[".utf8) + list + Data("]".utf8))
        }
        var rest: [UInt8] = []
        while let piece = try next() {
            rest += piece
            guard let end = rest.lastIndex(of: UInt8(ascii: "\n")) else { continue }
            try take(rest[..<end])
            rest.removeSubrange(...end)
        }
        try take(rest)
        return records
    }
}
