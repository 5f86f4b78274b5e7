import Logging

/// What a source's text alone does not say.
public struct SourceOptions: Sendable {
    /// Whether clips have classes: the folder's name, or the list's column.
    public var classes = false
    /// Order of an array's sides, as letters B T H W C (`BTCHW`, `TBHW`); nil takes `BTHWC` where nothing speaks against it.
    public var axes: String?
    /// Smallest and largest value of a float array.
    public var range: ClosedRange<Float>?
    /// Whether a float array without a range is refused. Only for looking at what is in it: values then stay as they are.
    public var needsRange = true
    /// Frame rate of image folders and arrays, which have none; refused where a source holds neither.
    public var framesPerSecond: Double?
    /// Decoding threads of one file: 1 where several files are decoded side by side, as a loader does; 0 for all processors.
    public var decodingThreads = 1
    /// Where the frames of videos are kept in mind for other runs of the program; nil keeps none.
    package var indexCache: IndexCache? = .standard
    /// Where skipped files are named.
    public var logger = Logger(label: "auspex.video")

    /// Options of which none need be given; see the properties.
    public init(
        classes: Bool = false, axes: String? = nil, range: ClosedRange<Float>? = nil, framesPerSecond: Double? = nil,
        decodingThreads: Int = 1
    ) {
        self.classes = classes
        self.axes = axes
        self.range = range
        self.framesPerSecond = framesPerSecond
        self.decodingThreads = decodingThreads
    }
}
