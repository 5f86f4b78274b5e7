import AuspexTensors

extension MotionScene {
    /// The largest magnitude of an order: weights of pixels that meet differ by a factor of at most e¹².
    private static let orderLimit: Float = 6

    /// The frames that the layers form as they move.
    ///
    /// With α = σ(alpha) and weight w = α exp(order): `[(x + colour) w, w, α]` is splatted along its path over the canvas, which is read at the position
    /// of the moving camera: at `p − t (median of v₀ + pan)`, edges repeated.
    ///
    /// - Parameter way: displacements at half size, `[B, Tp, H/2, W/2, 2]`.
    /// - Returns: frames `[B, Tp, H, W, C]` in [−1, 1], and maps.
    func composed(_ layers: PixelLayers, moving way: Tensor) -> GeneratorOutput {
        let (batch, height, width) = (last.shape[0], last.shape[1], last.shape[2])
        let steps = way.shape[1]
        let coarse = upsampledBilinear(way.reshaped(to: [batch * steps] + way.shape[2...]))
        let displacement =
            coarse.reshaped(to: [batch, steps, height, width, 2])
            + layers.fine.reshaped(to: [batch, 1, height, width, 2])
        let alpha = sigmoid(layers.alpha)
        let weight = alpha * exp(clamped(layers.order, least: -Self.orderLimit, most: Self.orderLimit))
        let values = joined([(last + layers.colour) * weight, weight, alpha], along: 3)
        let canvas = canvas(layers, alpha: alpha)
        let result = AuspexTensors.composed(
            splat: splatted(values, flow: displacement),
            over: sampledWithEdges(canvas, flow: cameraMotion(layers, steps: steps)))
        return GeneratorOutput(
            frames: result.image * 2 - 1,
            maps: [
                GeneratorOutput.displacement: displacement, MotionLayers.alphaLogits: layers.alpha,
                GeneratorOutput.canvas: canvas, GeneratorOutput.opacity: result.opacity,
            ])
    }

    /// The background: a mix of the earlier frames and of the last one, whose moving pixels are removed and filled in from their surroundings.
    private func canvas(_ layers: PixelLayers, alpha: Tensor) -> Tensor {
        let still = 1 - alpha
        let own = still * last + alpha * (holesFilled(last, known: still) + layers.paint)
        let time = frames.shape[1]
        return mixed(
            frames.sliced(1, from: 0, count: time - 1), own, shares: softmax(layers.mix, along: 3))
    }

    /// Where the canvas is read at each time, relative to each pixel: `[B, Tp, H, W, 2]`.
    private func cameraMotion(_ layers: PixelLayers, steps: Int) -> Tensor {
        let (batch, height, width) = (prior.shape[0], prior.shape[1], prior.shape[2])
        let overall = median(prior.reshaped(to: [batch, height * width, 2]), along: 1)
        let velocity = layers.pan + overall.reshaped(to: [batch, 1, 1, 2])
        let times = Tensor((1...steps).map { -Float($0) }, shape: [1, steps, 1, 1, 1])
        return velocity.reshaped(to: [batch, 1, height, width, 2]) * times
    }
}
