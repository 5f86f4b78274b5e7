import AuspexSupport
import AuspexTensors
import CAuspexCairo
import Foundation

/// One picture as the bytes of a PNG file, pixels kept exactly.
///
/// - Parameter picture: `[H, W, 3]` (colour) or `[H, W, 1]` (a greyscale PNG), uint8, at most 32767 pixels a side.
public func pngData(from picture: Tensor) -> Data {
    require(
        picture.rank == 3 && (picture.shape[2] == 1 || picture.shape[2] == 3) && picture.elementType == .uint8,
        "pngData", "takes a uint8 [H, W, 1] or [H, W, 3] picture, not \(picture.elementType) \(picture.shape)")
    let (height, width, channels) = (picture.shape[0], picture.shape[1], picture.shape[2])
    // Cairo writes its eight-bit alpha format as a greyscale PNG.
    let format = channels == 3 ? CAIRO_FORMAT_RGB24 : CAIRO_FORMAT_A8
    let surface = cairo_image_surface_create(format, Int32(width), Int32(height))
    defer { cairo_surface_destroy(surface) }
    guard let surface, let bytes = cairo_image_surface_get_data(surface) else {
        stopProgram("pngData", "Cairo cannot make a picture of \(width)×\(height) pixels")
    }
    let stride = Int(cairo_image_surface_get_stride(surface))
    picture.withScalars(as: UInt8.self) { pixels in
        guard let first = pixels.baseAddress else { return }
        for row in 0..<height {
            let line = first + row * width * channels
            guard channels == 3 else {
                (bytes + row * stride).update(from: line, count: width)
                continue
            }
            (bytes + row * stride).withMemoryRebound(to: UInt32.self, capacity: width) { words in
                for column in 0..<width {
                    let (red, green, blue) = (line[3 * column], line[3 * column + 1], line[3 * column + 2])
                    words[column] = UInt32(red) << 16 | UInt32(green) << 8 | UInt32(blue)
                }
            }
        }
    }
    cairo_surface_mark_dirty(surface)
    return encodedPNG(surface)
}

package enum CairoLimits {
    /// The largest side that Cairo can draw, in pixels.
    package static let largestSide = 32767
}

/// A Cairo surface as the bytes of a PNG file.
package func encodedPNG(_ surface: OpaquePointer) -> Data {
    let document = CairoBytes()
    let status = withExtendedLifetime(document) {
        cairo_surface_write_to_png_stream(surface, CairoBytes.collect, document.closure)
    }
    require(
        status == CAIRO_STATUS_SUCCESS, "PNG encoding",
        "Cairo reports \(String(cString: cairo_status_to_string(status)))")
    return document.data
}

/// Collects what Cairo writes to a stream. It must outlive the surface that writes to it.
package final class CairoBytes {
    package private(set) var data = Data()

    package init() {}

    /// The arguments of Cairo's writing functions besides `collect`.
    package var closure: UnsafeMutableRawPointer { Unmanaged.passUnretained(self).toOpaque() }

    package static let collect: cairo_write_func_t = { closure, bytes, count in
        guard let closure, let bytes else { return CAIRO_STATUS_WRITE_ERROR }
        Unmanaged<CairoBytes>.fromOpaque(closure).takeUnretainedValue().data.append(bytes, count: Int(count))
        return CAIRO_STATUS_SUCCESS
    }
}
