import AuspexSupport
import AuspexTensors
import AuspexVideo
import Foundation

/// A page of clips, each a row of evenly spaced frames under its label: what is in a source, at a glance.
public struct ContactSheet: Sendable {
    /// Drawn above the rows.
    public var title: String
    /// Frames shown of each clip, at most.
    public var framesPerClip: Int
    private var rows: [(label: String, frames: [Tensor])] = []

    /// Makes a sheet without rows.
    ///
    /// - Parameters:
    ///   - title: drawn above the rows.
    ///   - framesPerClip: frames shown of each clip, at most; more than 0.
    public init(title: String, framesPerClip: Int = 8) {
        require(framesPerClip > 0, "ContactSheet", "a row of \(framesPerClip) frames shows nothing")
        self.title = title
        self.framesPerClip = framesPerClip
    }

    /// Adds a row.
    ///
    /// - Parameter clip: `[T, H, W, C]`, uint8; rows may differ in size.
    public mutating func add(_ clip: Tensor, label: String) {
        require(
            clip.rank == 4 && clip.elementType == .uint8, "ContactSheet.add",
            "takes a uint8 [T, H, W, C] clip, not \(clip.elementType) \(clip.shape)")
        let all = frames(of: clip)
        let count = min(framesPerClip, all.count)
        rows.append((label, (0..<count).map { visible(all[count == 1 ? 0 : $0 * (all.count - 1) / (count - 1)]) }))
    }

    /// Adds a clip under its name and time.
    public mutating func add(_ clip: Clip) {
        add(
            clip.format.shown(clip.frames),
            label: clip.name + " at " + NumberText.fixed(clip.startSeconds, decimals: 2) + " s")
    }

    /// Draws the page.
    ///
    /// - Returns: `[height, width, 3]`, uint8. Rows beyond a height of 30000 pixels are left out, and the page says how many.
    public func picture() -> Tensor {
        let (margin, gap, lineHeight) = (16, 4, 24)
        let sizes = rows.map { row -> (scale: Int, height: Int, width: Int) in
            guard let sample = row.frames.first else { return (1, 0, 0) }
            let scale = enlargement(of: sample, toReach: 96)
            return (scale, sample.shape[0] * scale, (sample.shape[1] * scale + gap) * row.frames.count)
        }
        var shown = 0
        var height = margin + 34
        while shown < rows.count, height + lineHeight + sizes[shown].height + 10 < 30000 {
            height += lineHeight + sizes[shown].height + 10
            shown += 1
        }
        if shown < rows.count { height += lineHeight }
        let width = min(32000, max(480, (sizes.prefix(shown).map(\.width).max() ?? 0) + 2 * margin))
        let canvas = Canvas(width: width, height: height + margin)
        let room = Double(width - 2 * margin)
        canvas.write(
            canvas.fitted(title, size: 18, bold: true, width: room), x: Double(margin), y: Double(margin) + 18,
            size: 18,
            bold: true)
        var y = margin + 34
        for (row, size) in zip(rows, sizes).prefix(shown) {
            canvas.write(
                canvas.fitted(row.label, size: 13, width: room), x: Double(margin), y: Double(y + 17), size: 13,
                colour: .faintInk)
            y += lineHeight
            for (place, frame) in row.frames.enumerated() {
                let x = margin + place * (frame.shape[1] * size.scale + gap)
                if x + frame.shape[1] * size.scale > width { break }
                canvas.place(frame, x: x, y: y, scale: size.scale)
            }
            y += size.height + 10
        }
        if shown < rows.count {
            canvas.write(
                "and \(rows.count - shown) more", x: Double(margin), y: Double(y + 17), size: 13, colour: .faintInk)
        }
        return canvas.pixels
    }

    /// Writes the page as a PNG file.
    ///
    /// - Throws: `FileError` where the place is taken or can't be written.
    public func write(to path: String, overwriting: Bool = false) throws {
        try OutputPlace(path, overwriting: overwriting).write(pngData(from: picture()))
    }
}
