import AuspexTensors

/// The last frame of a clip, separated into foreground and background, and the motion of both, at the size of the predicted frames.
package struct LayeredPicture {
    /// `[B, Tc, H, W, C]`, in [0, 1].
    private let frames: Tensor
    /// The last of them, `[B, H, W, C]`.
    private let last: Tensor
    private let layers: PixelLayers
    private let displacement: Tensor
    private let cameraVelocity: Tensor
    /// What the layers were enlarged by.
    private let factor: Int

    /// The largest magnitude of an order: weights of pixels that meet differ by a factor of at most e¹².
    private static let orderLimit: Float = 6

    /// - Parameters:
    ///   - context: `[B, Tc, H, W, C]`, in [−1, 1].
    ///   - layers: what each pixel is, `[B, H, W, …]`.
    ///   - displacement: of each pixel of the last frame, (dy, dx) in pixels, `[B, Tp, H, W, 2]`.
    ///   - cameraVelocity: of the whole picture, (dy, dx) in pixels a frame, `[B, 1, 1, 2]`.
    ///   - factor: what layers and displacement were enlarged by.
    package init(context: Tensor, layers: PixelLayers, displacement: Tensor, cameraVelocity: Tensor, factor: Int) {
        frames = context * 0.5 + 0.5
        last = frames.lastFrame
        (self.layers, self.displacement, self.cameraVelocity) = (layers, displacement, cameraVelocity)
        self.factor = factor
    }

    /// The frames that the layers form as they move.
    ///
    /// With α = σ(alpha) and weight w = α exp(order): `[(x + colour) w, w, α]` is splatted along the displacement over the canvas, which is read
    /// at the position of the moving camera: at `p − t (camera's velocity + pan)`, edges repeated.
    ///
    /// - Returns: frames `[B, Tp, H, W, C]` in [−1, 1], and maps.
    package func rendered() -> GeneratorOutput {
        let alpha = sigmoid(layers.alpha)
        let weight = alpha * exp(clamped(layers.order, least: -Self.orderLimit, most: Self.orderLimit))
        let values = joined([(last + layers.colour) * weight, weight, alpha], along: 3)
        let canvas = canvas(alpha: alpha)
        let canvasMotion = canvasMotion()
        let result = composed(
            splat: holesClosed(in: splatted(values, flow: displacement)),
            over: sampledWithEdges(canvas, flow: canvasMotion))
        return GeneratorOutput(
            frames: result.image * 2 - 1,
            maps: [
                GeneratorOutput.displacement: displacement, MotionLayers.alphaLogits: layers.alpha,
                GeneratorOutput.canvas: canvas, MotionLayers.canvasMotion: canvasMotion,
                GeneratorOutput.opacity: result.opacity,
            ])
    }

    /// The mean coverage of a cell from which on what is missing in it counts as a hole, and where it counts fully.
    private static let holes = (from: Float(0.4), to: Float(0.7))

    /// A splat of large frames without the holes between pixels whose ways part.
    ///
    /// Where a thing grows, its pixels arrive farther apart than they were: seen in cells of the reduced size it covers the ground, seen pixel by pixel it is a
    /// comb. What such a cell's pixels lack of full coverage is filled with the cell's mean.
    ///
    /// - Parameter splat: `[B, Tp, H, W, C + 2]`, the last channel the coverage.
    private func holesClosed(in splat: Tensor) -> Tensor {
        guard factor > 1 else { return splat }
        let last = splat.shape[4] - 1
        let means = splat.eachFrame { averagePooled($0, size: factor).enlarged(by: factor) }
        let (coverage, mean) = (splat.sliced(4, from: last, count: 1), means.sliced(4, from: last, count: 1))
        let isHole = clamped((mean - Self.holes.from) * (1 / (Self.holes.to - Self.holes.from)), least: 0, most: 1)
        let missing = clamped(1 - coverage, least: 0) * isHole
        return splat + means * (missing / clamped(mean, least: Self.holes.from))
    }

    /// The background: a mix of the earlier frames and of the last one, whose moving pixels are removed and filled in from their surroundings.
    private func canvas(alpha: Tensor) -> Tensor {
        let still = 1 - alpha
        let own = still * last + alpha * (holesFilled(last, known: still) + layers.paint)
        let time = frames.shape[1]
        return mixed(
            frames.sliced(1, from: 0, count: time - 1), own, shares: softmax(layers.mix, along: 3))
    }

    /// Where the canvas is read at each time, relative to each pixel: `[B, Tp, H, W, 2]`.
    private func canvasMotion() -> Tensor {
        let (batch, steps) = (displacement.shape[0], displacement.shape[1])
        let velocity = (layers.pan + cameraVelocity).reshaped(to: [batch, 1] + displacement.shape[2...])
        let times = Tensor((1...steps).map { -Float($0) }, shape: [1, steps, 1, 1, 1])
        return velocity * times
    }
}

extension PixelLayers {
    /// Displacements of every pixel: those at half size, enlarged, with each pixel's own difference: `[B, Tp, H, W, 2]`.
    ///
    /// - Parameter way: `[B, Tp, H/2, W/2, 2]`, (dy, dx) in pixels of full size.
    func displacement(along way: Tensor) -> Tensor {
        way.eachFrame(upsampledBilinear) + fine.reshaped(to: [fine.shape[0], 1] + fine.shape[1...])
    }

    /// The difference between two colours in [−1, 1] from which on they count as two things.
    private static let colourTolerance: Float = 0.1

    /// The layers and displacements of a picture that is larger by a whole number; lengths are in pixels of the larger one.
    ///
    /// They follow the picture's edges. Between a moving thing and what is behind it, plain interpolation would make pixels that move at every speed between
    /// the two, and are seen as stripes.
    ///
    /// - Parameters:
    ///   - displacement: `[B, Tp, H, W, 2]`, of the smaller picture.
    ///   - guide: the last frame, in [−1, 1], at the larger size.
    ///   - coarse: the last frame at the smaller size.
    func enlarged(
        _ displacement: Tensor, by factor: Int, guide: Tensor, coarse: Tensor
    ) -> (layers: PixelLayers, displacement: Tensor) {
        let shape = displacement.shape
        let (batch, steps) = (shape[0], shape[1])
        let side = displacement.transposed([0, 2, 3, 1, 4]).reshaped(to: [batch, shape[2], shape[3], steps * 2])
        let maps = [side * Float(factor), fine * Float(factor), alpha, order, colour, mix, paint, pan * Float(factor)]
        let large = AuspexTensors.enlarged(
            joined(maps, along: 3), guide: guide, coarse: coarse, tolerance: Self.colourTolerance
        ).split(3, counts: maps.map { $0.shape[3] })
        let layers = PixelLayers(
            fine: large[1], alpha: large[2], order: large[3], colour: large[4], mix: large[5], paint: large[6],
            pan: large[7])
        let moved = large[0].reshaped(to: [batch] + large[0].shape[1...2] + [steps, 2]).transposed([0, 3, 1, 2, 4])
        return (layers, moved)
    }
}

extension Tensor {
    /// Larger by a power of two, bilinear: `[N, H, W, C]`.
    func enlarged(by factor: Int) -> Tensor {
        factor > 1 ? upsampledBilinear(self).enlarged(by: factor / 2) : self
    }
}
