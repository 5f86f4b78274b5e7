import AuspexLayers
import AuspexTensors

/// Whose tensors a name is, in files that hold both networks'.
private enum Network: String, CaseIterable {
    case generator, discriminators
}

extension AdversarialTrainer {
    /// Everything that the next step depends on, but for the data.
    public var checkpoint: Checkpoint {
        var checkpoint = Checkpoint(step: step)
        func put(_ values: [String: Tensor], of network: Network, in group: Checkpoint.Group) {
            for (name, value) in values { checkpoint.groups[group, default: [:]]["\(network).\(name)"] = value }
        }
        for (network, layer) in [(Network.generator, generator as any Layer), (.discriminators, discriminators)] {
            put(layer.parameterValues, of: network, in: .weights)
            put(layer.bufferValues.filter { $0.key.isSpectral }, of: network, in: .spectral)
            put(layer.bufferValues.filter { !$0.key.isSpectral }, of: network, in: .statistics)
        }
        put(generatorOptimizer.state, of: .generator, in: .optimiser)
        put(discriminatorOptimizer.state, of: .discriminators, in: .optimiser)
        checkpoint.groups[.averagedWeights] = averaged.state
        return checkpoint
    }

    /// Goes back to a checkpoint, to the bit.
    ///
    /// - Throws: `LayerStateError` where it was saved by a model of another configuration.
    public func restore(_ checkpoint: Checkpoint) throws {
        func take(_ group: Checkpoint.Group, of network: Network) -> [String: Tensor] {
            let prefix = "\(network)."
            var values: [String: Tensor] = [:]
            for (name, value) in checkpoint.groups[group] ?? [:] where name.hasPrefix(prefix) {
                values[String(name.dropFirst(prefix.count))] = value
            }
            return values
        }
        var networks = [(Network.generator, generator as any Layer)]
        // A run whose losses have no discriminators may have saved some: they were never trained.
        if !discriminators.judges.isEmpty { networks.append((.discriminators, discriminators)) }
        for (network, layer) in networks {
            try layer.load(parameters: take(.weights, of: network))
            try layer.load(
                buffers: take(.spectral, of: network).merging(take(.statistics, of: network)) { own, _ in own })
        }
        try generatorOptimizer.load(take(.optimiser, of: .generator), updates: checkpoint.step)
        if !discriminators.judges.isEmpty {
            try discriminatorOptimizer.load(
                take(.optimiser, of: .discriminators),
                updates: configuration.adversarialWeight > 0 ? checkpoint.step * configuration.discriminatorSteps : 0)
        }
        try averaged.load(checkpoint.groups[.averagedWeights] ?? [:])
        step = checkpoint.step
    }
}

extension String {
    /// Whether a buffer's name is that of a spectral norm's vector.
    fileprivate var isSpectral: Bool { hasSuffix(".u") || hasSuffix(".v") }
}
