import AuspexTensors

extension PolynomialFit {
    /// Least squares under a Gaussian weight.
    ///
    /// For a separable weight the normal equations decouple: x and y each have the coefficient m₂, xy has m₂²; only 1, x² and y² are coupled, and of
    /// their inverse two entries are needed.
    ///
    /// - Parameter deviation: the weight's standard deviation, in pixels.
    /// - Source: Farnebäck 2003, "Two-frame motion estimation based on polynomial expansion", section 2.
    init(reach: Int, deviation: Double) {
        let weights = gaussianWindow(reach: reach, deviation: deviation)
        let places = (-reach...reach).map(Double.init)
        let first = zip(weights, places).map { $0 * $1 }
        let second = zip(first, places).map { $0 * $1 }
        self.init(
            reach: reach, weights: [weights, first, second].flatMap { $0.map(Float.init) },
            square: second.reduce(0, +), fourth: zip(second, places).map { $0 * $1 * $1 }.reduce(0, +))
    }
}
