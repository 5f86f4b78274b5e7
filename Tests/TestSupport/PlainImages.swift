import AuspexTensors

/// The slow, readable references of operations on images.
extension Plain {
    /// Every group of channels of every image by its own mean and biased variance, then gain, bias and activation.
    package static func groupNormalized<S>(
        _ x: PlainTensor<S>, groups: Int, gain: PlainTensor<S>, bias: PlainTensor<S>, epsilon: S,
        activation: NormActivation
    ) -> PlainTensor<S> {
        let channels = x.shape[x.shape.count - 1]
        let width = channels / groups
        func group(_ place: [Int]) -> Int { place[0] * groups + place[place.count - 1] / width }
        let places = x.shape.places
        let count = S(x.scalars.count / (x.shape[0] * groups))
        var means = [S](repeating: 0, count: x.shape[0] * groups)
        var variances = means
        for place in places { means[group(place)] += x[place] / count }
        for place in places {
            let deviation = x[place] - means[group(place)]
            variances[group(place)] += deviation * deviation / count
        }
        return PlainTensor(x.shape) { place in
            let channel = [place[place.count - 1]]
            let (mean, variance) = (means[group(place)], variances[group(place)])
            let z = (x[place] - mean) / (variance + epsilon).squareRoot() * gain[channel] + bias[channel]
            switch activation {
            case .identity: return z
            case .silu: return silu(z)
            case .leakyReLU(let slope): return z < 0 ? S(slope) * z : z
            }
        }
    }

    package static func silu<S: PlainScalar>(_ x: S) -> S { x / (1 + S.exponential(-x)) }

    package static func pixelShuffled<S>(_ x: PlainTensor<S>, factor f: Int) -> PlainTensor<S> {
        PlainTensor([x.shape[0], x.shape[1] * f, x.shape[2] * f, x.shape[3] / (f * f)]) { place in
            x[[place[0], place[1] / f, place[2] / f, (place[3] * f + place[1] % f) * f + place[2] % f]]
        }
    }
}
