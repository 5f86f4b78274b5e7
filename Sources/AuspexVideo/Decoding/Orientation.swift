import CAuspexFFmpeg

/// How a stored picture is rotated and mirrored for display: quarter turns and flips only.
///
/// A stored pixel (x, y) is shown at `(a·x + c·y, b·x + d·y)`, shifted so that the picture's corner is at zero.
package struct Orientation: Sendable, Hashable {
    package var a = 1
    package var b = 0
    package var c = 0
    package var d = 1

    package static let upright = Orientation()

    /// Whether height and width are swapped.
    package var isTransposed: Bool { a == 0 }

    /// From the nine numbers of a container's display matrix; angles other than quarter turns are ignored.
    ///
    /// - Source: ISO/IEC 14496-12, track header matrix; `libavutil/display.h`.
    package init(displayMatrix matrix: UnsafePointer<Int32>?) {
        guard let matrix else { return }
        let numbers = [matrix[0], matrix[1], matrix[3], matrix[4]].map(Int.init)
        let isStraight = numbers[1] == 0 && numbers[2] == 0 && numbers[0] != 0 && numbers[3] != 0
        let isTurned = numbers[0] == 0 && numbers[3] == 0 && numbers[1] != 0 && numbers[2] != 0
        guard isStraight || isTurned else { return }
        (a, b, c, d) = (numbers[0].signum(), numbers[1].signum(), numbers[2].signum(), numbers[3].signum())
    }

    package init() {}

    /// The orientation in a decoded frame itself; nil if it has none.
    init?(of frame: UnsafeMutablePointer<AVFrame>) {
        guard let matrix = ax_frame_display_matrix(frame) else { return nil }
        self.init(displayMatrix: matrix)
    }

    /// Clockwise rotation in degrees, after mirroring left and right if `isMirrored`.
    package var clockwiseDegrees: Int {
        switch (isMirrored ? -a : a, isMirrored ? -b : b) {
        case (0, 1): 90
        case (-1, _): 180
        case (0, -1): 270
        default: 0
        }
    }

    package var isMirrored: Bool { a * d - b * c < 0 }
}

/// How to get a part of the scaled picture from a stored picture.
package struct ScalingPlan {
    /// libswscale's output, still in the stored orientation.
    package let scaled: FrameSize
    /// The part that is kept, as shown.
    package let target: FrameSize
    private let top: Int
    private let left: Int
    private let orientation: Orientation

    /// - Parameters:
    ///   - size: the wanted size as shown; nil keeps the stored pixels.
    ///   - pixelAspect: width of a stored pixel over its height.
    package init(stored: FrameSize, size: FrameSize?, crop: CropPlace, orientation: Orientation, pixelAspect: Double) {
        self.orientation = orientation
        guard let size else {
            scaled = stored
            target = orientation.isTransposed ? FrameSize(height: stored.width, width: stored.height) : stored
            (top, left) = (0, 0)
            return
        }
        let wanted = orientation.isTransposed ? FrameSize(height: size.width, width: size.height) : size
        let (height, width) = (Double(stored.height), Double(stored.width) * pixelAspect)
        let factor = max(Double(wanted.height) / height, Double(wanted.width) / width)
        scaled = FrameSize(
            height: max(wanted.height, Int((height * factor).rounded())),
            width: max(wanted.width, Int((width * factor).rounded())))
        target = size
        let shown = orientation.isTransposed ? FrameSize(height: scaled.width, width: scaled.height) : scaled
        top = Self.offset(crop.vertical, excess: shown.height - size.height)
        left = Self.offset(crop.horizontal, excess: shown.width - size.width)
    }

    /// A share u of [0, 1) gives each of the `excess + 1` positions the same chance; a half is the middle.
    private static func offset(_ share: Float, excess: Int) -> Int {
        share == 0.5 ? excess / 2 : min(excess, max(0, Int(share * Float(excess + 1))))
    }

    /// Copies the kept part, rotated for display, into rows without gaps.
    package func cut(
        _ picture: UnsafePointer<UInt8>, rowBytes: Int, channels: Int, to pixels: UnsafeMutablePointer<UInt8>
    ) {
        if orientation == .upright {
            for y in 0..<target.height {
                (pixels + y * target.width * channels).update(
                    from: picture + (top + y) * rowBytes + left * channels, count: target.width * channels)
            }
            return
        }
        // The inverse of a rotation by right angles is its transpose.
        let (a, b, c, d) = (orientation.a, orientation.b, orientation.c, orientation.d)
        let firstX = a + b < 0 ? scaled.width - 1 : 0
        let firstY = c + d < 0 ? scaled.height - 1 : 0
        var out = pixels
        for y in top..<top + target.height {
            for x in left..<left + target.width {
                let source = picture + (c * x + d * y + firstY) * rowBytes + (a * x + b * y + firstX) * channels
                for channel in 0..<channels { out[channel] = source[channel] }
                out += channels
            }
        }
    }
}
