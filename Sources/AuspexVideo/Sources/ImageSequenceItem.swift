import AuspexTensors
import CAuspexFFmpeg

/// A folder of images, each one frame.
struct ImageSequenceItem: ClipItem {
    let path: String
    let images: [String]
    let className: String?
    let framesPerSecond: Double?
    var share = 0.0..<1.0

    init(path: String, images: [String], className: String?, framesPerSecond: Double?) {
        self.path = path
        self.images = images
        self.className = className
        self.framesPerSecond = framesPerSecond
    }

    var name: String { path }

    func timeline() -> Timeline {
        let seconds = framesPerSecond.map { rate in images.indices.map { Double($0) / rate } }
        return Timeline(
            seconds: seconds, frameCount: images.count, frameIntervalSeconds: framesPerSecond.map { 1 / $0 },
            share: share)
    }

    func channels(for request: ClipRequest) -> Int { request.colour.channels }

    func frames(at numbers: [Int], request: ClipRequest, crop: CropPlace, continuing: Bool) throws -> Tensor {
        let scaler = FrameScaler()
        let form = PictureForm(request, crop: crop)
        let shape = [numbers.count, request.size.height, request.size.width, request.colour.channels]
        var pictures = Tensor(uninitialized: shape, elementType: .uint8)
        try pictures.withMutableScalars(as: UInt8.self) { bytes in
            let frameBytes = bytes.count / numbers.count
            for (place, number) in numbers.enumerated() {
                let out = bytes.baseAddress! + place * frameBytes
                if place > 0, numbers[place - 1] == number {
                    out.update(from: out - frameBytes, count: frameBytes)
                } else {
                    try StillImage(path: images[number]).write(form: form, scaler: scaler, to: out)
                }
            }
        }
        return pictures
    }

    func limited(to share: Range<Double>) -> any ClipItem {
        var part = self
        part.share = share
        return part
    }

    func pictureSize() throws -> FrameSize { try StillImage(path: images[0]).size }

    func information() throws -> VideoInfo? {
        _ = try StillImage(path: images[0])
        // Codec and pixel format of the first stand for all. Some images that can be decoded have no header that tells more.
        return try? VideoInfo(probing: images[0])
    }
}

/// One decoded image file.
final class StillImage {
    private let demuxer: Demuxer
    private let decoder: FrameDecoder

    /// - Throws: `VideoError` where the file is missing, no image or damaged.
    init(path: String) throws {
        demuxer = try Demuxer(path: path, analysing: false)
        decoder = try FrameDecoder(demuxer: demuxer, threads: 1)
        let packet = try PacketBox(path: path)
        while try demuxer.read(into: packet.pointer) {
            try decoder.send(packet.pointer)
            if try decoder.receive() == .frame { return }
        }
        try decoder.send(nil)
        guard try decoder.receive() == .frame else { throw VideoError(.damaged, path, "no picture in it") }
    }

    /// As shown.
    var size: FrameSize {
        let (height, width) = (Int(decoder.frame.pointee.height), Int(decoder.frame.pointee.width))
        let isTransposed = Orientation(displayMatrix: ax_display_matrix(demuxer.stream)).isTransposed
        return isTransposed ? FrameSize(height: width, width: height) : FrameSize(height: height, width: width)
    }

    func write(form: PictureForm, scaler: FrameScaler, to out: UnsafeMutablePointer<UInt8>) throws {
        try scaler.write(
            decoder.frame, form: form, orientation: Orientation(displayMatrix: ax_display_matrix(demuxer.stream)),
            pixelAspect: demuxer.pixelAspect(of: decoder.frame), to: out)
    }
}
