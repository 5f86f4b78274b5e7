import AuspexSupport

/// Where a value was recorded. A tape outlives its nodes: a pass owns its tape until the gradients are taken.
package final class TapeNode: @unchecked Sendable {
    unowned let tape: Tape
    let index: Int

    init(tape: Tape, index: Int) {
        self.tape = tape
        self.index = index
    }
}

/// Records operations in reverse mode, for one backward pass: it frees each record as it runs, and there are no second derivatives.
///
/// Confined to the thread that computes. Only what leads to a watched tensor is recorded, so nothing is computed or kept that no gradient needs.
public final class Tape: @unchecked Sendable {
    /// Maps the gradients of an operation's outputs (nil where none arrived) to those of its inputs (nil where none is needed).
    typealias Pullback = ([Tensor?]) -> [Tensor?]

    private struct Record {
        let operation: String
        let inputs: [Int?]
        let outputs: [Int]
        let outputShapes: [[Int]]
        let pullback: Pullback
    }

    private var records: [Record?] = []
    private var nodeCount = 0

    /// An empty tape.
    public init() {}

    private func makeNode() -> TapeNode {
        defer { nodeCount += 1 }
        return TapeNode(tape: self, index: nodeCount)
    }

    /// The same numbers as a leaf of this tape, whose gradient can be requested.
    public func watch(_ tensor: Tensor) -> Tensor { tensor.at(makeNode()) }

    func record(
        _ operation: String, _ outputs: [Tensor], from inputs: [Tensor], pullback: @escaping Pullback
    ) -> [Tensor] {
        let nodes = outputs.map { _ in makeNode() }
        records.append(
            Record(
                operation: operation,
                inputs: inputs.map { input in
                    guard let node = input.node else { return nil }
                    require(node.tape === self, operation, "inputs come from two tapes: detach one")
                    return node.index
                },
                outputs: nodes.map(\.index), outputShapes: outputs.map(\.shape), pullback: pullback))
        return zip(outputs, nodes).map { $0.at($1) }
    }

    /// Runs the backward pass from `output` and returns the gradients of the leaves, zeros where the output does not depend on one.
    ///
    /// - Parameters:
    ///   - output: a value recorded on this tape.
    ///   - upstream: the gradient that arrives at it, of its shape; 1 for a scalar loss.
    ///   - leaves: tensors returned by `watch`.
    public func gradients(of output: Tensor, upstream: Tensor? = nil, at leaves: [Tensor]) -> [Tensor] {
        guard let node = output.node else { return leaves.map { Tensor(zeros: $0.shape) } }
        require(node.tape === self, "Tape.gradients", "the output was recorded on another tape")
        let seed = upstream ?? Tensor(repeating: 1, shape: output.shape)
        require(
            upstream != nil || output.count == 1, "Tape.gradients", "no upstream gradient for shape \(output.shape)")
        require(
            seed.shape == output.shape, "Tape.gradients",
            "upstream \(seed.shape) does not fit the output \(output.shape)")
        var gradients = [Tensor?](repeating: nil, count: nodeCount)
        gradients[node.index] = seed.detached()
        for position in records.indices.reversed() {
            guard let record = records[position] else { continue }
            records[position] = nil
            var arrived: [Tensor?] = []
            for index in record.outputs {
                arrived.append(gradients[index])
                gradients[index] = nil
            }
            if arrived.allSatisfy({ $0 == nil }) { continue }
            for (gradient, shape) in zip(arrived, record.outputShapes) {
                require(
                    gradient == nil || gradient?.shape == shape, record.operation,
                    "gradient \(gradient?.shape ?? []) for an output \(shape)")
            }
            let leaving = record.pullback(arrived)
            require(
                leaving.count == record.inputs.count, record.operation, "pullback gave \(leaving.count, "gradient")")
            for (input, gradient) in zip(record.inputs, leaving) {
                if let input, let gradient { accumulate(gradient.detached(), into: &gradients[input]) }
            }
        }
        return leaves.map { leaf in
            guard let node = leaf.node, node.tape === self else {
                stopProgram("Tape.gradients", "a \(leaf.shape) tensor is not a leaf of this tape")
            }
            return gradients[node.index] ?? Tensor(zeros: leaf.shape)
        }
    }
}

/// Adds a gradient to the sum so far: in place if no other tensor shares it.
package func accumulate(_ gradient: Tensor, into sum: inout Tensor?) {
    guard sum != nil else {
        sum = gradient
        return
    }
    sum?.add(gradient)
}

extension Tensor {
    /// Records an operation of one output if any input is tracked; otherwise returns the tensor unchanged and drops the pullback.
    ///
    /// The pullback must not hold this tensor itself, only `detached()` ones: it belongs to the tape.
    package func recorded(
        _ operation: String, from inputs: Tensor..., pullback: @escaping (Tensor) -> [Tensor?]
    ) -> Tensor {
        recorded(operation, from: inputs, pullback: pullback)
    }

    package func recorded(
        _ operation: String, from inputs: [Tensor], pullback: @escaping (Tensor) -> [Tensor?]
    ) -> Tensor {
        guard let tape = inputs.lazy.compactMap({ $0.node?.tape }).first else { return self }
        let inputCount = inputs.count
        return tape.record(operation, [self], from: inputs) { arrived in
            arrived[0].map(pullback) ?? [Tensor?](repeating: nil, count: inputCount)
        }[0]
    }
}

/// Records an operation of several outputs; see `Tensor.recorded`.
package func recorded(
    _ operation: String, _ outputs: [Tensor], from inputs: [Tensor],
    pullback: @escaping ([Tensor?]) -> [Tensor?]
) -> [Tensor] {
    guard let tape = inputs.lazy.compactMap({ $0.node?.tape }).first else { return outputs }
    return tape.record(operation, outputs, from: inputs, pullback: pullback)
}
