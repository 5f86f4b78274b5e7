import AuspexSupport
import AuspexTensors

/// SHA-256 of a clip's pixels as they are scored: `hashlib.sha256(clip.tobytes())` of a uint8 array `[T, H, W, C]`.
///
/// Two files that decode to the same pixels have the same digest; a file that is decoded differently (another size, colour or number of frames) has another one.
public struct ClipDigest: Sendable, Hashable {
    let bytes: [UInt8]

    /// - Parameter clip: one clip, `[T, H, W, C]` or `[1, T, H, W, C]`, of any element type.
    public init(of clip: Tensor) {
        var hash = SHA256()
        clip.withBytes { hash.update($0) }
        bytes = hash.bytes
    }

    fileprivate init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The digest as 64 lower-case letters and digits.
    public var hexadecimal: String {
        bytes.map { String(Int($0), digits: 2, radix: 16) }.joined()
    }
}

/// The digest of a clip that comes in pieces.
public struct ClipDigesting: Sendable {
    private var hash = SHA256()

    /// The digest of no frames yet.
    public init() {}

    /// - Parameter frames: those that follow, `[T, H, W, C]` or `[1, T, H, W, C]`.
    public mutating func add(_ frames: Tensor) { frames.withBytes { hash.update($0) } }

    /// The digest of all frames so far.
    public var digest: ClipDigest { ClipDigest(hash.bytes) }
}
