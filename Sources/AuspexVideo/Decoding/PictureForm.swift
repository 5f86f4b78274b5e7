/// Where a picture is cropped that was scaled to cover a size of another aspect, as a share of what is cut away.
public struct CropPlace: Sendable, Hashable {
    /// 0 keeps the top, 0.5 the middle, 1 the bottom.
    public var vertical: Float
    /// 0 keeps the left side, 0.5 the middle, 1 the right side.
    public var horizontal: Float

    /// A position as shares of what is cut away, each from 0 to 1.
    public init(vertical: Float, horizontal: Float) {
        self.vertical = vertical
        self.horizontal = horizontal
    }

    /// The middle in both directions.
    public static let centre = CropPlace(vertical: 0.5, horizontal: 0.5)
}

/// How decoded frames become pictures.
public struct PictureForm: Sendable, Hashable {
    /// Exact size; nil keeps the file's own pixels, whatever their aspect.
    public var size: FrameSize?
    /// Which part of a picture of another aspect is kept.
    public var crop: CropPlace
    /// How pictures are scaled.
    public var filter: ClipRequest.ScalingFilter
    /// Which channels a picture gives.
    public var colour: ClipRequest.Colour
    var conversion = ColourConversion.exact

    /// Pictures of a size, or of the file's own if `size` is nil.
    public init(
        size: FrameSize?, crop: CropPlace = .centre, filter: ClipRequest.ScalingFilter = .area,
        colour: ClipRequest.Colour = .rgb
    ) {
        self.size = size
        self.crop = crop
        self.filter = filter
        self.colour = colour
    }

    init(_ request: ClipRequest, crop: CropPlace) {
        self.init(size: request.size, crop: crop, filter: request.filter, colour: request.colour)
    }
}
