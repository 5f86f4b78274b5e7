import AuspexSupport
import AuspexTensors
import Foundation

/// An index as bytes, in this machine's byte order: `IndexCache` keeps them.
extension FrameIndex {
    func write(to writer: inout ByteWriter) {
        writer.put(values: seconds)
        writer.put(values: packetOfFrame)
        writer.put(values: frameOfPacket)
        writer.put(values: bytesOfPacket)
        writer.put(values: checksums)
        var numbers: [Int64] = []
        for start in starts {
            let isClean: Int64 = start.isClean ? 1 : 0
            numbers += [Int64(start.packet), Int64(start.frame), isClean]
            numbers += [start.presentation, start.decoding, start.position]
        }
        writer.put(values: numbers)
        writer.put(Int64(keyFrameCount))
        writer.put(Int64(reorderDepth))
        var ends: [Int64] = []
        for frames in suspectFrames { ends += [Int64(frames.lowerBound), Int64(frames.upperBound)] }
        writer.put(values: ends)
    }

    /// - Returns: nil if the bytes are not an undamaged index.
    init?(from reader: inout ByteReader) {
        guard let seconds = reader.values(Double.self), let packetOfFrame = reader.values(Int32.self),
            let frameOfPacket = reader.values(Int32.self), let bytesOfPacket = reader.values(Int32.self),
            let checksums = reader.values(UInt64.self),
            let starts = Self.starts(from: &reader), let keyFrames = reader.value(Int64.self),
            let depth = reader.value(Int64.self), let suspects = Self.ranges(from: &reader),
            packetOfFrame.isEmpty || packetOfFrame.count == seconds.count
        else { return nil }
        self.init(
            seconds: seconds, packetOfFrame: packetOfFrame, frameOfPacket: frameOfPacket,
            bytesOfPacket: bytesOfPacket, checksums: checksums,
            starts: starts, keyFrameCount: Int(keyFrames), reorderDepth: Int(depth), damage: nil,
            suspectFrames: suspects)
    }

    private static func starts(from reader: inout ByteReader) -> [Start]? {
        guard let numbers = reader.values(Int64.self), numbers.count % 6 == 0 else { return nil }
        return stride(from: 0, to: numbers.count, by: 6).map { (first: Int) -> Start in
            let isClean: Bool = numbers[first + 2] != 0
            return Start(
                packet: Int(numbers[first]), frame: Int(numbers[first + 1]), isClean: isClean,
                presentation: numbers[first + 3], decoding: numbers[first + 4], position: numbers[first + 5])
        }
    }

    private static func ranges(from reader: inout ByteReader) -> [Range<Int>]? {
        guard let ends = reader.values(Int64.self), ends.count % 2 == 0 else { return nil }
        return stride(from: 0, to: ends.count, by: 2).map { (first: Int) -> Range<Int> in
            let (low, high) = (Int(ends[first]), Int(ends[first + 1]))
            return low..<max(low, high)
        }
    }
}

/// Numbers and arrays of numbers, one after another.
struct ByteWriter {
    private(set) var bytes: [UInt8] = []

    mutating func put<Number: BitwiseCopyable>(_ number: Number) {
        withUnsafeBytes(of: number) { bytes.append(contentsOf: $0) }
    }

    mutating func put<Number: BitwiseCopyable>(values: [Number]) {
        put(Int64(values.count))
        values.withUnsafeBytes { bytes.append(contentsOf: $0) }
    }

    /// Appends the checksum of all bytes before.
    mutating func putChecksum() { put(CRC32C(bytes).value) }
}

/// Reads what a `ByteWriter` wrote; every method returns nil if the bytes end too early.
struct ByteReader {
    private let bytes: [UInt8]
    private var next = 0
    private var end: Int

    init(_ bytes: some Sequence<UInt8>) {
        self.bytes = Array(bytes)
        end = self.bytes.count
    }

    var isAtEnd: Bool { next == end }

    /// Whether the bytes end with their checksum, which is then no longer part of the bytes to read.
    mutating func checkEnd() -> Bool {
        guard end >= 4 else { return false }
        let checksum = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: end - 4, as: UInt32.self) }
        guard CRC32C(bytes[..<(end - 4)]).value == checksum else { return false }
        end -= 4
        return true
    }

    mutating func value<Number: BitwiseCopyable>(_ type: Number.Type) -> Number? {
        guard end - next >= MemoryLayout<Number>.size else { return nil }
        defer { next += MemoryLayout<Number>.size }
        return bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: next, as: type) }
    }

    mutating func values<Number: BitwiseCopyable>(_ type: Number.Type) -> [Number]? {
        guard let count = value(Int64.self), count >= 0, count <= (end - next) / MemoryLayout<Number>.stride else {
            return nil
        }
        let size = Int(count) * MemoryLayout<Number>.stride
        defer { next += size }
        return bytes.withUnsafeBytes { bytes in
            [Number](unsafeUninitializedCapacity: Int(count)) { buffer, filled in
                UnsafeMutableRawBufferPointer(buffer).copyMemory(
                    from: UnsafeRawBufferPointer(rebasing: bytes[next..<next + size]))
                filled = Int(count)
            }
        }
    }
}
