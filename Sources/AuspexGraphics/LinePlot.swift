import AuspexSupport
import AuspexTensors
import AuspexVideo
import Foundation

/// Curves over a common axis: a metric against the horizon, a loss against the step.
public struct LinePlot: Sendable {
    /// One named curve.
    public struct Series: Sendable {
        /// What the legend calls the curve.
        public var name: String
        /// Places along the x axis, in its unit.
        public var x: [Double]
        /// As many as `x`; the line is broken at values that are not finite.
        public var y: [Double]
        /// Bounds of a band around the curve (an interval), as many as `x` each.
        public var band: (lower: [Double], upper: [Double])?
        /// Whether the line is dashed: for baselines.
        public var isDashed: Bool

        /// Makes a curve; `x`, `y` and both bounds of the band must have the same length.
        public init(
            name: String, x: [Double], y: [Double], band: (lower: [Double], upper: [Double])? = nil,
            isDashed: Bool = false
        ) {
            require(
                x.count == y.count && (band.map { $0.lower.count == x.count && $0.upper.count == x.count } ?? true),
                "LinePlot.Series", "\(x.count, "place") for \(y.count, "value") in '\(name)'")
            self.name = name
            self.x = x
            self.y = y
            self.band = band
            self.isDashed = isDashed
        }
    }

    /// Drawn above the plot.
    public var title: String
    /// What the axes show, with units: "predicted frame", "PSNR (dB)".
    public var xLabel: String
    /// What the y axis shows, with its unit: "PSNR (dB)".
    public var yLabel: String
    /// The curves, in the order of their colours.
    public var series: [Series]
    /// Places on the x axis marked by a dotted line, such as the horizon that was trained.
    public var marks: [(x: Double, label: String)] = []
    /// Whether the y axis is logarithmic; values that are not positive then break the line.
    public var isLogarithmic = false

    /// Makes a plot with linear axes whose ends follow from the values.
    public init(title: String, xLabel: String, yLabel: String, series: [Series]) {
        self.title = title
        self.xLabel = xLabel
        self.yLabel = yLabel
        self.series = series
    }

    /// The plot as a PNG file's bytes.
    public func png(width: Int = 880, height: Int = 540) -> Data { drawn(width, height, .pixels).png() }

    /// The plot as an SVG document's bytes.
    public func svg(width: Int = 880, height: Int = 540) -> Data { drawn(width, height, .svg).svg() }

    /// Writes the plot; the ending `.svg` or `.png` chooses the form.
    ///
    /// - Throws: `VideoError` for another ending, `FileError` where the place is taken or can't be written.
    public func write(to path: String, overwriting: Bool = false) throws {
        let ending = (path as NSString).pathExtension.lowercased()
        guard ending == "png" || ending == "svg" else {
            throw VideoError(.cannotWrite, path, "a plot is written as .png or .svg, not '.\(ending)'")
        }
        try OutputPlace(path, overwriting: overwriting).write(ending == "svg" ? svg() : png())
    }
}
