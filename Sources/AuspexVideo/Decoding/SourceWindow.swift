import CAuspexFFmpeg

/// The part of a stored picture to scale, for pictures whose whole scaled form would be far too large.
///
/// A picture is scaled to cover the wanted size and then cropped: 60,000×2 pixels would become 1,920,000×64 for a square of 64. Such a picture is cropped
/// first, to whole stored pixels, so its scaling grid may be off by a part of a stored pixel. Ordinary pictures are never treated this way.
struct SourceWindow: Equatable {
    var top: Int
    var left: Int
    var size: FrameSize

    /// - Returns: nil if the picture may be scaled as a whole.
    init?(
        stored: FrameSize, size wanted: FrameSize?, crop: CropPlace, orientation: Orientation, pixelAspect: Double
    ) {
        guard let wanted else { return nil }
        let plan = ScalingPlan(
            stored: stored, size: wanted, crop: crop, orientation: orientation, pixelAspect: pixelAspect)
        let (pixels, overflow) = plan.scaled.height.multipliedReportingOverflow(by: plan.scaled.width)
        guard overflow || pixels > MediaLimits.mostPixels else { return nil }
        // Each stored axis is one of the shown axes, perhaps mirrored.
        let vertical = (wanted: wanted.height, crop: Double(crop.vertical))
        let horizontal = (wanted: wanted.width, crop: Double(crop.horizontal))
        let (alongX, alongY) = orientation.isTransposed ? (vertical, horizontal) : (horizontal, vertical)
        let x = Self.span(
            stored.width, keeping: alongX.wanted, of: plan.scaled.width, crop: alongX.crop,
            isMirrored: orientation.a + orientation.b < 0)
        let y = Self.span(
            stored.height, keeping: alongY.wanted, of: plan.scaled.height, crop: alongY.crop,
            isMirrored: orientation.c + orientation.d < 0)
        (top, left) = (y.first, x.first)
        size = FrameSize(height: y.count, width: x.count)
        if size == stored { return nil }
    }

    private static func span(
        _ stored: Int, keeping wanted: Int, of scaled: Int, crop: Double, isMirrored: Bool
    ) -> (first: Int, count: Int) {
        let exact = Double(stored) * Double(wanted) / Double(scaled)
        let count = min(stored, max(1, Int(exact.rounded(.up))))
        let first = Int((Double(stored - count) * (isMirrored ? 1 - crop : crop)).rounded(.down))
        return (min(stored - count, max(0, first)), count)
    }

    /// A reference to the part of a frame in the window; the caller frees it.
    ///
    /// - Returns: nil if FFmpeg cannot crop the frame's pixel format.
    func cut(_ frame: UnsafeMutablePointer<AVFrame>) -> UnsafeMutablePointer<AVFrame>? {
        guard let part = av_frame_clone(frame) else { return nil }
        var owned: UnsafeMutablePointer<AVFrame>? = part
        // A frame decoded with its own cropping applied has none left.
        part.pointee.crop_top = top
        part.pointee.crop_left = left
        part.pointee.crop_bottom = Int(frame.pointee.height) - top - size.height
        part.pointee.crop_right = Int(frame.pointee.width) - left - size.width
        guard av_frame_apply_cropping(part, Int32(AV_FRAME_CROP_UNALIGNED)) >= 0,
            part.pointee.width == size.width, part.pointee.height == size.height
        else {
            av_frame_free(&owned)
            return nil
        }
        return part
    }
}
