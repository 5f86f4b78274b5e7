import AuspexTensors
import CAuspexFFmpeg
import Foundation

/// The compression that clips go through when people keep them as ordinary videos: 4:2:0, BT.601 and limited range, as FFmpeg's tools do unasked.
public enum LossyCodec: String, Sendable, CaseIterable, Codable {
    /// H.264 by x264, constant rate factor 23, preset medium: the defaults of the program ffmpeg.
    case h264
    /// MPEG-4 part 2 with quantiser 4: OpenCV's `mp4v`, near enough, whose bit rate depends on the size.
    case mpeg4

    public var summary: String {
        switch self {
        case .h264: "H.264 (x264, CRF 23), 4:2:0"
        case .mpeg4: "MPEG-4 part 2 (quantiser 4), 4:2:0"
        }
    }

    /// Whether this machine's FFmpeg has the encoder.
    public var isAvailable: Bool { avcodec_find_encoder_by_name(coding.encoders[0]) != nil }

    private var coding: FrameEncoder.Coding {
        FrameEncoder.Coding(
            container: "mp4", encoders: [self == .h264 ? "libx264" : "mpeg4"], pixelFormat: AV_PIX_FMT_YUV420P,
            encoderOptions: self == .h264 ? ["crf": "23"] : [:], matrix: .bt601, quantiser: 4)
    }

    /// What comes back of a clip that is written with the codec and read again.
    ///
    /// - Parameters:
    ///   - clip: `[T, H, W, C]`, uint8, C 1 or 3.
    ///   - framesPerSecond: the encoder spends more on a frame that is shown longer.
    /// - Returns: `[T, H, W, C]`, uint8.
    /// - Throws: `VideoError` where the encoder is missing or fails.
    public func reencoded(_ clip: Tensor, framesPerSecond: Double = 25) throws -> Tensor {
        require(
            clip.rank == 4 && clip.elementType == .uint8 && [1, 3].contains(clip.shape[3]), "LossyCodec.reencoded",
            "takes a uint8 [T, H, W, 1 or 3] clip, not \(clip.elementType) \(clip.shape)")
        let (frames, height, width) = (clip.shape[0], clip.shape[1], clip.shape[2])
        let path = NSTemporaryDirectory() + "/auspex-\(UUID().uuidString).mp4"
        defer { unlink(path) }
        let rate = av_d2q(framesPerSecond, 60060)
        let encoder = try FrameEncoder(
            path, naming: path, coding: coding, height: (height + 1) & ~1, width: (width + 1) & ~1,
            timeBase: av_inv_q(rate), rate: rate)
        for frame in 0..<frames {
            let pixels = evenSided(
                clip.viewed(as: Array(clip.shape[1...]), from: frame * clip.shape[1...].reduce(1, *)))
            try pixels.withUnsafeBufferPointer { pixels in
                guard let first = pixels.baseAddress else { return }
                try encoder.encode(rgb: first, at: Int64(frame))
            }
        }
        try encoder.finish()
        let read = try VideoReader(path: path, threads: 1).frames(
            at: Array(0..<frames), form: PictureForm(size: nil, colour: clip.shape[3] == 1 ? .grey : .rgb))
        // An odd side was made even by repeating its last line.
        return read.sliced(1, from: 0, count: height).sliced(2, from: 0, count: width)
    }
}
