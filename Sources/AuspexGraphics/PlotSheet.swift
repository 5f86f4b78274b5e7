import AuspexSupport
import AuspexTensors
import Foundation

/// Several plots of the same series in one picture, row by row, with a common legend in the place after the last plot.
public struct PlotSheet: Sendable {
    /// Drawn above the plots.
    public var title: String
    /// Plots with the same series, in the same order.
    public var plots: [LinePlot]
    /// Small print below each series' name in the legend; as many as series, or none.
    public var legendNotes: [String]
    /// Plots beside each other.
    public var columns = 3

    /// Makes a sheet of plots that have the same number of series, three a row.
    public init(title: String, plots: [LinePlot], legendNotes: [String] = []) {
        let counts = Set(plots.map(\.series.count))
        require(
            counts.count <= 1 && (legendNotes.isEmpty || counts.allSatisfy { $0 == legendNotes.count }), "PlotSheet",
            "one legend of \(legendNotes.count, "note") for plots of \(counts) series")
        self.title = title
        self.plots = plots
        self.legendNotes = legendNotes
    }

    /// The sheet as a PNG file's bytes; width and height are those of one plot.
    public func png(plotWidth: Int = 400, plotHeight: Int = 300) -> Data {
        let columns = max(1, min(columns, plots.count + 1))
        let rows = (plots.count + columns) / columns
        let heading = 44
        let canvas = Canvas(width: columns * plotWidth, height: heading + rows * plotHeight)
        canvas.write(
            canvas.fitted(title, size: 18, bold: true, width: Double(columns * plotWidth) - 32), x: 16, y: 30,
            size: 18, bold: true)
        func part(_ number: Int) -> CanvasPart {
            CanvasPart(
                x: Double(number % columns * plotWidth), y: Double(heading + number / columns * plotHeight),
                width: Double(plotWidth), height: Double(plotHeight))
        }
        for (number, plot) in plots.enumerated() {
            plot.draw(on: canvas, in: part(number), titleSize: 15, leavingLegend: false)
        }
        if let plot = plots.first { drawLegend(of: plot, on: canvas, in: part(plots.count)) }
        return canvas.png()
    }

    private func drawLegend(of plot: LinePlot, on canvas: Canvas, in part: CanvasPart) {
        let x = part.x + 44
        let width = part.x + part.width - x - 36 - 8
        let step = legendNotes.isEmpty ? 24.0 : 44.0
        for number in plot.series.indices {
            let y = part.y + 52 + Double(number) * step
            plot.drawLegendEntry(number, on: canvas, x: x, y: y, width: width)
            if number < legendNotes.count {
                canvas.write(
                    canvas.fitted(legendNotes[number], size: 12, width: width), x: x + 36, y: y + 21, size: 12,
                    colour: .faintInk)
            }
        }
    }
}
