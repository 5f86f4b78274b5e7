import AuspexSupport
import AuspexTensors
import CAuspexFFmpeg
import Foundation

/// Writes frames unchanged, in the format that the output's ending chooses (`OutputForm`).
///
/// `.mkv`, `.npy` and folders keep every pixel exactly. `.mp4` is H.264 (MPEG-4 if FFmpeg has no H.264 encoder), 4:2:0, BT.709; an odd side
/// gets its last line twice. `.gif` has one palette of 256 colours for the clip, and no frame shorter than 0.02 s, which viewers would slow down.
/// `.png` is a plain grid of the frames in one row. Small frames are not enlarged here: see `PredictionPicture`.
public struct VideoWriter: Sendable {
    private let place: OutputPlace
    private let form: OutputForm
    private let frameIntervalSeconds: Double
    /// Whether a GIF mixes neighbouring palette colours in a fixed pattern.
    public var dithersGIF = false

    /// - Parameters:
    ///   - path: the file or folder to come; its ending chooses the form.
    ///   - frameIntervalSeconds: the time from one frame to the next.
    ///   - overwriting: whether an existing file or folder may be replaced.
    /// - Throws: `VideoError` for an unknown ending, `FileError` if the place is taken or cannot be written: before any work is done.
    public init(_ path: String, frameIntervalSeconds: Double, overwriting: Bool = false) throws {
        // Times come from users' videos, and encoders count them in whole ticks.
        guard (1e-6...1e6).contains(frameIntervalSeconds) else {
            throw VideoError(
                .cannotWrite, path,
                "its frames would be \(frameIntervalSeconds) s apart, expected 0.000001 to 1000000 s: look at the time stamps of the video "
                    + "that they come from")
        }
        form = try OutputForm(path: path)
        place = try OutputPlace(path, overwriting: overwriting)
        self.frameIntervalSeconds = frameIntervalSeconds
    }

    /// Writes a clip.
    ///
    /// - Parameter clip: `[T, H, W, C]`, uint8, at least one frame; for `.npy` C may be any number, and the values float32.
    public func write(_ clip: Tensor) throws {
        require(
            clip.rank == 4 && (clip.elementType == .uint8 || form == .npy) && clip.count > 0, "VideoWriter.write",
            "takes a uint8 [T, H, W, C] clip, not \(clip.elementType) \(clip.shape)")
        if form == .npy { return try write(array: clip) }
        try write(frames: frames(of: clip))
    }

    /// Writes frames of any format: `.npy` holds their own numbers, every other form shows them with 8 bits per pixel.
    ///
    /// - Parameter clip: `[T, H, W, C]`, in the format.
    public func write(_ clip: Tensor, format: FrameFormat) throws {
        if form == .npy { return try write(array: clip, format: format) }
        try write(format.shown(clip))
    }

    /// Writes frames as they arrive, without holding them all (except `.gif` and `.npy`).
    ///
    /// - Parameter frames: `[H, W, C]`, uint8 except for `.npy`, at least one, all of one shape.
    public func write(frames: some Sequence<Tensor>) throws {
        switch form {
        case .npy: try write(array: stackedFrames(Array(frames)))
        case .folder: try writeFolder(frames)
        case .png: try place.write(pngData(from: try row(of: frames.map { try checked($0) })))
        case .gif: try writeGIF(frames.map { try checked($0) })
        case .mp4: try writeVideo(frames, .viewing)
        case .mkv: try writeVideo(frames, .lossless)
        }
    }

    // MARK: Forms

    private enum Purpose { case viewing, lossless }

    private func checked(_ frame: Tensor) throws -> Tensor {
        require(
            frame.rank == 3 && frame.elementType == .uint8, "VideoWriter.write",
            "takes uint8 [H, W, C] frames, not \(frame.elementType) \(frame.shape)")
        guard frame.shape[2] == 1 || frame.shape[2] == 3 else {
            throw VideoError(
                .cannotWrite, place.path,
                "holds frames of 1 or 3 channels, and these have \(frame.shape[2]): write .npy, which holds any number")
        }
        return frame
    }

    /// The frames side by side, if a PNG can be that wide.
    private func row(of frames: [Tensor]) throws -> Tensor {
        let width = frames.reduce(0) { $0 + $1.shape[1] }
        guard width <= CairoLimits.largestSide else {
            throw VideoError(
                .cannotWrite, place.path,
                "\(frames.count, "frame") side by side would be \(width) pixels wide, at most \(CairoLimits.largestSide) can be written: "
                    + "write .mkv, .npy or a folder")
        }
        return sideBySide(frames)
    }

    private func writeFolder(_ frames: some Sequence<Tensor>) throws {
        try place.writeFolder { folder in
            for (number, frame) in frames.enumerated() {
                try OutputPlace(folder + "/" + OutputPlace.frameName(number))
                    .write(pngData(from: checked(frame)), flushingFolder: false)
            }
        }
    }

    private func writeVideo(_ frames: some Sequence<Tensor>, _ purpose: Purpose) throws {
        let rate = av_d2q(1 / frameIntervalSeconds, 60060)
        try place.writeFile { temporary in
            var encoder: FrameEncoder?
            var shape: [Int] = []
            for (number, frame) in frames.enumerated() {
                let frame = try checked(frame)
                if encoder == nil {
                    shape = frame.shape
                    let even = purpose == .viewing ? 1 : 0
                    encoder = try FrameEncoder(
                        temporary, naming: place.path,
                        coding: purpose == .viewing ? .viewing : .lossless(grey: shape[2] == 1),
                        height: (shape[0] + even) & ~even, width: (shape[1] + even) & ~even, timeBase: av_inv_q(rate),
                        rate: rate)
                }
                require(
                    frame.shape == shape, "VideoWriter.write", "frame \(number) is \(frame.shape), the first \(shape)")
                switch purpose {
                case .viewing:
                    let pixels = evenSided(frame)
                    try pixels.withUnsafeBufferPointer { buffer in
                        guard let first = buffer.baseAddress else { return }
                        try encoder?.encode(rgb: first, at: Int64(number))
                    }
                case .lossless:
                    try encoder?.encode(at: Int64(number)) { copy(frame, into: $0) }
                }
            }
            require(encoder != nil, "VideoWriter.write", "there are no frames")
            try encoder?.finish()
        }
    }

    private func writeGIF(_ frames: [Tensor]) throws {
        require(!frames.isEmpty, "VideoWriter.write", "there are no frames")
        let (height, width) = (frames[0].shape[0], frames[0].shape[1])
        var palette = Palette(of: frames)
        try place.writeFile { temporary in
            let encoder = try FrameEncoder(
                temporary, naming: place.path, coding: .gif, height: height, width: width,
                timeBase: AVRational(num: 1, den: 100), rate: av_d2q(1 / frameIntervalSeconds, 60060))
            for (number, frame) in frames.enumerated() {
                require(
                    frame.shape == frames[0].shape, "VideoWriter.write",
                    "frame \(number) is \(frame.shape), the first \(frames[0].shape)")
                let indices = palette.indices(of: frame, dithered: dithersGIF)
                let hundredths = Int64((Double(number) * max(2, frameIntervalSeconds * 100)).rounded())
                try encoder.encode(at: hundredths) { target in
                    fill(target, indices: indices, colours: palette.colours, height: height, width: width)
                }
            }
            try encoder.finish()
        }
    }

    /// Writes the `.npy` form of anything: clips `[clip, T, H, W, C]`, for example.
    ///
    /// - Parameter format: of the numbers; pixels of 16 bits are written as uint16.
    package func write(array: Tensor, format: FrameFormat? = nil) throws {
        try place.writeFile {
            if format?.values == .pixels(.sixteen) {
                try array.writeNumPy(asUInt16To: $0)
            } else {
                try array.writeNumPy(to: $0)
            }
        }
    }
}

// MARK: Codings

extension FrameEncoder.Coding {
    fileprivate static let viewing = FrameEncoder.Coding(
        container: "mp4", encoders: ["libx264", "libopenh264", "mpeg4"], pixelFormat: AV_PIX_FMT_YUV420P,
        containerOptions: ["movflags": "+faststart"])

    fileprivate static let gif = FrameEncoder.Coding(
        container: "gif", encoders: ["gif"], pixelFormat: AV_PIX_FMT_PAL8)

    fileprivate static func lossless(grey: Bool) -> FrameEncoder.Coding {
        FrameEncoder.Coding(
            container: "matroska", encoders: ["ffv1"], pixelFormat: grey ? AV_PIX_FMT_GRAY8 : AV_PIX_FMT_BGR0,
            encoderOptions: ["level": "3", "slicecrc": "1"])
    }
}

// MARK: Pixels

/// A frame's RGB bytes, with the last row and column repeated if a side is odd.
func evenSided(_ frame: Tensor) -> [UInt8] {
    let (height, width, channels) = (frame.shape[0], frame.shape[1], frame.shape[2])
    let (tall, wide) = ((height + 1) & ~1, (width + 1) & ~1)
    if tall == height && wide == width && channels == 3 { return frame.scalars(as: UInt8.self) }
    let (second, third) = channels == 3 ? (1, 2) : (0, 0)
    var result = [UInt8](repeating: 0, count: tall * wide * 3)
    frame.withScalars(as: UInt8.self) { pixels in
        for row in 0..<tall {
            for column in 0..<wide {
                let source = (min(row, height - 1) * width + min(column, width - 1)) * channels
                let target = (row * wide + column) * 3
                result[target] = pixels[source]
                result[target + 1] = pixels[source + second]
                result[target + 2] = pixels[source + third]
            }
        }
    }
    return result
}

/// Copies a frame into FFmpeg's, whose format is grey or BGR0.
private func copy(_ frame: Tensor, into target: UnsafeMutablePointer<AVFrame>) -> Int32 {
    let (height, width, channels) = (frame.shape[0], frame.shape[1], frame.shape[2])
    guard let plane = target.pointee.data.0 else { return -ENOMEM }
    let stride = Int(target.pointee.linesize.0)
    frame.withScalars(as: UInt8.self) { pixels in
        for row in 0..<height {
            let line = plane + row * stride
            for column in 0..<width {
                let source = (row * width + column) * channels
                if channels == 1 {
                    line[column] = pixels[source]
                } else {
                    line[column * 4] = pixels[source + 2]
                    line[column * 4 + 1] = pixels[source + 1]
                    line[column * 4 + 2] = pixels[source]
                    line[column * 4 + 3] = 0
                }
            }
        }
    }
    return 0
}

private func fill(
    _ target: UnsafeMutablePointer<AVFrame>, indices: [UInt8], colours: [UInt32], height: Int, width: Int
) -> Int32 {
    guard let plane = target.pointee.data.0, let table = target.pointee.data.1 else { return -ENOMEM }
    let stride = Int(target.pointee.linesize.0)
    for row in 0..<height {
        for column in 0..<width { plane[row * stride + column] = indices[row * width + column] }
    }
    table.withMemoryRebound(to: UInt32.self, capacity: 256) { entries in
        for entry in 0..<256 { entries[entry] = 0xFF00_0000 | (entry < colours.count ? colours[entry] : 0) }
    }
    return 0
}
