import AuspexSupport
import CAuspexEngine

/// The mean of adjacent windows of `size`; a remainder at the far borders is dropped.
///
/// - Parameters:
///   - x: `[N, H, W, C]` or `[N, T, H, W, C]`, float32 or bfloat16.
///   - size: the window's side for each spatial dimension.
/// - Returns: each spatial side divided by its size, rounded down.
public func averagePooled(_ x: Tensor, size: [Int]) -> Tensor {
    let none = [(before: Int, after: Int)](repeating: (0, 0), count: size.count)
    let shape = PoolingShape("averagePooled", x: x, size: size, stride: size, padding: none, maximum: false)
    return shape.forward(x, note: nil).recorded("averagePooled", from: x) { [shape.backward($0, note: nil)] }
}

/// The same with one size for all dimensions.
public func averagePooled(_ x: Tensor, size: Int) -> Tensor {
    averagePooled(x, size: [Int](repeating: size, count: max(x.rank - 2, 0)))
}

/// The maximum of each window, NaN if there is one; padding never wins. In a tie the first number gets the gradient.
///
/// - Parameters:
///   - x: `[N, H, W, C]` or `[N, T, H, W, C]`, float32 or bfloat16.
///   - size: the window's side for each spatial dimension.
///   - stride: the same as `size` if not given.
///   - padding: as for a convolution; less than the window on each side.
/// - Returns: output sides as a convolution's.
public func maximumPooled(_ x: Tensor, size: [Int], stride: [Int]? = nil, padding: Padding = .valid) -> Tensor {
    let shape = PoolingShape(
        "maximumPooled", x: x, size: size, stride: stride ?? size, padding: padding.pads("maximumPooled", window: size),
        maximum: true)
    let note = x.isTracked ? shape.note() : nil
    return shape.forward(x, note: note).recorded("maximumPooled", from: x) { [shape.backward($0, note: note)] }
}

/// The same with one size and stride for all dimensions.
public func maximumPooled(_ x: Tensor, size: Int, stride: Int? = nil, padding: Padding = .valid) -> Tensor {
    let spatial = max(x.rank - 2, 0)
    return maximumPooled(
        x, size: [Int](repeating: size, count: spatial),
        stride: stride.map { [Int](repeating: $0, count: spatial) }, padding: padding)
}

/// One pooling's sides, checked, and the calls that compute it.
private struct PoolingShape {
    let operation: String
    let inputShape: [Int]
    let outputShape: [Int]
    let elementType: ElementType
    private let c: ax_dnn_pooling

    init(
        _ operation: String, x: Tensor, size: [Int], stride: [Int], padding: [(before: Int, after: Int)], maximum: Bool
    ) {
        let spatial = x.rank - 2
        require(
            spatial == 2 || spatial == 3, operation, "x must be [N, H, W, C] or [N, T, H, W, C], not \(x.shape)")
        require(
            size.count == spatial && stride.count == spatial && (size + stride).allSatisfy { $0 > 0 }, operation,
            "\(spatial) positive sizes and strides wanted: \(size), \(stride)")
        require(
            x.elementType == .float32 || x.elementType == .bfloat16, operation, "x holds \(x.elementType)")
        let input = Array(x.shape[1...spatial])
        let output = outputSides(operation, input, window: size, stride: stride, padding: padding)
        require(
            zip(padding, size).allSatisfy { max($0.before, $0.after) < $1 }, operation,
            "padding \(padding) must be less than the window \(size)")
        self.operation = operation
        inputShape = x.shape
        outputShape = [x.shape[0]] + output + [x.shape[x.rank - 1]]
        elementType = x.elementType
        var c = ax_dnn_pooling()
        c.spatial = Int32(spatial)
        c.type = Int32((x.elementType == .bfloat16 ? ax_dnn_bf16 : ax_dnn_f32).rawValue)
        c.maximum = maximum ? 1 : 0
        c.batch = Int32(x.shape[0])
        c.channels = Int32(x.shape[x.rank - 1])
        c.input = cSides(input)
        c.window = cSides(size)
        c.stride = cSides(stride)
        c.before = cSides(padding.map(\.before))
        c.output = cSides(output)
        self.c = c
    }

    func note() -> Storage {
        var shape = c
        var bytes = 0
        check(ax_dnn_pooling_note(&shape, &bytes))
        return Storage(byteCount: bytes)
    }

    func forward(_ x: Tensor, note: Storage?) -> Tensor {
        let output = Tensor(uninitialized: outputShape, elementType: elementType)
        var shape = c
        withExtendedLifetime((x, note)) {
            if !output.hasMemory { return }
            check(ax_dnn_pooling_forward(&shape, x.rawPointer, output.rawPointer, note?.pointer))
        }
        return output
    }

    func backward(_ gradient: Tensor, note: Storage?) -> Tensor {
        let result = Tensor(uninitialized: inputShape, elementType: elementType)
        var shape = c
        withExtendedLifetime((gradient, note)) {
            if !result.hasMemory { return }
            check(ax_dnn_pooling_backward(&shape, gradient.rawPointer, result.rawPointer, note?.pointer))
        }
        return result
    }

    private func check(_ status: Int32) { checkDNN(status, operation, "x \(inputShape)") }
}
