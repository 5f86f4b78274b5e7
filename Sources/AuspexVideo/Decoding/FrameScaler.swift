import CAuspexFFmpeg

/// Turns decoded frames into RGB or grey pictures of an exact size, with libswscale.
///
/// The picture is scaled so that it covers the size, in square pixels, then cropped. Colours follow the frame's own matrix and range. If the
/// file does not name a matrix, BT.709 is assumed for high definition (wider than 1279 or higher than 576) and BT.601 below, as players
/// do. Alpha is ignored. A picture so long that its scaled form would be huge is cut before it is scaled: see `SourceWindow`.
final class FrameScaler {
    /// The conversion that libswscale's tables were made for.
    private struct Setup: Hashable {
        var stored: FrameSize
        var scaled: FrameSize
        var colour: SourceColour
        var filter: ClipRequest.ScalingFilter
        var target: ClipRequest.Colour
        var conversion: ColourConversion
    }

    private var setup: Setup?
    private var scaler: UnsafeMutableRawPointer?
    private var picture = UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: 64)
    private var pictureCapacity = 64

    deinit {
        ax_scaler_free(scaler)
        picture.deallocate()
    }

    /// Writes one picture.
    ///
    /// - Parameters:
    ///   - orientation: how the file asks to be turned.
    ///   - pixelAspect: width of a stored pixel over its height.
    ///   - pixels: `height·width·channels` bytes of the form's size, or of the frame's turned one.
    func write(
        _ frame: UnsafeMutablePointer<AVFrame>, form: PictureForm, orientation: Orientation, pixelAspect: Double,
        to pixels: UnsafeMutablePointer<UInt8>
    ) throws {
        let whole = FrameSize(height: Int(frame.pointee.height), width: Int(frame.pointee.width))
        if let window = SourceWindow(
            stored: whole, size: form.size, crop: form.crop, orientation: orientation, pixelAspect: pixelAspect)
        {
            guard let part = window.cut(frame) else {
                throw VideoError(
                    .tooLarge, "a frame of \(whole)", "too long to be scaled as a whole, and cannot be cut before")
            }
            var owned: UnsafeMutablePointer<AVFrame>? = part
            defer { av_frame_free(&owned) }
            var cut = form
            cut.crop = .centre
            return try write(part, form: cut, orientation: orientation, pixelAspect: pixelAspect, to: pixels)
        }
        if let rounded = EightBitFrame(of: frame) {
            return try write(
                rounded.frame, form: form, orientation: orientation, pixelAspect: pixelAspect, to: pixels)
        }
        let stored = whole
        let plan = ScalingPlan(
            stored: stored, size: form.size, crop: form.crop, orientation: orientation, pixelAspect: pixelAspect)
        try prepare(
            Setup(
                stored: stored, scaled: plan.scaled, colour: SourceColour(of: frame), filter: form.filter,
                target: form.colour, conversion: form.conversion))
        let channels = form.colour.channels
        // Vector code may write slightly past a row's end.
        let rowBytes = (plan.scaled.width * channels + 63) / 64 * 64 + 64
        reserve(rowBytes * (plan.scaled.height + 1))
        let bytes = picture.assumingMemoryBound(to: UInt8.self)
        let planes: [UnsafeMutablePointer<UInt8>?] = [bytes, nil, nil, nil]
        let strides = [Int32(rowBytes), 0, 0, 0]
        guard ax_scaler_run(scaler, frame, planes, strides) == Int32(plan.scaled.height) else {
            throw VideoError(.noDecoder, "a frame of \(stored)", "libswscale does not scale it to \(plan.scaled)")
        }
        plan.cut(bytes, rowBytes: rowBytes, channels: channels, to: pixels)
    }

    private func reserve(_ bytes: Int) {
        guard bytes > pictureCapacity else { return }
        picture.deallocate()
        picture = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
        pictureCapacity = bytes
    }

    private func prepare(_ wanted: Setup) throws {
        if wanted == setup { return }
        ax_scaler_free(scaler)
        (scaler, setup) = (nil, nil)
        _ = FFmpegMessages.captured
        let exactly = wanted.filter.flag | SWS_BITEXACT
        let flags = wanted.conversion.flags(averaging: exactly)
        scaler = ax_scaler_make(
            Int32(wanted.stored.width), Int32(wanted.stored.height), wanted.colour.format, Int32(wanted.scaled.width),
            Int32(wanted.scaled.height), wanted.target == .rgb ? AV_PIX_FMT_RGB24 : AV_PIX_FMT_GRAY8, flags)
        guard scaler != nil else {
            let name = av_get_pix_fmt_name(wanted.colour.format).map { String(cString: $0) } ?? "unknown"
            throw VideoError(
                .noDecoder, "a frame of \(wanted.stored), pixel format \(name)",
                "libswscale cannot scale it to \(wanted.scaled)")
        }
        // Refused for pairs of formats without YUV, for which there is nothing to set.
        _ = ax_scaler_set_colours(
            scaler, wanted.colour.matrix, wanted.colour.isFullRange ? 1 : 0, SWS_CS_DEFAULT, 1)
        setup = wanted
    }
}
