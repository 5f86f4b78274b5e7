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
    /// Iterates every spectral norm's vectors on the weights as they are now, until σ stops growing.
    ///
    /// A training pass follows its weights with one iteration each. Weights that were replaced as a whole (averaged ones) have other singular
    /// vectors: without this they would be divided by another σ than their own.
    public func convergeSpectralNorms() {
        func converge(_ object: AnyObject) {
            guard let layer = object as? any SpectrallyNormalised else { return }
            layer.spectralNorm?.converge(on: layer.weight.value)
        }
        converge(self)
        visit(self, path: "") { _, leaf in converge(leaf) }
    }
}
