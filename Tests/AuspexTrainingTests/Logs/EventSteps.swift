import Foundation

/// The steps of a folder's TensorBoard records, as a reader sees them that keeps everything it finds.
struct EventSteps {
    /// The steps of records that hold numbers or pictures, ascending.
    private(set) var summaries: [Int] = []
    private(set) var files = 0

    init(inFolder folder: String) throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: folder)
        where name.hasPrefix("events.out.tfevents.") {
            files += 1
            var rest = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder + "/" + name)))[...]
            while rest.count >= 16 {
                let length = rest.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
                let event = rest.dropFirst(12).prefix(length)
                rest = rest.dropFirst(16 + length)
                if let step = Self.step(ofSummary: event) { summaries.append(step) }
            }
        }
        summaries.sort()
    }

    /// The step of an event: wall time (9 bytes), the step's varint after the byte 16, then a summary (field 5) or something else.
    private static func step(ofSummary event: ArraySlice<UInt8>) -> Int? {
        var rest = event.dropFirst(9)
        var (step, shift) = (0, 0)
        if rest.first == 2 << 3 {
            rest = rest.dropFirst()
            while let byte = rest.popFirst() {
                step |= Int(byte & 0x7F) << shift
                shift += 7
                if byte < 0x80 { break }
            }
        }
        return rest.first == 5 << 3 | 2 ? step : nil
    }
}
