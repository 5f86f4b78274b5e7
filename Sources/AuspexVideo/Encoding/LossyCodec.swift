import AuspexSupport
import AuspexTensors
import CAuspexFFmpeg
import Foundation

/// The compression of clips kept as ordinary videos or pictures: 4:2:0 and BT.601, the defaults of the usual programs.
public enum LossyCodec: String, Sendable, CaseIterable, Codable {
    /// H.264 by x264, constant rate factor 23, preset medium: the defaults of the program ffmpeg, and its pixels.
    case h264
    /// MPEG-4 part 2 with quantiser 4: approximately OpenCV's `mp4v`, whose bit rate depends on the size.
    case mpeg4
    /// Every frame a JPEG of quality 95: OpenCV's default. Byte for byte libjpeg-turbo's.
    case jpeg95 = "jpeg-95"
    /// Every frame a JPEG of quality 75: the default of Pillow, torchvision and imageio. Byte for byte libjpeg-turbo's.
    case jpeg75 = "jpeg-75"

    /// A description of the codec: its name, quality and chroma subsampling.
    public var summary: String {
        switch self {
        case .h264: "H.264 (x264, CRF 23), 4:2:0"
        case .mpeg4: "MPEG-4 part 2 (quantiser 4), 4:2:0"
        case .jpeg95: "frames kept as JPEG of quality 95 (OpenCV's default), 4:2:0"
        case .jpeg75: "frames kept as JPEG of quality 75 (Pillow's default), 4:2:0"
        }
    }

    /// Whether this machine's FFmpeg has the encoder, if one is needed.
    public var isAvailable: Bool {
        guard case .video(let coding) = way else { return true }
        return avcodec_find_encoder_by_name(coding.encoders[0]) != nil
    }

    private enum Way {
        case video(FrameEncoder.Coding)
        case pictures(quality: Int32)
    }

    private var way: Way {
        switch self {
        case .h264: .video(Self.video(by: "libx264", options: ["crf": "23"], threads: Self.threadsOfX264))
        case .mpeg4: .video(Self.video(by: "mpeg4", quantiser: 4))
        case .jpeg95: .pictures(quality: 95)
        case .jpeg75: .pictures(quality: 75)
        }
    }

    private static func video(
        by encoder: String, options: [String: String] = [:], quantiser: Int32 = 0,
        threads: @escaping @Sendable (_ height: Int) -> Int32 = { _ in 1 }
    ) -> FrameEncoder.Coding {
        FrameEncoder.Coding(
            container: "mp4", encoders: [encoder], pixelFormat: AV_PIX_FMT_YUV420P, encoderOptions: options,
            matrix: .bt601, quantiser: quantiser, conversion: .ffmpegDefault, threads: threads)
    }

    /// x264's own choice on two processors: three, but at most one for every two rows of blocks of 16.
    ///
    /// Fixed, so that every machine gives the same pixels: a single thread makes other decisions than several (up to a level per pixel); more than three
    /// hardly differ (0.0003).
    private static func threadsOfX264(height: Int) -> Int32 { Int32(min(max((height + 15) / 16 / 2, 1), 3)) }

    /// The clip after it was written with the codec and read again.
    ///
    /// - Parameters:
    ///   - clip: `[T, H, W, C]`, uint8, C 1 or 3.
    ///   - framesPerSecond: a video's encoder spends more bits on a frame that is shown longer.
    /// - Returns: `[T, H, W, C]`, uint8.
    /// - Throws: `VideoError` where the encoder is missing or fails.
    public func reencoded(_ clip: Tensor, framesPerSecond: Double = 25) throws -> Tensor {
        require(
            clip.rank == 4 && clip.elementType == .uint8 && [1, 3].contains(clip.shape[3]), "LossyCodec.reencoded",
            "takes a uint8 [T, H, W, 1 or 3] clip, not \(clip.elementType) \(clip.shape)")
        return switch way {
        case .video(let coding): try video(clip, coding, framesPerSecond: framesPerSecond)
        case .pictures(let quality): try pictures(clip, quality: quality)
        }
    }

    private func pictures(_ clip: Tensor, quality: Int32) throws -> Tensor {
        let (height, width, channels) = (clip.shape[1], clip.shape[2], clip.shape[3])
        let frame = height * width * channels
        let loss = try JPEGLoss(quality: quality)
        let kept = try clip.withScalars(as: UInt8.self) { pixels in
            try [UInt8](unsafeUninitializedCapacity: pixels.count) { kept, count in
                guard let from = pixels.baseAddress, let to = kept.baseAddress else { return }
                for first in stride(from: 0, to: pixels.count, by: frame) {
                    try loss.apply(
                        to: from + first, height: height, width: width, channels: channels, into: to + first)
                }
                count = pixels.count
            }
        }
        return Tensor(kept, shape: clip.shape)
    }

    private func video(_ clip: Tensor, _ coding: FrameEncoder.Coding, framesPerSecond: Double) throws -> Tensor {
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
        var form = PictureForm(size: nil, colour: clip.shape[3] == 1 ? .grey : .rgb)
        form.conversion = .ffmpegDefault
        let read = try VideoReader(path: path, threads: 1).frames(at: Array(0..<frames), form: form)
        // An odd side was made even by repeating its last line.
        return read.sliced(1, from: 0, count: height).sliced(2, from: 0, count: width)
    }
}
