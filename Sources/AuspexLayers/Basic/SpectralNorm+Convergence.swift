/// A layer that may divide its weight by the weight's largest singular value.
protocol SpectrallyNormalised: Layer {
    var weight: Parameter { get }
    var spectralNorm: SpectralNorm? { get }
}

extension Convolution: SpectrallyNormalised {
    var spectralNorm: SpectralNorm? { norm }
}

extension Linear: SpectrallyNormalised {
    var spectralNorm: SpectralNorm? { norm }
}

extension SplitConvolution: SpectrallyNormalised {
    var spectralNorm: SpectralNorm? { norm }
}

extension Layer {
    /// Iterates the vectors of all spectral norms on the current weights until σ stops growing.
    ///
    /// In training, one iteration per pass is enough to follow the weights. Weights that were replaced as a whole (averaged ones) have different singular
    /// vectors: without this they would be divided by the wrong σ.
    public func convergeSpectralNorms() {
        func converge(_ object: AnyObject) {
            guard let layer = object as? any SpectrallyNormalised else { return }
            layer.spectralNorm?.converge(on: layer.weight.value)
        }
        converge(self)
        visit(self, path: "") { _, leaf in converge(leaf) }
    }
}
