/// The opcodes that pickles of NumPy arrays in protocols 3 and 4 use; the 40 or so others are refused.
///
/// Source: CPython's `pickletools.py`.
enum PickleOpcode: UInt8 {
    case mark = 0x28  // (
    case stop = 0x2E  // .
    case binaryBytes = 0x42  // B
    case shortBinaryBytes = 0x43  // C
    case binaryInteger = 0x4A  // J
    case binaryInteger1 = 0x4B  // K
    case binaryInteger2 = 0x4D  // M
    case none = 0x4E  // N
    case reduce = 0x52  // R
    case binaryText = 0x58  // X
    case build = 0x62  // b
    case global = 0x63  // c
    case get = 0x68  // h
    case longGet = 0x6A  // j
    case put = 0x71  // q
    case setItem = 0x73  // s
    case tuple = 0x74  // t
    case setItems = 0x75  // u
    case emptyDictionary = 0x7D  // }
    case protocolVersion = 0x80
    case tuple1 = 0x85
    case tuple3 = 0x87
    case newTrue = 0x88
    case newFalse = 0x89
    case shortBinaryText = 0x8C
    case stackGlobal = 0x93
    case memoize = 0x94
    case frame = 0x95

    /// Names of the refused opcodes, so that the error can say what the pickle contains.
    static func refusedName(_ byte: UInt8) -> String {
        let names: [UInt8: String] = [
            0x30: "POP", 0x31: "POP_MARK", 0x32: "DUP", 0x46: "FLOAT", 0x47: "BINFLOAT", 0x49: "INT", 0x4C: "LONG",
            0x50: "PERSID", 0x51: "BINPERSID", 0x53: "STRING", 0x54: "BINSTRING", 0x55: "SHORT_BINSTRING",
            0x56: "UNICODE", 0x5D: "EMPTY_LIST", 0x61: "APPEND", 0x64: "DICT", 0x65: "APPENDS", 0x67: "GET",
            0x69: "INST", 0x6C: "LIST", 0x6F: "OBJ", 0x70: "PUT", 0x72: "LONG_BINPUT", 0x29: "EMPTY_TUPLE",
            0x81: "NEWOBJ", 0x82: "EXT1", 0x83: "EXT2", 0x84: "EXT4", 0x86: "TUPLE2", 0x8A: "LONG1", 0x8B: "LONG4",
            0x8D: "BINUNICODE8", 0x8E: "BINBYTES8", 0x8F: "EMPTY_SET", 0x90: "ADDITEMS", 0x91: "FROZENSET",
            0x92: "NEWOBJ_EX", 0x96: "BYTEARRAY8", 0x97: "NEXT_BUFFER", 0x98: "READONLY_BUFFER",
        ]
        return names[byte] ?? "0x" + String(byte, radix: 16)
    }
}
