import AuspexTensors
import Synchronization

/// A folder of pictures, each one frame.
///
/// A truncated picture, one of another size than the others or with alpha if they have none, and a number that is missing between two pictures
/// are like a damaged frame of a video: a clip that would contain them cannot be read.
struct ImageSequenceItem: ClipItem {
    let path: String
    let images: [String]
    let className: String?
    let framesPerSecond: Double?
    /// Seconds after the first picture; nil is the whole folder.
    var window: Range<Double>?
    var share = 0.0..<1.0
    private let gaps: SequenceGaps
    private let form = KnownForm()

    init(
        path: String, images: [String], className: String?, framesPerSecond: Double?, window: Range<Double>? = nil
    ) {
        self.path = path
        self.images = images
        self.className = className
        self.framesPerSecond = framesPerSecond
        self.window = window
        gaps = SequenceGaps(in: images)
    }

    var name: String { path }

    func timeline() throws -> Timeline {
        guard window == nil || framesPerSecond != nil else {
            throw VideoError(
                .badList, path,
                "has no clock, so its start and end in the list have no meaning: give its frame rate",
                remedies: [.frameRate])
        }
        let seconds = framesPerSecond.map { rate in images.indices.map { Double($0) / rate } }
        return Timeline(
            seconds: seconds, frameCount: images.count, frameIntervalSeconds: framesPerSecond.map { 1 / $0 },
            window: window, share: share)
    }

    func format(for request: ClipRequest) -> FrameFormat { .pixels(channels: request.colour.channels) }

    func frames(at numbers: [Int], request: ClipRequest, crop: CropPlace, continuing: Bool) throws -> Tensor {
        if let first = numbers.first, let last = numbers.last, let gap = gaps.first(between: first, and: last) {
            throw VideoError(.damaged, images[gap.next], "\(gap): no clip is taken across the gap")
        }
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
                    try picture(number).write(form: form, scaler: scaler, to: out)
                }
            }
        }
        return pictures
    }

    /// A picture that is like the others.
    private func picture(_ number: Int) throws -> StillImage {
        let picture = try StillImage(path: images[number])
        if let reason = try usualForm().difference(of: picture) {
            throw VideoError(.damaged, images[number], reason)
        }
        return picture
    }

    func limited(to share: Range<Double>) -> any ClipItem {
        var part = self
        part.share = share
        return part
    }

    func pictureSize() throws -> FrameSize { try usualForm().size }

    func information() throws -> VideoInfo? {
        let usual = try usualForm()
        // Codec and pixel format of one are taken for all. Some pictures that can be decoded have no header with more information.
        return try? VideoInfo(probing: images[usual.number])
    }

    func oddities(thorough: Bool) -> [String] {
        let missing = gaps.gaps.map { "\(images[$0.next]): \($0)" }
        guard thorough, let usual = try? usualForm() else { return missing }
        return missing
            + images.compactMap { path in
                do {
                    return usual.difference(of: try StillImage(path: path)).map { "\(path): \($0)" }
                } catch {
                    return "\(error)"
                }
            }
    }
}

extension ImageSequenceItem {
    /// The common properties of the folder's pictures.
    private struct Form {
        /// A picture with these properties.
        let number: Int
        let name: String
        let size: FrameSize
        let hasAlpha: Bool

        /// How a picture differs from the others; nil if it does not.
        func difference(of picture: StillImage) -> String? {
            if picture.size != size {
                return "the picture is \(picture.size), where \(name) and others of the folder are \(size)"
            }
            if picture.hasAlpha != hasAlpha {
                return picture.hasAlpha
                    ? "the picture has an alpha channel, where \(name) and others of the folder have none"
                    : "the picture has no alpha channel, where \(name) and others of the folder have one"
            }
            return nil
        }
    }

    /// Determined once, and shared by the item's copies.
    private final class KnownForm: Sendable {
        let form = Mutex<Form?>(nil)
    }

    /// The properties that the first, the middle and the last picture share, or two of them, or those of the first that can be read: one odd picture does
    /// not make all others odd.
    ///
    /// - Throws: the first picture's error if none of the three can be read.
    private func usualForm() throws -> Form {
        if let known = form.form.withLock({ $0 }) { return known }
        var found: [Form] = []
        var firstError: (any Error)?
        for number in Set([0, images.count / 2, images.count - 1]).sorted() {
            do {
                let picture = try StillImage(path: images[number])
                let name = String(images[number].split(separator: "/").last ?? "")
                found.append(Form(number: number, name: name, size: picture.size, hasAlpha: picture.hasAlpha))
            } catch {
                firstError = firstError ?? error
            }
        }
        func alike(_ form: Form) -> Int { found.count { $0.size == form.size && $0.hasAlpha == form.hasAlpha } }
        guard let usual = found.first(where: { alike($0) > 1 }) ?? found.first else {
            throw firstError ?? VideoError(.damaged, path, "no picture in it")
        }
        form.form.withLock { $0 = usual }
        return usual
    }
}
