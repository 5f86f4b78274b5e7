import AuspexSupport
import AuspexTensors
import Foundation

/// Motion as colour: the direction is the hue, the length is how far the colour is from white.
///
/// Hues are those of the colour wheel of the Middlebury benchmark: red is to the right, and going clockwise (y points down) yellow, green, cyan, blue and
/// magenta follow, spaced unevenly to match how the eye distinguishes them. Motion beyond the full length is darkened.
/// Source: Baker et al. 2011, "A database and evaluation methodology for optical flow", figure 5.
public enum MotionColours {
    /// How many steps lead from each of six hues to the next.
    private static let steps = [15, 6, 4, 11, 13, 6]

    /// RGB of every step of the wheel, in [0, 1].
    private static let wheel: [(Float, Float, Float)] = {
        let corners: [(Float, Float, Float)] = [(1, 0, 0), (1, 1, 0), (0, 1, 0), (0, 1, 1), (0, 0, 1), (1, 0, 1)]
        return steps.enumerated().flatMap { number, count -> [(Float, Float, Float)] in
            let (a, b) = (corners[number], corners[(number + 1) % corners.count])
            return (0..<count).map { step in
                // In whole levels of 255, as the benchmark's program makes its wheel.
                func mixed(_ from: Float, _ to: Float) -> Float {
                    let level = (255 * Float(step) / Float(count)).rounded(.down)
                    return from == to ? from : to > from ? level / 255 : (255 - level) / 255
                }
                return (mixed(a.0, b.0), mixed(a.1, b.1), mixed(a.2, b.2))
            }
        }
    }()

    /// - Parameters:
    ///   - displacement: (dx, dy) in pixels, `[…, H, W, 2]`, float32; x to the right, y down.
    ///   - fullLength: the length in pixels that has the full colour, above 0; nil takes the longest.
    /// - Returns: `[…, H, W, 3]`, uint8; still pixels are white, NaN is black.
    public static func colours(of displacement: Tensor, fullLength: Float? = nil) -> Tensor {
        require(
            displacement.rank >= 3 && displacement.shape[displacement.rank - 1] == 2, "MotionColours",
            "displacements […, H, W, 2], not \(displacement.shape)")
        let values = displacement.scalars
        let full = max(fullLength ?? longest(values), 1e-5)
        var pixels: [UInt8] = []
        pixels.reserveCapacity(values.count / 2 * 3)
        for place in stride(from: 0, to: values.count, by: 2) {
            pixels += colour(dx: values[place] / full, dy: values[place + 1] / full)
        }
        return Tensor(pixels, shape: displacement.shape.dropLast() + [3])
    }

    private static func longest(_ values: [Float]) -> Float {
        var most: Float = 0
        for place in stride(from: 0, to: values.count, by: 2) {
            let length = hypot(values[place], values[place + 1])
            if length > most { most = length }
        }
        return most
    }

    private static func colour(dx: Float, dy: Float) -> [UInt8] {
        let length = hypot(dx, dy)
        guard length.isFinite else { return [0, 0, 0] }
        // From −1 to 1, so that the wheel's first colour, red, is to the right.
        let turn = atan2(-dy, -dx) / .pi
        let place = (turn + 1) / 2 * Float(wheel.count - 1)
        let first = min(Int(place), wheel.count - 1)
        let (a, b) = (wheel[first], wheel[(first + 1) % wheel.count])
        let share = place - Float(first)
        return [(a.0, b.0), (a.1, b.1), (a.2, b.2)].map { a, b in
            let hue = (1 - share) * a + share * b
            let level = length <= 1 ? 1 - length * (1 - hue) : hue * 0.75
            return UInt8(255 * level)
        }
    }
}
