import AuspexLayers
import AuspexTensors

/// A network's weights averaged over steps, `a ← d·a + (1 − d)·w`, for evaluation.
///
/// Until the configured start the average is the weights themselves; then d rises from 2/11 to the configured decay (see `Averaging.decay(atStep:clipsPerStep:)`).
/// Source: Karras et al. 2018, arXiv:1710.10196; Brock et al. 2019, arXiv:1809.11096, appendix C.1.
public final class AveragedWeights {
    private let parameters: [NamedParameter]
    private let configuration: TrainingConfiguration.Averaging
    /// The averages, in the order of the parameters.
    var values: [Tensor]

    init(of parameters: [NamedParameter], _ configuration: TrainingConfiguration.Averaging) {
        self.parameters = parameters
        self.configuration = configuration
        values = parameters.map { $0.parameter.value.copied() }
    }

    /// Moves the average towards the weights after a generator step, counted from 1, that trained on this many clips.
    func follow(atStep step: Int, clipsPerStep: Int) {
        let averagedSteps = step - configuration.startStep
        let decay = averagedSteps <= 0 ? 0 : configuration.decay(atStep: averagedSteps, clipsPerStep: clipsPerStep)
        for (position, entry) in parameters.enumerated() {
            values[position].makeUnique()
            values[position].move(toward: entry.parameter.value, by: Float(1 - decay))
        }
    }

    /// The averages by parameter name.
    public var state: [String: Tensor] {
        Dictionary(uniqueKeysWithValues: zip(parameters.map(\.name), values))
    }

    func load(_ state: [String: Tensor]) throws(LayerStateError) {
        var loaded: [Tensor] = []
        for entry in parameters {
            let shape = entry.parameter.value.shape
            guard let value = state[entry.name] else { throw .missing(name: entry.name) }
            guard value.shape == shape else { throw .shape(name: entry.name, found: value.shape, expected: shape) }
            loaded.append(value)
        }
        values = loaded
    }
}
