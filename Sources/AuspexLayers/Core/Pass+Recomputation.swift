import AuspexSupport
import AuspexTensors

extension Pass {
    /// Runs a part of the network; if the pass recomputes activations, keeps only the part's inputs and runs it again in the backward pass.
    ///
    /// The part sees the same parameters in both runs: normalised weights are passed on, not recomputed, so no spectral norm takes another
    /// power iteration, and running statistics are updated in the first run only.
    /// Source: Chen et al. 2016, arXiv:1604.06174.
    ///
    /// - Parameters:
    ///   - inputs: every tensor of this pass that the part uses.
    ///   - part: computes one output from those inputs and from a pass through which it reads parameters. A pure function of both.
    public func recomputed(_ inputs: [Tensor], _ part: @escaping ([Tensor], Pass) -> Tensor) -> Tensor {
        guard recomputesActivations, tape != nil else { return part(inputs, self) }
        var keys: [ObjectIdentifier] = []
        var lent: [Tensor] = []
        let first = Pass(partOf: self, tape: nil, isFirst: true) { key, fromWhole in
            if let position = keys.firstIndex(of: key) { return lent[position].detached() }
            let value = fromWhole(self)
            keys.append(key)
            lent.append(value)
            return value.detached()
        }
        let output = part(inputs.map { $0.detached() }, first)
        let kept = (inputs + lent).map { $0.detached() }
        let tracked = (inputs + lent).map(\.isTracked)
        let positions = Dictionary(uniqueKeysWithValues: zip(keys, inputs.count...))
        return output.recorded("recomputed", from: inputs + lent) { [unowned self] gradient in
            let tape = Tape()
            let leaves = zip(kept, tracked).map { $1 ? tape.watch($0) : $0 }
            let second = Pass(partOf: self, tape: tape, isFirst: false) { key, _ in
                guard let position = positions[key] else {
                    stopProgram("Pass.recomputed", "the part read a parameter that it did not read the first time")
                }
                return leaves[position]
            }
            let again = ShapePass.again { part(Array(leaves.prefix(inputs.count)), second) }
            let wanted = zip(leaves, tracked).filter(\.1).map(\.0)
            var found = tape.gradients(of: again, upstream: gradient, at: wanted)[...]
            return tracked.map { $0 ? found.popFirst() : nil }
        }
    }
}
