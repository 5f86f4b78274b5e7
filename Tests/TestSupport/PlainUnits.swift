import AuspexTensors

/// The slow, readable references of the fused operations.
extension Plain {
    package static func sigmoid<S: PlainScalar>(_ x: S) -> S { 1 / (1 + S.exponential(-x)) }

    /// `x` is [N, H, W, C]; image n uses row n mod G of gain and bias; statistics are x's own where none are given.
    package static func normalized<S>(
        _ x: PlainTensor<S>, gain: PlainTensor<S>, bias: PlainTensor<S>, epsilon: S, relu: Bool,
        mean: PlainTensor<S>? = nil, variance: PlainTensor<S>? = nil
    ) -> PlainTensor<S> {
        let mean = mean ?? Plain.mean(x, along: [0, 1, 2])
        let deviations = PlainTensor(x.shape) { x[$0] - mean[[$0[3]]] }
        let variance = variance ?? Plain.mean(deviations.map { $0 * $0 }, along: [0, 1, 2])
        return PlainTensor(x.shape) { place in
            let row = [place[0] % gain.shape[0], place[3]]
            let y = deviations[place] / (variance[[place[3]]] + epsilon).squareRoot() * gain[row] + bias[row]
            return relu ? max(y, 0) : y
        }
    }

    package static func gatedMix<S>(
        gate: PlainTensor<S>, kept: PlainTensor<S>, candidate: PlainTensor<S>
    ) -> PlainTensor<S> {
        PlainTensor(gate.shape) { place in
            let open = sigmoid(gate[place])
            return open * kept[place] + (1 - open) * max(candidate[place], 0)
        }
    }

    package static func warpedByKernels<S>(_ state: PlainTensor<S>, logits: PlainTensor<S>) -> PlainTensor<S> {
        let weights = softmax(logits, along: 3)
        let (height, width, channels, taps) = (state.shape[1], state.shape[2], state.shape[3], logits.shape[3])
        let size = (1...).first { $0 * $0 == taps } ?? 1
        var result = PlainTensor<S>(zeros: state.shape)
        for pixel in 0..<state.shape[0] * height * width {
            let (y, x) = (pixel / width % height, pixel % width)
            for k in 0..<taps {
                let (dy, dx) = (k / size - size / 2, k % size - size / 2)
                guard (0..<height).contains(y + dy), (0..<width).contains(x + dx) else { continue }
                let from = pixel + dy * width + dx
                for c in 0..<channels {
                    result.scalars[pixel * channels + c] +=
                        weights.scalars[pixel * taps + k] * state.scalars[from * channels + c]
                }
            }
        }
        return result
    }

    package static func warpedByFlow<S>(_ state: PlainTensor<S>, flow: PlainTensor<S>) -> PlainTensor<S> {
        PlainTensor(state.shape) { place in
            let pixel = Array(place.dropLast())
            let y = S(place[1]) + flow[pixel + [0]]
            let x = S(place[2]) + flow[pixel + [1]]
            let (top, left) = (y.rounded(.down), x.rounded(.down))
            let (down, right) = (y - top, x - left)
            func corner(_ dy: Int, _ dx: Int) -> S {
                state.padded([place[0], Int(top) + dy, Int(left) + dx, place[3]])
            }
            return (1 - down) * ((1 - right) * corner(0, 0) + right * corner(0, 1))
                + down * ((1 - right) * corner(1, 0) + right * corner(1, 1))
        }
    }
}
