import Logging

/// What a source's text alone does not say.
public struct SourceOptions: Sendable {
    /// Whether clips have classes: the folder's name, or the list's column.
    public var classes = false
    /// Order of an array's sides, as letters B T H W C (`BTCHW`, `TBHW`); nil takes `BTHWC` unless the shape contradicts it.
    public var axes: String?
    /// Smallest and largest value of a float array.
    public var range: ClosedRange<Float>?
    /// Whether a float array without a range is refused. False only for inspection: values then stay unchanged.
    public var needsRange = true
    /// Frame rate of image folders and arrays, which have none; refused for a source that contains neither.
    public var framesPerSecond: Double?
    /// Decoding threads per file: 1 if several files are decoded in parallel, as by a loader; 0 for all processors.
    public var decodingThreads = 1
    /// Where the frame indices of videos are kept for later runs of the program; nil keeps none.
    package var indexCache: IndexCache? = .standard
    /// Where skipped files are reported.
    public var logger = Logger(label: "auspex.video")

    /// Options with defaults; see the properties.
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
