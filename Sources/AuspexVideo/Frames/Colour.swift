/// An opaque or translucent sRGB colour, components in [0, 1].
package struct Colour: Sendable, Hashable {
    package var red, green, blue, alpha: Double

    package init(_ red: Double, _ green: Double, _ blue: Double, alpha: Double = 1) {
        (self.red, self.green, self.blue, self.alpha) = (red, green, blue, alpha)
    }

    /// From `0xRRGGBB`.
    package init(hex: UInt32) {
        self.init(
            Double(hex >> 16 & 255) / 255, Double(hex >> 8 & 255) / 255, Double(hex & 255) / 255)
    }

    package func faded(to alpha: Double) -> Colour { Colour(red, green, blue, alpha: alpha) }

    package static let white = Colour(1, 1, 1)
    package static let ink = Colour(hex: 0x1F2328)
    package static let faintInk = Colour(hex: 0x656D76)
    package static let rule = Colour(hex: 0xD8DEE4)
    /// The border of frames given to the model.
    package static let contextFrame = Colour(hex: 0x0072B2)
    /// The border of frames that really happened.
    package static let truthFrame = Colour(hex: 0x009E73)
    /// The border of frames that the model made.
    package static let predictionFrame = Colour(hex: 0xD55E00)

    /// Eight colours that people with any common colour blindness can tell apart, the yellow last because it is pale on white.
    ///
    /// Source: Okabe and Ito 2008, "Color Universal Design".
    package static let series: [Colour] = [
        0x0072B2, 0xD55E00, 0x009E73, 0xCC79A7, 0xE69F00, 0x56B4E9, 0x000000, 0xF0E442,
    ]
    .map(Colour.init(hex:))
}
