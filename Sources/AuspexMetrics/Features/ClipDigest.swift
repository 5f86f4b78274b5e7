import AuspexTensors

/// SHA-256 of a clip's pixels as they are scored: `hashlib.sha256(clip.tobytes())` of a uint8 array `[T, H, W, C]`.
///
/// Two files that decode to the same pixels have the same digest; a file that is decoded otherwise (another size, colour or number of frames) has another.
public struct ClipDigest: Sendable, Hashable {
    let bytes: [UInt8]

    /// - Parameter clip: one clip, `[T, H, W, C]` or `[1, T, H, W, C]`, of any element type.
    public init(of clip: Tensor) {
        var hash = SHA256()
        clip.withBytes { hash.update($0) }
        bytes = hash.bytes
    }

    public var hexadecimal: String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
