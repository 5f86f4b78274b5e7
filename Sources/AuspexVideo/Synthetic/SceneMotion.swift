import AuspexSupport
import AuspexTensors

/// Where the pixels of one frame of a drawn scene go, exactly.
public struct SceneMotion: Sendable {
    /// From each pixel's place in the frame to its place in each later one, (dy, dx) in pixels, `[T, H, W, 2]`. What leaves the frame, or is
    /// covered, is followed all the same.
    public let displacement: Tensor
    /// Whether a pixel shows something that moves by itself, `H·W` values, row by row.
    public let isInFront: [Bool]
    /// Whether what a pixel shows has bounced by each later frame, `T·H·W` values.
    public let hasBounced: [Bool]

    /// The motion of a scene of one's own.
    ///
    /// - Parameters:
    ///   - displacement: `[T, H, W, 2]`.
    ///   - isInFront: `H·W` values.
    ///   - hasBounced: `T·H·W` values.
    public init(displacement: Tensor, isInFront: [Bool], hasBounced: [Bool]) {
        let pixels = displacement.shape.dropFirst().dropLast().reduce(1, *)
        require(
            displacement.rank == 4 && displacement.shape[3] == 2 && isInFront.count == pixels
                && hasBounced.count == pixels * displacement.shape[0], "SceneMotion",
            "displacements [T, H, W, 2] and as many values: \(displacement.shape), \(isInFront.count), \(hasBounced.count)"
        )
        (self.displacement, self.isInFront, self.hasBounced) = (displacement, isInFront, hasBounced)
    }

    /// Follows every pixel of a frame.
    ///
    /// - Parameters:
    ///   - later: how many frames it is followed to.
    ///   - size: the frame's size.
    ///   - shown: what is seen at a place, (x, y) in pixels with the centre of the first pixel at (0.5, 0.5).
    ///   - goes: where what is seen there is at a later frame, counted from 0, and whether it has bounced by then.
    init<Seen>(
        later: Int, size: FrameSize, shown: (SIMD2<Float>) -> (seen: Seen, isInFront: Bool),
        goes: (Seen, SIMD2<Float>, _ frame: Int) -> (place: SIMD2<Float>, hasBounced: Bool)
    ) {
        let pixels = size.height * size.width
        var isInFront = [Bool](repeating: false, count: pixels)
        var hasBounced = [Bool](repeating: false, count: later * pixels)
        displacement = Tensor([later, size.height, size.width, 2]) { way in
            for row in 0..<size.height {
                for column in 0..<size.width {
                    let (pixel, from) = (row * size.width + column, SIMD2(Float(column) + 0.5, Float(row) + 0.5))
                    let (seen, front) = shown(from)
                    isInFront[pixel] = front
                    for frame in 0..<later {
                        let (to, bounced) = goes(seen, from, frame)
                        hasBounced[frame * pixels + pixel] = bounced
                        way[(frame * pixels + pixel) * 2] = to.y - from.y
                        way[(frame * pixels + pixel) * 2 + 1] = to.x - from.x
                    }
                }
            }
        }
        (self.isInFront, self.hasBounced) = (isInFront, hasBounced)
    }
}
