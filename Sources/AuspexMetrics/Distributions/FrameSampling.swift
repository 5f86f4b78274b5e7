/// How a frame is resampled to another size: the rules of common implementations, each reproduced exactly.
public enum FrameSampling: String, Sendable, CaseIterable, Codable {
    /// Bilinear, output i at `i · in / out`: TensorFlow 1's `resize_bilinear`, and so the published FVD.
    case corner
    /// Bilinear, output i at `(i + ½) · in / out − ½`: PyTorch's `interpolate` with `align_corners=False`, OpenCV's `INTER_LINEAR`.
    case centred
    /// Bilinear, output i at `i · (in − 1) / (out − 1)`: `align_corners=True`.
    case aligned
    /// The pixel at `⌊i · in / out⌋`: PyTorch's `nearest`, the default of its `interpolate`.
    case nearest
    /// Cubic with a = −¾, centred, not clipped: PyTorch's and OpenCV's bicubic.
    case bicubic
    /// Bilinear, centred, the triangle as wide as an output pixel where frames shrink, rounded to bytes, columns before rows: Pillow, and torchvision on pictures.
    ///
    /// Byte for byte as Pillow up to version 12. Pillow 13 resizes rows first if a frame shrinks much more in height than in width
    /// (python-pillow/Pillow pull request 9549): a fifth of the bytes of such frames are one level apart.
    case antialiased
    /// The mean of the pixels that an output overlaps: PyTorch's `area`.
    case area

    /// The rule in words, for a result's convention.
    public var summary: String {
        switch self {
        case .corner: "bilinear, corner-based (i·in/out), no antialias"
        case .centred: "bilinear, centre-based, no antialias"
        case .aligned: "bilinear, corners aligned, no antialias"
        case .nearest: "nearest pixel"
        case .bicubic: "bicubic (a = −0.75), centre-based, no antialias"
        case .antialiased: "bilinear, centre-based, antialiased, rounded to bytes"
        case .area: "mean of the area"
        }
    }

    /// Whether the result passes through bytes.
    var roundsToBytes: Bool { self == .antialiased }
}
