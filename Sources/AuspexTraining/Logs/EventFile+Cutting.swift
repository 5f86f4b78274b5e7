import AuspexSupport
import AuspexTensors
import Foundation

extension EventFile {
    static let namePrefix = "events.out.tfevents."

    /// Removes all records of later steps from a folder's event files, and files that have no others.
    ///
    /// TensorBoard drops what a resumed run writes again, because of its session log; other readers of these files do not. A record truncated by a kill,
    /// and everything after it, is also removed.
    ///
    /// - Parameter step: the step of the checkpoint that the run resumes from; −1 if it begins again.
    /// - Throws: `FileError` where a file cannot be read or written.
    package static func cut(inFolder folder: String, after step: Int) throws {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        for name in names.sorted() where name.hasPrefix(namePrefix) {
            let path = folder + "/" + name
            let file = try RandomAccessFile(path: path)
            let bytes = [UInt8](try file.bytes(at: 0, count: file.sizeBytes))
            let kept = records(of: bytes).filter { $0.step <= step }
            // The first record of a file names the format, and has step 0.
            guard kept.count > 1 else {
                guard unlink(path) == 0 else { throw FileError.writing(path) }
                continue
            }
            let rest = kept.flatMap { bytes[$0.range] }
            if rest.count < bytes.count { try AtomicFile.write(rest, to: path) }
        }
    }

    /// The whole records of a file, up to the first that is truncated or damaged.
    private static func records(of bytes: [UInt8]) -> [(range: Range<Int>, step: Int)] {
        var records: [(range: Range<Int>, step: Int)] = []
        var place = 0
        while place + 16 <= bytes.count {
            let header = Array(bytes[place..<place + 8])
            guard Array(bytes[place + 8..<place + 12]) == maskedChecksum(header) else { break }
            let length = header.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            guard length <= UInt64(bytes.count - place - 16) else { break }
            let end = place + 16 + Int(length)
            records.append((place..<end, step(ofEvent: bytes[place + 12..<end - 4])))
            place = end
        }
        return records
    }

    /// Field 2 of an event; 0, the default, where the event does not have it.
    private static func step(ofEvent event: ArraySlice<UInt8>) -> Int {
        var rest = event
        func varint() -> UInt64 {
            var value: UInt64 = 0
            var shift: UInt64 = 0
            while let byte = rest.popFirst() {
                if shift < 64 { value |= UInt64(byte & 0x7F) << shift }
                shift += 7
                if byte < 0x80 { break }
            }
            return value
        }
        while !rest.isEmpty {
            let key = varint()
            switch key & 7 {
            case 0:
                let value = varint()
                if key >> 3 == 2 { return Int(Int64(bitPattern: value)) }
            case 1: rest = rest.dropFirst(8)
            case 2:
                let length = varint()
                rest = length <= UInt64(rest.count) ? rest.dropFirst(Int(length)) : []
            case 5: rest = rest.dropFirst(4)
            default: return 0
            }
        }
        return 0
    }
}
