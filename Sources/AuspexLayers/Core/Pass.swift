import AuspexSupport
import AuspexTensors

/// One forward pass through a network: its mode, and the tape if gradients are needed.
///
/// Layers read their parameters through it. A pass has no global state: two passes can be open at once, and a parameter that
/// a pass does not differentiate is read as a plain tensor, so that nothing is recorded for it.
public final class Pass {
    /// Which statistics a pass uses, and whether it changes them.
    public enum Mode: Equatable, Sendable {
        /// Batch statistics; spectral norms take one power iteration, unless the pass disables it.
        case training
        /// Standing statistics and spectral norms as stored.
        case inference
        /// Batch statistics, accumulated into the standing ones as a mean over batches; `batch` counts from 0. Spectral norms as stored.
        case recalibrating(batch: Int)
    }

    /// The mode that every layer of the pass sees.
    public let mode: Mode
    /// Whether this pass updates running statistics: in training only generator steps do.
    public let movesStatistics: Bool
    /// Records the updates of running statistics, instead of applying them at once.
    let recorder: StatisticsRecorder?
    /// Whether a training pass iterates spectral norms: once per update is enough, and its other passes use the same σ.
    let iteratesSpectralNorms: Bool
    /// Whether stages marked with `recomputed` keep only their inputs and run again in the backward pass: less memory, a third more time.
    public let recomputesActivations: Bool
    let tape: Tape?
    private let differentiated: Set<ObjectIdentifier>
    private var leaves: [ObjectIdentifier: Tensor] = [:]
    private var madeOnce: [ObjectIdentifier: Tensor] = [:]
    /// Where a recomputed part gets its parameters from.
    private let lender: Lender?

    /// - Parameters:
    ///   - mode: see `Mode`.
    ///   - parameters: those to differentiate; without any, and without `recordsInputs`, nothing is recorded.
    ///   - recordsInputs: whether gradients at watched inputs are needed.
    ///   - movesStatistics: whether running statistics are updated at once.
    ///   - recorder: records the updates of running statistics for later.
    ///   - iteratesSpectralNorms: whether a training pass takes a power iteration.
    ///   - recomputesActivations: whether parts marked with `recomputed` keep only their inputs.
    public init(
        _ mode: Mode, differentiating parameters: [NamedParameter] = [], recordsInputs: Bool = false,
        movesStatistics: Bool = false, recorder: StatisticsRecorder? = nil, iteratesSpectralNorms: Bool = true,
        recomputesActivations: Bool = false
    ) {
        self.mode = mode
        self.movesStatistics = movesStatistics
        self.recorder = recorder
        self.iteratesSpectralNorms = iteratesSpectralNorms
        self.recomputesActivations = recomputesActivations
        lender = nil
        tape = parameters.isEmpty && !recordsInputs ? nil : Tape()
        differentiated = Set(parameters.map { ObjectIdentifier($0.parameter) })
    }

    /// A pass over a part of another pass, which lends it parameters and values derived from them.
    ///
    /// - Parameter isFirst: whether the part runs for the first time: only then are statistics updated.
    init(partOf whole: Pass, tape: Tape?, isFirst: Bool, lender: @escaping Lender) {
        mode = whole.mode
        movesStatistics = isFirst && whole.movesStatistics
        recorder = isFirst ? whole.recorder : nil
        iteratesSpectralNorms = whole.iteratesSpectralNorms
        recomputesActivations = false
        self.tape = tape
        differentiated = []
        self.lender = lender
    }

    /// Returns the numbers for a parameter or for the owner of a value computed once.
    typealias Lender = (_ key: ObjectIdentifier, _ fromWhole: (Pass) -> Tensor) -> Tensor

    /// The parameter's numbers: a leaf of the tape if its gradient is needed.
    public func read(_ parameter: Parameter) -> Tensor {
        let key = ObjectIdentifier(parameter)
        if let lender { return lender(key) { $0.read(parameter) } }
        guard let tape, differentiated.contains(key) else { return parameter.value }
        if let leaf = leaves[key] { return leaf }
        let leaf = tape.watch(parameter.value)
        leaves[key] = leaf
        return leaf
    }

    /// A value derived from parameters alone, computed when first needed in this pass: a normalised weight, half a kernel.
    public func once(_ owner: AnyObject, _ make: (Pass) -> Tensor) -> Tensor {
        let key = ObjectIdentifier(owner)
        if let lender { return lender(key) { $0.once(owner, make) } }
        if let made = madeOnce[key] { return made }
        let made = make(self)
        madeOnce[key] = made
        return made
    }

    /// The same numbers as a leaf of the tape, so that a gradient can be taken with respect to them.
    public func watch(_ input: Tensor) -> Tensor {
        guard let tape else { stopProgram("Pass.watch", "this pass records nothing: make it with recordsInputs") }
        return tape.watch(input)
    }

    /// Runs the backward pass and returns the gradients at watched inputs.
    public func gradients(of output: Tensor, upstream: Tensor? = nil, at inputs: [Tensor]) -> [Tensor] {
        guard let tape else { stopProgram("Pass.gradients", "this pass records nothing") }
        return tape.gradients(of: output, upstream: upstream, at: inputs)
    }

    /// Runs the backward pass and returns the gradients of the given parameters, zeros if the output does not depend on one.
    ///
    /// - Parameters:
    ///   - output: a value of this pass.
    ///   - upstream: the gradient arriving at it, of its shape; 1 for a scalar loss.
    ///   - parameters: some of those that the pass differentiates.
    public func gradients(of output: Tensor, upstream: Tensor? = nil, for parameters: [NamedParameter]) -> [Tensor] {
        guard let tape else { stopProgram("Pass.gradients", "this pass records nothing") }
        return tape.gradients(of: output, upstream: upstream, at: parameters.map { read($0.parameter) })
    }
}

/// The value of a scalar function of parameters, and its gradients in the parameters' order.
public func valueWithGradients(
    of parameters: [NamedParameter], mode: Pass.Mode = .training, movesStatistics: Bool = false,
    iteratesSpectralNorms: Bool = true, recomputesActivations: Bool = false, _ body: (Pass) throws -> Tensor
) rethrows -> (value: Tensor, gradients: [Tensor]) {
    let pass = Pass(
        mode, differentiating: parameters, movesStatistics: movesStatistics,
        iteratesSpectralNorms: iteratesSpectralNorms, recomputesActivations: recomputesActivations)
    let value = try body(pass)
    return (value.detached(), pass.gradients(of: value, for: parameters))
}
