import AuspexTensors
import AuspexVideo

/// The film for viewing: panels side by side, small frames enlarged by whole pixels, with a border whose colour tells given frames from predicted ones.
extension PredictionPicture {
    /// Draws the film's frames lazily, one after another.
    ///
    /// - Parameter comparing: whether a panel with the truth is shown at the left.
    /// - Returns: `[height, width, 3]` each, uint8, even sides.
    public func film(comparing: Bool = false) -> some Sequence<Tensor> {
        let shown = comparing ? truth : nil
        let count = context.shape[0] + predictions[0].frames.shape[0]
        let layout = FilmLayout(
            sample: drawable(predictions[0].frames, 0), panels: predictions.count + (shown == nil ? 0 : 1))
        return (0..<count).lazy.map { drawn($0, truth: shown, layout) }
    }

    private func drawn(_ number: Int, truth: Tensor?, _ layout: FilmLayout) -> Tensor {
        let canvas = Canvas(width: layout.width, height: layout.height, background: FilmLayout.background)
        let isContext = number < context.shape[0]
        let step = number - context.shape[0]
        var panels = predictions.map {
            (name: $0.name, clip: $0.frames, arrows: $0.arrows, colour: Colour.predictionFrame)
        }
        if let truth { panels.insert(("truth", truth, nil, .truthFrame), at: 0) }
        for (place, panel) in panels.enumerated() {
            let clip = isContext ? context : panel.clip
            let frame = isContext ? number : step
            guard frame < clip.shape[0] else { continue }
            layout.draw(
                drawable(clip, frame), panel: place, caption: isContext ? "context" : panel.name,
                time: timeText(step + 1), colour: isContext ? .contextFrame : panel.colour,
                arrows: isContext ? nil : panel.arrows.map { frames(of: $0)[step] }, on: canvas)
        }
        return canvas.pixels
    }
}

/// The positions of a film's panels, in pixels; every length is even, as video encoders require.
private struct FilmLayout {
    static let background = Colour(hex: 0x16191D)
    let scale: Int
    let panelWidth: Int
    let panelHeight: Int
    let border: Int
    let captionHeight: Int
    let margin = 8
    let width: Int
    let height: Int

    init(sample: Tensor, panels: Int) {
        scale = enlargement(of: sample, toReach: 256)
        border = 4
        panelWidth = sample.shape[1] * scale + 2 * border
        panelHeight = sample.shape[0] * scale + 2 * border
        captionHeight = 24
        width = (panels * (panelWidth + margin) + margin + 1) & ~1
        height = (margin + captionHeight + panelHeight + margin + 1) & ~1
    }

    func draw(
        _ frame: Tensor, panel: Int, caption: String, time: String, colour: Colour, arrows: Tensor? = nil,
        on canvas: Canvas
    ) {
        let (x, y) = (margin + panel * (panelWidth + margin), margin + captionHeight)
        canvas.fillRectangle(
            x: Double(x), y: Double(y), width: Double(panelWidth), height: Double(panelHeight), colour: colour)
        canvas.place(frame, x: x + border, y: y + border, scale: scale)
        if let arrows { canvas.drawArrows(arrows, x: x + border, y: y + border, scale: scale) }
        let baseline = Double(y) - 8
        let timeWidth = canvas.width(of: time, size: 14)
        let room = Double(panelWidth) - timeWidth - 12
        canvas.write(
            canvas.fitted(caption, size: 14, bold: true, width: room), x: Double(x), y: baseline, size: 14,
            colour: .white, bold: true)
        canvas.write(
            time, x: Double(x + panelWidth), y: baseline, size: 14, colour: .white.faded(to: 0.75), alignment: .right)
    }
}
