import AuspexLayers
import AuspexTensors

/// Which network a tensor belongs to, in files that hold both networks' tensors.
private enum Network: String, CaseIterable {
    case generator, discriminators
}

extension AdversarialTrainer {
    /// Everything that the next step depends on, except the data.
    public var checkpoint: Checkpoint {
        var checkpoint = Checkpoint(step: step)
        func put(_ values: [String: Tensor], of network: String, in group: Checkpoint.Group) {
            for (name, value) in values { checkpoint.groups[group, default: [:]]["\(network).\(name)"] = value }
        }
        for (network, layer) in [(Network.generator, generator as any Layer), (.discriminators, discriminators)] {
            put(layer.parameterValues, of: network.rawValue, in: .weights)
            put(layer.bufferValues.filter { $0.key.isSpectral }, of: network.rawValue, in: .spectral)
            put(layer.bufferValues.filter { !$0.key.isSpectral }, of: network.rawValue, in: .statistics)
        }
        for phase in phases { put(phase.optimizer.state, of: phase.stateName, in: .optimiser) }
        checkpoint.groups[.averagedWeights] = averaged.state
        return checkpoint
    }

    /// Restores a checkpoint, bit for bit.
    ///
    /// - Throws: `LayerStateError` where it was saved by a model of another configuration.
    public func restore(_ checkpoint: Checkpoint) throws {
        func take(_ group: Checkpoint.Group, of network: String) -> [String: Tensor] {
            let prefix = "\(network)."
            var values: [String: Tensor] = [:]
            for (name, value) in checkpoint.groups[group] ?? [:] where name.hasPrefix(prefix) {
                values[String(name.dropFirst(prefix.count)).currentName] = value
            }
            return values
        }
        var networks = [(Network.generator, generator as any Layer)]
        // A run whose losses have no discriminators may have saved some untrained ones.
        if !discriminators.networks.isEmpty { networks.append((.discriminators, discriminators)) }
        for (network, layer) in networks {
            try layer.load(parameters: take(.weights, of: network.rawValue))
            try layer.load(
                buffers: take(.spectral, of: network.rawValue).merging(take(.statistics, of: network.rawValue)) {
                    own, _ in own
                })
        }
        for phase in phases {
            try phase.optimizer.load(
                take(.optimiser, of: phase.stateName), updates: phase.plan.updates(before: checkpoint.step))
        }
        try averaged.load(checkpoint.groups[.averagedWeights] ?? [:])
        step = checkpoint.step
    }
}

extension String {
    /// The current name of a tensor: earlier versions called the discriminators' networks judges.
    fileprivate var currentName: String {
        let earlier = "judges."
        return hasPrefix(earlier) ? "networks." + dropFirst(earlier.count) : self
    }

    /// Whether a buffer belongs to a spectral norm.
    fileprivate var isSpectral: Bool { hasSuffix(".u") || hasSuffix(".v") }
}
