import AuspexSupport
import AuspexTensors
import AuspexVideo

/// The film strip: time runs to the right, the truth above, predictions below it.
extension PredictionPicture {
    /// Draws the strip: context and truth in the first row, a row for each prediction, names at the left, time stamps on top.
    ///
    /// Time 0 is the last context frame. Of long clips, evenly spaced frames are shown. Frames larger than 256 pixels are reduced by a whole number, so that
    /// a strip of them can be looked at.
    ///
    /// - Parameter columns: how many frames a row has at most.
    /// - Returns: `[height, width, 3]`, uint8.
    public func filmStrip(columns: Int = 20) -> Tensor {
        let sides = predictions[0].frames.shape[1...2]
        let factor = min(((sides.max() ?? 1) - 1) / Self.largestFrame + 1, sides.min() ?? 1)
        return (factor > 1 ? reduced(by: factor) : self).strip(columns: columns)
    }

    /// The longer side of the largest frames that a strip shows at their own size.
    private static let largestFrame = 256

    /// The picture as it is shown, with `factor`×`factor` pixels made one.
    private func reduced(by factor: Int) -> PredictionPicture {
        func reduced(_ clip: Tensor) -> Tensor {
            let shown = stackedFrames((0..<clip.shape[0]).map { drawable(clip, $0) })
            return averagePooled(shown.pixelsAsValues(), size: factor).valuesAsPixels()
        }
        let sample = reduced(predictions[0].frames)
        let nothing = Tensor(uninitialized: [0] + sample.shape[1...], elementType: .uint8)
        return PredictionPicture(
            context: context.shape[0] > 0 ? reduced(context) : nothing,
            predictions: predictions.map { prediction in
                Prediction(
                    name: prediction.name, frames: reduced(prediction.frames),
                    arrows: prediction.arrows.map { averagePooled($0, size: factor) * (1 / Float(factor)) })
            }, truth: truth.map(reduced), frameIntervalSeconds: frameIntervalSeconds)
    }

    private func strip(columns: Int) -> Tensor {
        let contextFrames = context.shape[0]
        let predicted = predictions[0].frames.shape[0]
        let columns = max(2, min(columns, StripLayout.mostColumns(of: self)))
        let shownContext = chosen(of: contextFrames, atMost: max(1, min(contextFrames, columns * 5 / 16)))
        let shownFuture = chosen(of: predicted, atMost: columns - shownContext.count)
        let layout = StripLayout(self, contextColumns: shownContext.count, futureColumns: shownFuture.count)
        let canvas = Canvas(width: layout.width, height: layout.height)

        drawTimes(on: canvas, layout, shownContext.map { $0 - contextFrames + 1 } + shownFuture.map { $0 + 1 })
        let first = truth.map { (name: "truth", frames: $0, arrows: Tensor?.none, colour: Colour.truthFrame) }
        let rows =
            [first].compactMap { $0 }
            + predictions.map { (name: $0.name, frames: $0.frames, arrows: $0.arrows, colour: Colour.predictionFrame) }
        for (row, content) in rows.enumerated() {
            canvas.write(
                canvas.fitted(content.name, size: 14, bold: true, width: layout.labelWidth - 12), x: layout.margin,
                y: Double(layout.top(ofRow: row)) + Double(layout.frameHeight) / 2 + 5, size: 14,
                colour: content.colour, bold: true)
            if row == 0 {
                for (column, frame) in shownContext.enumerated() {
                    layout.place(drawable(context, frame), row, column, .contextFrame, on: canvas)
                }
            }
            for (place, frame) in shownFuture.enumerated() where frame < content.frames.shape[0] {
                layout.place(
                    drawable(content.frames, frame), row, shownContext.count + place, content.colour,
                    arrows: content.arrows.map { frames(of: $0)[frame] }, on: canvas)
            }
        }
        return canvas.pixels
    }

    private func drawTimes(on canvas: Canvas, _ layout: StripLayout, _ steps: [Int]) {
        for (column, step) in steps.enumerated() {
            let isContext = column < layout.contextColumns
            canvas.write(
                timeText(step), x: Double(layout.left(ofColumn: column)) + Double(layout.frameWidth) / 2,
                y: Double(layout.header) - 8, size: 12, colour: isContext ? .contextFrame : .faintInk,
                alignment: .centre)
        }
        if layout.contextColumns > 0 {
            canvas.write(
                "context", x: Double(layout.left(ofColumn: 0)), y: Double(layout.header) - 26, size: 14,
                colour: .contextFrame, bold: true)
        }
        canvas.write(
            "predicted span", x: Double(layout.left(ofColumn: layout.contextColumns)), y: Double(layout.header) - 26,
            size: 14, colour: .faintInk, bold: true)
    }

    /// A step's time after the last context frame, such as "+0.40 s".
    func timeText(_ step: Int) -> String {
        if step == 0 { return "0 s" }
        let seconds = Double(abs(step)) * frameIntervalSeconds
        let digits = frameIntervalSeconds >= 1 ? 0 : frameIntervalSeconds >= 0.0999 ? 1 : 2
        return (step < 0 ? "−" : "+") + NumberText.fixed(seconds, decimals: digits) + " s"
    }

    /// `count` evenly spaced numbers of `0..<total`, first and last among them.
    private func chosen(of total: Int, atMost count: Int) -> [Int] {
        if total <= count { return Array(0..<total) }
        if count <= 1 { return [total - 1] }
        return (0..<count).map { ($0 * (total - 1) + (count - 1) / 2) / (count - 1) }
    }
}

/// The positions of a strip's frames, in pixels.
private struct StripLayout {
    let contextColumns: Int
    let scale: Int
    let frameHeight: Int
    let frameWidth: Int
    let margin = 16.0
    let header = 58
    let gap = 4
    /// Between context and future.
    let divide = 14
    let border = 3
    let labelWidth: Double
    let width: Int
    let height: Int

    /// The number of columns that fit in a picture: frames of many channels are wide.
    static func mostColumns(of picture: PredictionPicture) -> Int {
        let one = StripLayout(picture, contextColumns: 1, futureColumns: 0)
        return (Canvas.largestSide - one.width) / (one.frameWidth + one.gap) + 1
    }

    init(_ picture: PredictionPicture, contextColumns: Int, futureColumns: Int) {
        let sample = picture.drawable(picture.predictions[0].frames, 0)
        self.contextColumns = contextColumns
        scale = enlargement(of: sample, toReach: 72)
        frameHeight = sample.shape[0] * scale + 2 * border
        frameWidth = sample.shape[1] * scale + 2 * border
        let measure = Canvas(width: 1, height: 1)
        let names = picture.predictions.map(\.name) + (picture.truth == nil ? [] : ["truth"])
        labelWidth = min(220, (names.map { measure.width(of: $0, size: 14, bold: true) }.max() ?? 0) + 14)
        let rows = picture.predictions.count + (picture.truth == nil ? 0 : 1)
        let columns = contextColumns + futureColumns
        width = Int(margin + labelWidth) + columns * (frameWidth + gap) + divide + Int(margin)
        height = header + rows * (frameHeight + gap) + Int(margin)
    }

    func left(ofColumn column: Int) -> Int {
        Int(margin + labelWidth) + column * (frameWidth + gap) + (column >= contextColumns ? divide : 0)
    }

    func top(ofRow row: Int) -> Int { header + row * (frameHeight + gap) }

    func place(
        _ frame: Tensor, _ row: Int, _ column: Int, _ colour: Colour, arrows: Tensor? = nil, on canvas: Canvas
    ) {
        let (x, y) = (left(ofColumn: column), top(ofRow: row))
        canvas.fillRectangle(
            x: Double(x), y: Double(y), width: Double(frameWidth), height: Double(frameHeight), colour: colour)
        canvas.place(frame, x: x + border, y: y + border, scale: scale)
        if let arrows { canvas.drawArrows(arrows, x: x + border, y: y + border, scale: scale) }
    }
}
