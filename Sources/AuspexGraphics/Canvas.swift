import AuspexSupport
import AuspexTensors
import AuspexVideo
import CAuspexCairo
import Foundation

/// A surface to draw on with Cairo: pixels that become a PNG or a tensor, or an SVG document.
///
/// Coordinates are pixels (SVG: points) from the top left corner. Owns its Cairo objects; used from one thread.
package final class Canvas {
    package enum Kind: Sendable { case pixels, svg }

    package enum Alignment { case left, centre, right }

    /// The largest side that Cairo can draw, in pixels.
    package static let largestSide = CairoLimits.largestSide

    package let width: Int
    package let height: Int
    private let surface: OpaquePointer
    private let context: OpaquePointer
    private let document = CairoBytes()

    package init(width: Int, height: Int, kind: Kind = .pixels, background: Colour = .white) {
        require(
            (1...Self.largestSide).contains(width) && (1...Self.largestSide).contains(height), "Canvas",
            "Cairo draws from 1 to \(Self.largestSide) pixels a side, not \(width)×\(height)")
        self.width = width
        self.height = height
        switch kind {
        case .pixels:
            surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, Int32(width), Int32(height))
        case .svg:
            surface = cairo_svg_surface_create_for_stream(
                CairoBytes.collect, document.closure, Double(width), Double(height))
        }
        context = cairo_create(surface)
        // Grey antialiasing: coloured fringes of sub-pixel text would be wrong on other screens.
        let options = cairo_font_options_create()
        cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY)
        cairo_set_font_options(context, options)
        cairo_font_options_destroy(options)
        fillRectangle(x: 0, y: 0, width: Double(width), height: Double(height), colour: background)
    }

    deinit {
        cairo_destroy(context)
        cairo_surface_destroy(surface)
    }

    // MARK: Shapes

    package func fillRectangle(x: Double, y: Double, width: Double, height: Double, colour: Colour) {
        use(colour)
        cairo_rectangle(context, x, y, width, height)
        cairo_fill(context)
    }

    /// A line through points, with round corners; `dashes` are lengths on, off, on….
    package func strokeLine(_ points: [(x: Double, y: Double)], width: Double, colour: Colour, dashes: [Double] = []) {
        guard let first = points.first, points.count > 1 else { return }
        use(colour)
        cairo_set_line_width(context, width)
        cairo_set_line_join(context, CAIRO_LINE_JOIN_ROUND)
        cairo_set_line_cap(context, dashes.isEmpty ? CAIRO_LINE_CAP_ROUND : CAIRO_LINE_CAP_BUTT)
        cairo_set_dash(context, dashes, Int32(dashes.count), 0)
        cairo_move_to(context, first.x, first.y)
        for point in points.dropFirst() { cairo_line_to(context, point.x, point.y) }
        cairo_stroke(context)
    }

    package func fillPolygon(_ points: [(x: Double, y: Double)], colour: Colour) {
        guard let first = points.first, points.count > 2 else { return }
        use(colour)
        cairo_move_to(context, first.x, first.y)
        for point in points.dropFirst() { cairo_line_to(context, point.x, point.y) }
        cairo_close_path(context)
        cairo_fill(context)
    }

    package func fillDisc(x: Double, y: Double, radius: Double, colour: Colour) {
        use(colour)
        cairo_arc(context, x, y, radius, 0, 2 * Double.pi)
        cairo_fill(context)
    }

    /// Draws only inside a rectangle while `body` runs.
    package func clipped(x: Double, y: Double, width: Double, height: Double, _ body: () -> Void) {
        cairo_save(context)
        cairo_rectangle(context, x, y, width, height)
        cairo_clip(context)
        body()
        cairo_restore(context)
    }

    // MARK: Text

    /// Writes one line of text whose baseline starts, centres or ends at a point.
    package func write(
        _ text: String, x: Double, y: Double, size: Double, colour: Colour = .ink, alignment: Alignment = .left,
        bold: Bool = false, turned: Bool = false
    ) {
        use(colour)
        cairo_save(context)
        cairo_translate(context, x, y)
        if turned { cairo_rotate(context, -Double.pi / 2) }
        let width = alignment == .left ? 0 : self.width(of: text, size: size, bold: bold)
        chooseFont(size: size, bold: bold)
        cairo_move_to(context, alignment == .right ? -width : alignment == .centre ? -width / 2 : 0, 0)
        cairo_show_text(context, text)
        cairo_restore(context)
    }

    /// How far a line of text advances.
    package func width(of text: String, size: Double, bold: Bool = false) -> Double {
        chooseFont(size: size, bold: bold)
        var extents = cairo_text_extents_t()
        cairo_text_extents(context, text, &extents)
        return extents.x_advance
    }

    /// The text, cut and ended with an ellipsis where it is wider than allowed.
    package func fitted(_ text: String, size: Double, bold: Bool = false, width: Double) -> String {
        if self.width(of: text, size: size, bold: bold) <= width { return text }
        var kept = Substring(text)
        while !kept.isEmpty, self.width(of: kept + "…", size: size, bold: bold) > width { kept = kept.dropLast() }
        return kept.isEmpty ? "" : kept + "…"
    }

    private func chooseFont(size: Double, bold: Bool) {
        cairo_select_font_face(
            context, "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL, bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL)
        cairo_set_font_size(context, size)
    }

    private func use(_ colour: Colour) {
        cairo_set_source_rgba(context, colour.red, colour.green, colour.blue, colour.alpha)
    }

    // MARK: Frames in, results out

    /// Puts a frame's pixels on a pixel canvas, each as `scale`×`scale` whole pixels, without any filtering.
    ///
    /// - Parameter frame: `[H, W, 1]` or `[H, W, 3]`, uint8; must fit on the canvas.
    package func place(_ frame: Tensor, x: Int, y: Int, scale: Int = 1) {
        let (rows, columns, channels) = (frame.shape[0], frame.shape[1], frame.shape[2])
        require(
            x >= 0 && y >= 0 && x + columns * scale <= width && y + rows * scale <= height, "Canvas.place",
            "a \(frame.shape) frame enlarged \(scale) times at (\(x), \(y)) leaves the \(width)×\(height) canvas")
        cairo_surface_flush(surface)
        guard let bytes = cairo_image_surface_get_data(surface) else { return }
        let stride = Int(cairo_image_surface_get_stride(surface))
        frame.withScalars(as: UInt8.self) { pixels in
            for row in 0..<rows * scale {
                let source = row / scale * columns * channels
                (bytes + (y + row) * stride).withMemoryRebound(to: UInt32.self, capacity: width) { line in
                    for column in 0..<columns {
                        let pixel = source + column * channels
                        let (second, third) = channels == 3 ? (1, 2) : (0, 0)
                        let word =
                            UInt32(pixels[pixel]) << 16 | UInt32(pixels[pixel + second]) << 8
                            | UInt32(pixels[pixel + third])
                        for copy in 0..<scale { line[x + column * scale + copy] = word }
                    }
                }
            }
        }
        cairo_surface_mark_dirty(surface)
    }

    /// What was drawn, `[H, W, 3]`, uint8.
    package var pixels: Tensor {
        cairo_surface_flush(surface)
        var scalars = [UInt8](repeating: 0, count: width * height * 3)
        if let bytes = cairo_image_surface_get_data(surface) {
            let stride = Int(cairo_image_surface_get_stride(surface))
            for row in 0..<height {
                (bytes + row * stride).withMemoryRebound(to: UInt32.self, capacity: width) { line in
                    for column in 0..<width {
                        let first = (row * width + column) * 3
                        scalars[first] = UInt8(truncatingIfNeeded: line[column] >> 16)
                        scalars[first + 1] = UInt8(truncatingIfNeeded: line[column] >> 8)
                        scalars[first + 2] = UInt8(truncatingIfNeeded: line[column])
                    }
                }
            }
        }
        return Tensor(scalars, shape: [height, width, 3])
    }

    /// The pixel canvas as a PNG file.
    package func png() -> Data { encodedPNG(surface) }

    /// The SVG canvas as a document; nothing can be drawn afterwards.
    package func svg() -> Data {
        cairo_surface_finish(surface)
        return document.data
    }
}
