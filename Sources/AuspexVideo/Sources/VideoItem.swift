import AuspexTensors

/// A video file, or the part of one between two times.
struct VideoItem: ClipItem {
    let path: String
    let className: String?
    /// Seconds after the first frame; nil is the whole file.
    var window: Range<Double>?
    var share = 0.0..<1.0
    let pool: ReaderPool

    init(path: String, className: String?, window: Range<Double>? = nil, pool: ReaderPool) {
        self.path = path
        self.className = className
        self.window = window
        self.pool = pool
    }

    var name: String { path }

    func timeline() throws -> Timeline {
        let index = try pool.index(of: path)
        if let damage = index.damage { throw VideoError(.damaged, path, damage) }
        return index.timeline(window: window, share: share)
    }

    func format(for request: ClipRequest) -> FrameFormat { .pixels(channels: request.colour.channels) }

    func frames(at numbers: [Int], request: ClipRequest, crop: CropPlace, continuing: Bool) throws -> Tensor {
        try pool.withReader(of: path) { reader in
            try reader.frames(at: numbers, form: PictureForm(request, crop: crop), continuing: continuing)
        }
    }

    func limited(to share: Range<Double>) -> any ClipItem {
        var part = self
        part.share = share
        return part
    }

    func pictureSize() throws -> FrameSize { try VideoInfo(probing: path).shownSize }

    func information() throws -> VideoInfo? { try VideoInfo(probing: path) }
}
