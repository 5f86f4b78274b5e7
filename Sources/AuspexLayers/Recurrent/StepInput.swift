import AuspexSupport
import AuspexTensors

/// The input of a recurrent unit at one step, `[B, H, W, Cx]`, as one of all steps' inputs.
///
/// Convolutions of the input alone do not depend on the state: `mapped` computes them for all steps at once when the first step needs them, and
/// every step takes its part. If all steps have the same input, it is computed once and shared.
public struct StepInput {
    private let inputs: AllInputs
    private let step: Int

    /// The input of a single step.
    ///
    /// - Parameter x: `[B, H, W, Cx]`.
    public init(_ x: Tensor) { self.init(AllInputs(x, steps: 1, areSame: true), step: 0) }

    private init(_ inputs: AllInputs, step: Int) {
        self.inputs = inputs
        self.step = step
    }

    /// The inputs of `steps` steps, to be used in one pass.
    ///
    /// - Parameters:
    ///   - x: `[steps·B, H, W, Cx]` folded time-major, or `[B, H, W, Cx]` if every step has the same input.
    ///   - batch: B.
    static func ofSteps(_ steps: Int, _ x: Tensor, batch: Int) -> [StepInput] {
        require(
            x.shape[0] == batch || x.shape[0] == steps * batch, "StepInput",
            "inputs \(x.shape) are neither \(batch) nor \(steps) × \(batch) images")
        let inputs = AllInputs(x, steps: steps, areSame: x.shape[0] == batch)
        return (0..<steps).map { StepInput(inputs, step: $0) }
    }

    /// This step's part of `map(x)`, for a map that treats each image separately.
    ///
    /// - Parameters:
    ///   - layer: the owner of the map, which is computed once for each layer.
    ///   - map: `[N, H, W, Cx]` to `[N, …]`, for any number of images.
    /// - Returns: `[B, …]`.
    public func mapped(by layer: any Layer, _ map: (Tensor) -> Tensor) -> Tensor {
        inputs.mapped(by: layer, map)[step]
    }

    /// The inputs of all steps, and the maps computed from them.
    private final class AllInputs {
        private let x: Tensor
        private let steps: Int
        private let areSame: Bool
        /// Results of layers for the inputs, by step.
        private var byLayer: [ObjectIdentifier: [Tensor]] = [:]

        init(_ x: Tensor, steps: Int, areSame: Bool) {
            self.x = x
            self.steps = steps
            self.areSame = areSame
        }

        func mapped(by layer: any Layer, _ map: (Tensor) -> Tensor) -> [Tensor] {
            let key = ObjectIdentifier(layer)
            if let parts = byLayer[key] { return parts }
            // For the nominal count, every step computes its own.
            let all = ShapePass.nominally(times: areSame ? Double(steps) : 1) { map(x) }
            let parts =
                areSame
                ? [Tensor](repeating: all, count: steps)
                : all.reshaped(to: [steps, all.shape[0] / steps] + all.shape.dropFirst()).unstacked()
            byLayer[key] = parts
            return parts
        }
    }
}

extension Convolution {
    /// The convolution of a step's input alone, `[B, H, W, outputs]`.
    public func callAsFunction(_ x: StepInput, _ pass: Pass) -> Tensor { x.mapped(by: self) { self($0, pass) } }
}
