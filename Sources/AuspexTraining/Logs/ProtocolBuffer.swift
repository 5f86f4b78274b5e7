/// Encodes the few messages that TensorBoard reads, field by field.
///
/// Source: protobuf.dev, "Encoding": a field is `number << 3 | wire type` and its value; wire types 0 varint, 1 eight bytes, 2 length and bytes, 5 four bytes.
struct ProtocolBuffer {
    private(set) var bytes: [UInt8] = []

    private mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    private mutating func key(_ field: Int, wireType: Int) { varint(UInt64(field << 3 | wireType)) }

    /// A whole number; zero, the default, is omitted as in the reference encoder.
    mutating func add(_ field: Int, _ value: Int) {
        guard value != 0 else { return }
        key(field, wireType: 0)
        varint(UInt64(bitPattern: Int64(value)))
    }

    mutating func add(_ field: Int, _ value: Double) {
        key(field, wireType: 1)
        withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes += $0 }
    }

    mutating func add(_ field: Int, _ value: Float) {
        key(field, wireType: 5)
        withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes += $0 }
    }

    mutating func add(_ field: Int, _ value: [UInt8]) {
        key(field, wireType: 2)
        varint(UInt64(value.count))
        bytes += value
    }

    mutating func add(_ field: Int, _ value: String) { add(field, Array(value.utf8)) }

    /// A message within this one.
    mutating func add(_ field: Int, _ build: (inout ProtocolBuffer) -> Void) {
        var inner = ProtocolBuffer()
        build(&inner)
        add(field, inner.bytes)
    }
}
