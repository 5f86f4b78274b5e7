import Foundation
import AuspexTensors

/// The slow, readable references of layered motion. Displacements are (dy, dx), `[N, T, H, W, 2]`.
extension Plain {
    package static func splatted<S>(_ values: PlainTensor<S>, flow: PlainTensor<S>) -> PlainTensor<S> {
        var out = PlainTensor<S>(zeros: flow.shape.dropLast() + [values.shape[3]])
        for place in flow.shape.dropLast().places {
            let y = S(place[2]) + flow[place + [0]]
            let x = S(place[3]) + flow[place + [1]]
            for row in 0..<values.shape[1] {
                for column in 0..<values.shape[2] {
                    let weight = max(0, 1 - abs(y - S(row))) * max(0, 1 - abs(x - S(column)))
                    for channel in 0..<values.shape[3] {
                        out[[place[0], place[1], row, column, channel]] +=
                            weight * values[[place[0], place[2], place[3], channel]]
                    }
                }
            }
        }
        return out
    }

    package static func sampledWithEdges<S>(_ image: PlainTensor<S>, flow: PlainTensor<S>) -> PlainTensor<S> {
        let (height, width) = (image.shape[1], image.shape[2])
        return PlainTensor(flow.shape.dropLast() + [image.shape[3]]) { place in
            let pixel = Array(place.dropLast())
            let y = min(max(S(place[2]) + flow[pixel + [0]], 0), S(height - 1))
            let x = min(max(S(place[3]) + flow[pixel + [1]], 0), S(width - 1))
            var sum: S = 0
            for row in 0..<height {
                for column in 0..<width {
                    let weight = max(0, 1 - abs(y - S(row))) * max(0, 1 - abs(x - S(column)))
                    sum += weight * image[[place[0], row, column, place[4]]]
                }
            }
            return sum
        }
    }

    /// Displacements (dy, dx) from the first to the second.
    package static func costVolume<S>(
        from first: PlainTensor<S>, to second: PlainTensor<S>, displacements: [(dy: Float, dx: Float)], limit: S
    ) -> PlainTensor<S> {
        let shape = second.shape
        let moved = displacements.map { displacement in
            let flow = PlainTensor<S>([shape[0], 1, shape[1], shape[2], 2]) {
                $0[4] == 0 ? -S(displacement.dy) : -S(displacement.dx)
            }
            return sampledWithEdges(first, flow: flow)
        }
        return PlainTensor(shape.dropLast() + [displacements.count]) { place in
            let sum = (0..<shape[3]).reduce(S(0)) {
                $0 + abs(second[place.dropLast() + [$1]] - moved[place[3]][[place[0], 0, place[1], place[2], $1]])
            }
            return min(limit, sum / S(shape[3]))
        }
    }

    package static func upsampledBilinear<S>(_ x: PlainTensor<S>) -> PlainTensor<S> {
        /// The two neighbours of a new pixel, the nearer first.
        func neighbours(_ place: Int, _ side: Int) -> (Int, Int) {
            (place / 2, min(max(place % 2 == 0 ? place / 2 - 1 : place / 2 + 1, 0), side - 1))
        }
        return PlainTensor([x.shape[0], 2 * x.shape[1], 2 * x.shape[2], x.shape[3]]) { place in
            let (near, far) = neighbours(place[1], x.shape[1])
            let (beside, beyond) = neighbours(place[2], x.shape[2])
            func row(_ y: Int) -> S {
                0.75 * x[[place[0], y, beside, place[3]]] + 0.25 * x[[place[0], y, beyond, place[3]]]
            }
            return 0.75 * row(near) + 0.25 * row(far)
        }
    }

    /// Four cells a pixel, weighted by place and by colour: see `enlarged(_:guide:coarse:tolerance:)`.
    package static func enlarged(
        _ x: PlainTensor<Double>, guide: PlainTensor<Double>, coarse: PlainTensor<Double>, tolerance: Double
    ) -> PlainTensor<Double> {
        let factor = guide.shape[1] / x.shape[1]
        /// The two cells along a side, with their bilinear weights.
        func cells(_ pixel: Int, _ side: Int) -> [(Int, Double)] {
            let place = min(max((Double(pixel) + 0.5) / Double(factor) - 0.5, 0), Double(side - 1))
            let first = Int(place)
            return [(first, 1 - place + Double(first)), (min(first + 1, side - 1), place - Double(first))]
        }
        return PlainTensor(Array(guide.shape[..<3]) + [x.shape[3]]) { place in
            var (sum, whole) = (0.0, 0.0)
            for (row, vertical) in cells(place[1], x.shape[1]) {
                for (column, horizontal) in cells(place[2], x.shape[2]) {
                    let cell = [place[0], row, column]
                    let squares = (0..<guide.shape[3]).map { channel in
                        let difference = guide[Array(place[..<3]) + [channel]] - coarse[cell + [channel]]
                        return difference * difference
                    }
                    let distance: Double = squares.reduce(0, +) / Double(squares.count)
                    let likeness: Double = exp(-distance / (2 * tolerance * tolerance))
                    let weight: Double = (vertical * horizontal + 0.05) * likeness
                    sum += weight * x[cell + [place[3]]]
                    whole += weight
                }
            }
            return sum / whole
        }
    }

    /// Inputs: known, velocity, motion, hidden, hidden bias, output, output bias.
    package static func rolledOut<S>(_ inputs: [PlainTensor<S>], steps: Int) -> PlainTensor<S> {
        let (known, start) = (inputs[0], inputs[1])
        var way = PlainTensor<S>(zeros: [known.shape[0], steps] + known.shape[1...2] + [2])
        func layer(_ x: [S], _ weights: PlainTensor<S>, plus start: [S]) -> [S] {
            start.indices.map { j in x.indices.reduce(start[j]) { $0 + x[$1] * weights[[$1, j]] } }
        }
        for pixel in known.shape.dropLast().places {
            let features = (0..<known.shape[3]).map { known[pixel + [$0]] }
            var u = [start[pixel + [0]], start[pixel + [1]]]
            var d: [S] = [0, 0]
            for t in 0..<steps {
                let first = layer(d.map { $0 / 8 } + u, inputs[2], plus: features).map { max($0, 0) }
                let second = layer(first, inputs[3], plus: inputs[4].scalars).map { max($0, 0) }
                let change = layer(second, inputs[5], plus: inputs[6].scalars)
                for i in 0..<2 {
                    u[i] = u[i] * (1 - 2 * sigmoid(change[i])) + change[2 + i]
                    d[i] += u[i] + change[4 + i]
                    way[[pixel[0], t] + pixel[1...] + [i]] = d[i]
                }
            }
        }
        return way
    }

    package static func mixed<S>(
        _ frames: PlainTensor<S>, _ last: PlainTensor<S>, shares: PlainTensor<S>
    ) -> PlainTensor<S> {
        let times = frames.shape[1]
        return PlainTensor(last.shape) { place in
            let pixel = Array(place.dropLast())
            return (0..<times).reduce(shares[pixel + [times]] * last[place]) {
                $0 + shares[pixel + [$1]] * frames[[place[0], $1] + place[1...]]
            }
        }
    }

    package static func composed<S>(splat: PlainTensor<S>, over background: PlainTensor<S>) -> PlainTensor<S> {
        let channels = background.shape[background.shape.count - 1]
        return PlainTensor(background.shape) { place in
            let pixel = Array(place.dropLast())
            let weight = splat[pixel + [channels]]
            let opacity = min(1, splat[pixel + [channels + 1]]) * weight / (weight + 1e-3)
            return opacity * splat[place] / (weight + 1e-3) + (1 - opacity) * background[place]
        }
    }

    package static func holesFilled<S>(_ x: PlainTensor<S>, known: PlainTensor<S>, levels: Int) -> PlainTensor<S> {
        guard levels > 0, x.shape[1] % 2 == 0, x.shape[2] % 2 == 0 else { return x }
        func pooled(_ channels: Int, _ value: ([Int]) -> S) -> PlainTensor<S> {
            PlainTensor([x.shape[0], x.shape[1] / 2, x.shape[2] / 2, channels]) { place in
                [0, 1].reduce(S(0)) { sum, a in
                    [0, 1].reduce(sum) { $0 + value([place[0], 2 * place[1] + a, 2 * place[2] + $1, place[3]]) / 4 }
                }
            }
        }
        let coarse = pooled(1) { known[$0] }
        let sums = pooled(x.shape[3]) { x[$0] * known[$0.dropLast() + [0]] }
        let filled = upsampledBilinear(
            holesFilled(
                PlainTensor(sums.shape) { sums[$0] / (coarse[$0.dropLast() + [0]] + 1e-4) },
                known: coarse.map { min(1, 4 * $0) }, levels: levels - 1))
        return PlainTensor(x.shape) { place in
            let w = known[place.dropLast() + [0]]
            return w * x[place] + (1 - w) * filled[place]
        }
    }
}
