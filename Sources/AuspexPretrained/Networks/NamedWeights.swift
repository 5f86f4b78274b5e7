import AuspexSupport
import AuspexTensors

/// The tensors of a weights file, for building a network: each is looked up by name and its shape checked.
struct NamedWeights {
    private let tensors: [String: Tensor]
    private let origin: String

    /// - Parameter origin: the file's name in errors.
    init(_ tensors: [String: Tensor], origin: String) {
        self.tensors = tensors
        self.origin = origin
    }

    /// - Parameter shape: nil allows any size of that side.
    /// - Throws: `FileError` where there is no such tensor, or it has another shape.
    func tensor(_ name: String, _ shape: [Int?]) throws -> Tensor {
        guard let tensor = tensors[name] else {
            throw FileError(
                .garbled, path: origin, found: "no tensor '\(name)'", expected: "one of that name",
                advice: "these are the weights of another network")
        }
        guard tensor.elementType == .float32, tensor.rank == shape.count,
            zip(tensor.shape, shape).allSatisfy({ $1 == nil || $0 == $1 })
        else {
            let wanted = shape.map { $0.map(String.init) ?? "any" }.joined(separator: ", ")
            throw FileError(
                .garbled, path: origin, found: "'\(name)' of shape \(tensor.shape)", expected: "[\(wanted)]",
                advice: "these are the weights of another network")
        }
        return tensor
    }
}
