import AuspexVideo

/// A rectangle of a canvas, in its coordinates.
struct CanvasPart {
    var x = 0.0
    var y = 0.0
    var width: Double
    var height: Double
}

/// Drawing: grid under bands under lines, the legend at the right where it covers nothing.
extension LinePlot {
    func drawn(_ width: Int, _ height: Int, _ kind: Canvas.Kind) -> Canvas {
        let canvas = Canvas(width: width, height: height, kind: kind)
        let whole = CanvasPart(width: Double(width), height: Double(height))
        drawLegend(on: canvas, draw(on: canvas, in: whole, titleSize: 18, leavingLegend: true))
        return canvas
    }

    /// Draws all but the legend.
    ///
    /// - Parameter leavingLegend: whether room is left for it at the right.
    @discardableResult
    func draw(on canvas: Canvas, in part: CanvasPart, titleSize: Double, leavingLegend: Bool) -> PlotFrame {
        let frame = PlotFrame(self, part, leavingLegend: leavingLegend, measuring: canvas)
        canvas.write(
            canvas.fitted(title, size: titleSize, bold: true, width: part.x + part.width - frame.left - 8),
            x: frame.left, y: part.y + 30, size: titleSize, bold: true)
        drawGrid(on: canvas, frame, part)
        canvas.clipped(x: frame.left - 6, y: frame.top - 6, width: frame.width + 12, height: frame.height + 12) {
            for (number, line) in series.enumerated() { drawBand(of: line, colour(number), on: canvas, frame) }
            for (number, line) in series.enumerated() { draw(line, colour(number), on: canvas, frame) }
        }
        return frame
    }

    private func colour(_ number: Int) -> Colour { Colour.series[number % Colour.series.count] }

    private func drawGrid(on canvas: Canvas, _ frame: PlotFrame, _ part: CanvasPart) {
        for tick in frame.y.ticks {
            guard let y = frame.vertical(tick) else { continue }
            canvas.strokeLine([(frame.left, y), (frame.right, y)], width: 1, colour: .rule)
            canvas.write(
                frame.y.text(of: tick), x: frame.left - 8, y: y + 4.5, size: 13, colour: .faintInk, alignment: .right)
        }
        for tick in frame.x.ticks {
            guard let x = frame.horizontal(tick) else { continue }
            canvas.strokeLine([(x, frame.bottom), (x, frame.bottom + 5)], width: 1, colour: .faintInk)
            canvas.write(
                frame.x.text(of: tick), x: x, y: frame.bottom + 20, size: 13, colour: .faintInk, alignment: .centre)
        }
        canvas.strokeLine([(frame.left, frame.bottom), (frame.right, frame.bottom)], width: 1, colour: .faintInk)
        for mark in marks {
            guard let x = frame.horizontal(mark.x), (frame.left...frame.right).contains(x) else { continue }
            canvas.strokeLine([(x, frame.top), (x, frame.bottom)], width: 1.5, colour: .faintInk, dashes: [2, 4])
            let fits = x + 6 + canvas.width(of: mark.label, size: 12) < frame.right
            canvas.write(
                mark.label, x: fits ? x + 6 : x - 6, y: frame.top + 12, size: 12, colour: .faintInk,
                alignment: fits ? .left : .right)
        }
        canvas.write(
            xLabel, x: (frame.left + frame.right) / 2, y: frame.bottom + 44, size: 14, alignment: .centre)
        canvas.write(
            yLabel, x: part.x + 22, y: (frame.top + frame.bottom) / 2, size: 14, alignment: .centre, turned: true)
    }

    private func drawBand(of line: Series, _ colour: Colour, on canvas: Canvas, _ frame: PlotFrame) {
        guard let band = line.band else { return }
        var (above, below): ([(x: Double, y: Double)], [(x: Double, y: Double)]) = ([], [])
        func close() {
            canvas.fillPolygon(above + below.reversed(), colour: colour.faded(to: 0.18))
            (above, below) = ([], [])
        }
        for place in line.x.indices {
            guard let x = frame.horizontal(line.x[place]), let low = frame.vertical(band.lower[place]),
                let high = frame.vertical(band.upper[place])
            else {
                close()
                continue
            }
            above.append((x, high))
            below.append((x, low))
        }
        close()
    }

    private func draw(_ line: Series, _ colour: Colour, on canvas: Canvas, _ frame: PlotFrame) {
        var run: [(x: Double, y: Double)] = []
        func finish() {
            canvas.strokeLine(run, width: 2.25, colour: colour, dashes: line.isDashed ? [8, 5] : [])
            // Few points are measurements and are shown; one alone has no line at all.
            if line.x.count <= 40 || run.count == 1 {
                for point in run { canvas.fillDisc(x: point.x, y: point.y, radius: 3.25, colour: colour) }
            }
            run = []
        }
        for (x, y) in zip(line.x, line.y) {
            if let x = frame.horizontal(x), let y = frame.vertical(y) { run.append((x, y)) } else { finish() }
        }
        finish()
    }

    private func drawLegend(on canvas: Canvas, _ frame: PlotFrame) {
        for number in series.indices {
            drawLegendEntry(
                number, on: canvas, x: frame.right + 20, y: frame.top + 12 + Double(number) * 24,
                width: PlotFrame.widestLegend)
        }
    }

    /// One series' line and its name beside it.
    func drawLegendEntry(_ number: Int, on canvas: Canvas, x: Double, y: Double, width: Double) {
        let line = series[number]
        canvas.strokeLine(
            [(x, y), (x + 28, y)], width: 2.5, colour: colour(number), dashes: line.isDashed ? [8, 5] : [])
        canvas.write(canvas.fitted(line.name, size: 13, width: width), x: x + 36, y: y + 4.5, size: 13)
    }
}

/// The rectangle that curves are drawn in, and its axes.
struct PlotFrame {
    static let widestLegend = 200.0
    let x: PlotAxis
    let y: PlotAxis
    let left: Double
    let right: Double
    let top: Double
    let bottom: Double

    var width: Double { right - left }
    var height: Double { bottom - top }

    init(_ plot: LinePlot, _ part: CanvasPart, leavingLegend: Bool, measuring canvas: Canvas) {
        let places = plot.series.flatMap(\.x) + plot.marks.map(\.x)
        x = PlotAxis(
            covering: places, ticks: 8, isTight: true, hasWholeTicks: places.allSatisfy { $0 == $0.rounded() })
        let bounds = plot.series.flatMap { $0.band.map { $0.lower + $0.upper } ?? [] }
        y = PlotAxis(covering: plot.series.flatMap(\.y) + bounds, isLogarithmic: plot.isLogarithmic)
        let labels = y.ticks.map { [y] in canvas.width(of: y.text(of: $0), size: 13) }.max() ?? 0
        left = part.x + 44 + labels
        let legend = plot.series.map { min(Self.widestLegend, canvas.width(of: $0.name, size: 13)) }.max() ?? 0
        right = max(left + 40, part.x + part.width - (leavingLegend ? legend + 36 + 20 + 16 : 16))
        top = part.y + 52
        bottom = max(top + 40, part.y + part.height - 62)
    }

    func horizontal(_ value: Double) -> Double? { x.place(of: value).map { left + $0 * width } }
    func vertical(_ value: Double) -> Double? { y.place(of: value).map { bottom - $0 * height } }
}
