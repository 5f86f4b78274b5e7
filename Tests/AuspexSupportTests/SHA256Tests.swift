import AuspexSupport
import AuspexTensors
import Testing

@Suite struct SHA256Tests {
    /// Examples of the standard's authors (NIST, "SHA-256 Examples" and the long message).
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (String(repeating: "a", count: 1_000_000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
    ])
    func knownMessages(text: String, checksum: String) {
        let bytes = Array(text.utf8)
        #expect(bytes.withUnsafeBytes { SHA256.hexadecimal(of: $0) } == checksum)
    }

    /// Any division into parts gives the same.
    @Test func inParts() {
        let bytes = (0..<300).map { UInt8($0 & 0xFF) }
        let whole = bytes.withUnsafeBytes { SHA256.hexadecimal(of: $0) }
        for part in [1, 3, 55, 56, 63, 64, 65, 119, 120, 128, 299] {
            var hash = SHA256()
            for start in stride(from: 0, to: bytes.count, by: part) {
                Array(bytes[start..<min(start + part, bytes.count)]).withUnsafeBytes { hash.update($0) }
            }
            #expect(hash.hexadecimal == whole)
        }
    }
}
