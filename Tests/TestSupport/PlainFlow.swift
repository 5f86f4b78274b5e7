/// The slow, readable reference of optical flow by polynomial expansion, for one pair of grey pictures and without a pyramid.
package struct PlainFlow<S: PlainScalar> {
    package var windowSize: Int
    package var iterations = 3
    package var reach = 5
    package var deviation: S = 1.2

    package init(windowSize: Int) { self.windowSize = windowSize }

    /// - Parameters:
    ///   - first: `[H, W]`, 0…255.
    ///   - second: of the same shape.
    /// - Returns: (dy, dx), `[H, W, 2]`.
    package func callAsFunction(from first: PlainTensor<S>, to second: PlainTensor<S>) -> PlainTensor<S> {
        let (height, width) = (first.shape[0], first.shape[1])
        let (a, b) = (polynomials(of: blurred(first)), polynomials(of: blurred(second)))
        var flow = PlainTensor<S>([height, width, 2]) { _ in 0 }
        for _ in 0..<iterations {
            // AᵀA (xx, xy, yy) and AᵀΔb (x, y) of every pixel.
            let parts = PlainTensor<S>([height, width, 5]) { place in
                let (y, x) = (place[0], place[1])
                let (dy, dx) = (flow[[y, x, 0]], flow[[y, x, 1]])
                let there = sample(b, y: S(y) + dy, x: S(x) + dx)
                let trust = trusted(y, of: height) * trusted(x, of: width)
                func own(_ k: Int) -> S { a[[y, x, k]] }
                let axx = trust * (own(2) + (there?[2] ?? own(2))) / 2
                let ayy = trust * (own(3) + (there?[3] ?? own(3))) / 2
                let axy = trust * (own(4) + (there?[4] ?? own(4))) / 4
                let bx = trust * (own(0) - (there?[0] ?? 0)) / 2 + axx * dx + axy * dy
                let by = trust * (own(1) - (there?[1] ?? 0)) / 2 + axy * dx + ayy * dy
                return [
                    axx * axx + axy * axy, (axx + ayy) * axy, ayy * ayy + axy * axy, axx * bx + axy * by,
                    axy * bx + ayy * by,
                ][place[2]]
            }
            let sums = PlainTensor<S>([height, width, 5]) { place in
                var sum: S = 0
                for i in 0..<windowSize {
                    for j in 0..<windowSize {
                        let y = min(max(place[0] + i - windowSize / 2, 0), height - 1)
                        let x = min(max(place[1] + j - windowSize / 2, 0), width - 1)
                        sum += parts[[y, x, place[2]]]
                    }
                }
                return sum / S(windowSize * windowSize)
            }
            flow = PlainTensor([height, width, 2]) { place in
                func s(_ k: Int) -> S { sums[[place[0], place[1], k]] }
                let determinant = s(0) * s(2) - s(1) * s(1) + S(1e-3)
                return (place[2] == 0 ? s(0) * s(4) - s(1) * s(3) : s(2) * s(3) - s(1) * s(4)) / determinant
            }
        }
        return flow
    }

    private func blurred(_ picture: PlainTensor<S>) -> PlainTensor<S> {
        let (height, width) = (picture.shape[0], picture.shape[1])
        func mirrored(_ place: Int, _ count: Int) -> Int {
            count == 1 ? 0 : place < 0 ? -place : place < count ? place : 2 * (count - 1) - place
        }
        return PlainTensor(picture.shape) { place in
            var sum: S = 0
            for (i, v) in [S(1), 2, 1].enumerated() {
                for (j, h) in [S(1), 2, 1].enumerated() {
                    let at = [mirrored(place[0] + i - 1, height), mirrored(place[1] + j - 1, width)]
                    sum += v * h / 16 * picture[at]
                }
            }
            return sum
        }
    }

    /// bx, by, axx, ayy, axy of every pixel: weighted least squares, by the moments of the weight.
    private func polynomials(of picture: PlainTensor<S>) -> PlainTensor<S> {
        let (height, width) = (picture.shape[0], picture.shape[1])
        let places = (-reach...reach).map { S($0) }
        let raw = places.map { S.exponential(-$0 * $0 / (2 * deviation * deviation)) }
        let weights = raw.map { $0 / raw.reduce(0, +) }
        let m2 = zip(weights, places).map { $0 * $1 * $1 }.reduce(0, +)
        let m4 = zip(weights, places).map { $0 * $1 * $1 * $1 * $1 }.reduce(0, +)
        return PlainTensor([height, width, 5]) { place in
            var (x1, y1, xx, yy, xy): (S, S, S, S, S) = (0, 0, 0, 0, 0)
            for (i, y) in places.enumerated() {
                for (j, x) in places.enumerated() {
                    let at = [
                        min(max(place[0] + i - reach, 0), height - 1), min(max(place[1] + j - reach, 0), width - 1),
                    ]
                    let value = weights[i] * weights[j] * picture[at]
                    x1 += value * x
                    y1 += value * y
                    xx += value * (x * x - m2)
                    yy += value * (y * y - m2)
                    xy += value * x * y
                }
            }
            return [x1 / m2, y1 / m2, xx / (m4 - m2 * m2), yy / (m4 - m2 * m2), xy / (m2 * m2)][place[2]]
        }
    }

    /// All five at a place between pixels; nil outside the picture.
    private func sample(_ polynomials: PlainTensor<S>, y: S, x: S) -> [S]? {
        let (height, width) = (polynomials.shape[0], polynomials.shape[1])
        guard width > 1, height > 1, y >= 0, x >= 0, y <= S(height - 1), x <= S(width - 1) else { return nil }
        let (top, left) = (min(y.rounded(.down), S(height - 2)), min(x.rounded(.down), S(width - 2)))
        return (0..<5).map { k in
            func at(_ i: Int, _ j: Int) -> S { polynomials[[Int(top) + i, Int(left) + j, k]] }
            let above = at(0, 0) * (1 - x + left) + at(0, 1) * (x - left)
            let below = at(1, 0) * (1 - x + left) + at(1, 1) * (x - left)
            return above * (1 - y + top) + below * (y - top)
        }
    }

    private func trusted(_ place: Int, of count: Int) -> S {
        let border: [S] = [0.14, 0.14, 0.4472, 0.4472, 0.4472]
        let after = count - 1 - place
        return (place < 5 ? border[place] : 1) * (after < 5 ? border[after] : 1)
    }
}
