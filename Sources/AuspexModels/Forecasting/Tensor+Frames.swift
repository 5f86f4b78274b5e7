import AuspexTensors

extension Tensor {
    /// One frame of clips `[B, T, H, W, C]`: `[B, H, W, C]`.
    func frame(_ number: Int) -> Tensor {
        sliced(1, from: number, count: 1).reshaped(to: [shape[0]] + shape[2...])
    }

    /// The last frame of clips `[B, T, H, W, C]`: `[B, H, W, C]`.
    var lastFrame: Tensor { frame(shape[1] - 1) }

    /// What `body` makes of every frame: it is given all frames of `[B, T, H, W, C]` as `[B·T, H, W, C]`, and gives as many pictures of any size.
    func eachFrame(_ body: (Tensor) -> Tensor) -> Tensor {
        let pictures = body(reshaped(to: [shape[0] * shape[1]] + shape[2...]))
        return pictures.reshaped(to: Array(shape[..<2]) + pictures.shape[1...])
    }

    /// Clips `[B, T, H, W, C]` of T frames, `[B, H, W, C]` each.
    static func clips(of frames: [Tensor]) -> Tensor {
        joined(frames.map { $0.reshaped(to: [$0.shape[0], 1] + $0.shape[1...]) }, along: 1)
    }
}
