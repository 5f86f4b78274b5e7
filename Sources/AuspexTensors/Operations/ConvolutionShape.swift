import AuspexSupport
import CAuspexEngine

/// One convolution's sides, checked, and the calls that compute it: outputs and scratch memory come from the storage pool.
struct ConvolutionShape {
    let operation: String
    let outputShape: [Int]
    /// Nominal operations per executed one: more than one if an identity saves some.
    var nominalFactor: Double
    private let weightShape: [Int]
    private var c: ax_dnn_convolution

    init(
        _ operation: String, x: Tensor, weight: Tensor, bias: Tensor?, stride: [Int], padding: Padding,
        activation: Activation, groups: Int = 1, method: ConvolutionMethod = .products
    ) {
        let spatial = x.rank - 2
        require(
            (spatial == 2 || spatial == 3) && weight.rank == x.rank, operation,
            "x must be [N, H, W, C] or [N, T, H, W, C] and the weight of the same rank: \(x.shape), \(weight.shape)")
        let out = weight.shape[spatial + 1]
        require(
            groups > 0 && x.shape[x.rank - 1] % groups == 0 && out % groups == 0, operation,
            "\(groups, "group") cannot divide \(x.shape[x.rank - 1], "channel") of x and \(out) of the output equally")
        require(
            weight.shape[spatial] == x.shape[x.rank - 1] / groups, operation,
            "x \(x.shape) has \(x.shape[x.rank - 1] / groups, "channel") a group, the weight \(weight.shape) takes \(weight.shape[spatial])"
        )
        require(
            bias == nil || bias?.shape == [out] && bias?.elementType == .float32, operation,
            "the bias must be float32 [\(out)]: \(bias?.shape ?? [])")
        require(x.shape[0] > 0 && weight.count > 0, operation, "nothing to do: x \(x.shape), weight \(weight.shape)")
        require(
            x.elementType == weight.elementType && (x.elementType == .float32 || x.elementType == .bfloat16), operation,
            "x holds \(x.elementType) and the weight \(weight.elementType): both must be float32 or both bfloat16")
        require(
            stride.count == spatial && stride.allSatisfy { $0 > 0 }, operation,
            "\(spatial) positive strides wanted, got \(stride)")
        let kernel = Array(weight.shape.prefix(spatial))
        let input = Array(x.shape[1...spatial])
        let pads = padding.pads(operation, window: kernel)
        let output = outputSides(operation, input, window: kernel, stride: stride, padding: pads)
        self.operation = operation
        nominalFactor = ShapePass.current?.nominalFactor ?? 1
        outputShape = [x.shape[0]] + output + [out]
        weightShape = weight.shape
        c = ax_dnn_convolution()
        c.spatial = Int32(spatial)
        c.type = Int32((x.elementType == .bfloat16 ? ax_dnn_bf16 : ax_dnn_f32).rawValue)
        c.bias = bias == nil ? 0 : 1
        c.relu = activation == .relu ? 1 : 0
        c.transformed =
            switch method {
            case .products: 0
            case .filtering: 1
            case .filteringBothWays: 2
            }
        c.batch = Int32(x.shape[0])
        c.in = Int32(x.shape[x.rank - 1])
        c.out = Int32(out)
        c.groups = Int32(groups)
        c.input = cSides(input)
        c.kernel = cSides(kernel)
        c.stride = cSides(stride)
        c.before = cSides(pads.map(\.before))
        c.output = cSides(output)
    }

    private var elementType: ElementType { Int(c.type) == Int(ax_dnn_bf16.rawValue) ? .bfloat16 : .float32 }
    private var inputShape: [Int] {
        [Int(c.batch)] + swiftSides(c.input).suffix(Int(c.spatial)) + [Int(c.in)]
    }

    func forward(_ x: Tensor, weight: Tensor, bias: Tensor?) -> Tensor {
        let plan = Plan(self, ax_dnn_forward)
        let packed = plan.packed(weight)
        let output = Tensor(uninitialized: outputShape, elementType: elementType)
        let scratch = plan.scratch()
        if noted(.forward, writing: output.sizeBytes + plan.needs.scratch, in: output.storage.shapePass) {
            return output
        }
        withExtendedLifetime((x, packed, bias, scratch)) {
            check(
                ax_dnn_convolution_forward(
                    plan.pointer, x.rawPointer, packed.rawPointer, bias?.floatPointer, output.rawPointer,
                    scratch?.pointer))
        }
        return output
    }

    func backwardData(_ gradient: Tensor, weight: Tensor) -> Tensor {
        let plan = Plan(self, ax_dnn_backward_data)
        let packed = plan.packed(weight)
        let result = Tensor(uninitialized: inputShape, elementType: elementType)
        let scratch = plan.scratch()
        if noted(.backwardData, writing: result.sizeBytes + plan.needs.scratch, in: result.storage.shapePass) {
            return result
        }
        withExtendedLifetime((gradient, packed, scratch)) {
            check(
                ax_dnn_convolution_backward_data(
                    plan.pointer, gradient.rawPointer, packed.rawPointer, result.rawPointer, scratch?.pointer))
        }
        return result
    }

    /// - Parameter x: nil if the weight's gradient is not needed.
    func backwardWeights(_ x: Tensor?, _ gradient: Tensor, wantsBias: Bool) -> (weight: Tensor?, bias: Tensor?) {
        guard let x else { return (nil, wantsBias ? columnSums(gradient) : nil) }
        var wanted = self
        wanted.c.bias = wantsBias ? 1 : 0
        let plan = Plan(wanted, ax_dnn_backward_weights)
        let weight = Tensor(uninitialized: weightShape)
        let bias = wantsBias ? Tensor(uninitialized: [Int(c.out)]) : nil
        let scratch = plan.scratch()
        if noted(.backwardWeights, writing: weight.sizeBytes + plan.needs.scratch, in: weight.storage.shapePass) {
            return (weight, bias)
        }
        withExtendedLifetime((x, gradient, bias, scratch)) {
            check(
                ax_dnn_convolution_backward_weights(
                    plan.pointer, x.rawPointer, gradient.rawPointer, weight.floatPointer, bias?.floatPointer,
                    scratch?.pointer))
        }
        return (weight, bias)
    }

    /// Records the convolution in a pass over shapes.
    ///
    /// - Returns: whether it was recorded, so that there is nothing to compute.
    private func noted(_ direction: ConvolutionWork.Direction, writing bytes: Int, in pass: ShapePass?) -> Bool {
        guard let pass else { return false }
        let spatial = Int(c.spatial)
        func sides(_ all: (Int32, Int32, Int32)) -> [Int] { swiftSides(all).suffix(spatial) }
        pass.note(
            ConvolutionWork(
                direction: direction, batch: Int(c.batch), input: sides(c.input), output: sides(c.output),
                kernel: sides(c.kernel), stride: sides(c.stride), before: sides(c.before), inputChannels: Int(c.in),
                outputChannels: Int(c.out), groups: Int(c.groups)), writing: bytes, nominalFactor: nominalFactor)
        return true
    }

    private func check(_ status: Int32) { checkDNN(status, operation, "x \(inputShape), weight \(weightShape)") }

    /// A prepared primitive, looked up for one call.
    private struct Plan {
        let pointer: OpaquePointer
        let needs: ax_dnn_needs
        let shape: ConvolutionShape

        init(_ shape: ConvolutionShape, _ direction: ax_dnn_direction) {
            var c = shape.c
            var found: OpaquePointer?
            var needs = ax_dnn_needs()
            let status = ax_dnn_convolution_plan(&c, Int32(direction.rawValue), &found, &needs)
            if ShapePass.current != nil {
                // Shapes that the library refuses can still be counted, as if it needed no memory for them.
                pointer = found ?? OpaquePointer(ShapePass.nowhere)
            } else {
                shape.check(status)
                guard let found else { stopProgram(shape.operation, "no plan was prepared") }
                pointer = found
            }
            self.needs = needs
            self.shape = shape
        }

        func scratch() -> Storage? { needs.scratch > 0 ? Storage(byteCount: needs.scratch) : nil }

        /// The weight in the layout of the primitive: packed once, cached as long as its numbers do not change.
        func packed(_ weight: Tensor) -> Tensor {
            guard needs.packed > 0 else { return weight }
            let key = PackingKey(packing: needs.packing, offset: weight.offset)
            if let kept = weight.storage.derived[key] {
                return Tensor(storage: kept, shape: weight.shape, elementType: weight.elementType)
            }
            let storage = Storage(byteCount: needs.packed)
            withExtendedLifetime(weight) {
                if !weight.hasMemory { return }
                shape.check(ax_dnn_convolution_pack(pointer, weight.rawPointer, storage.pointer))
            }
            weight.storage.derived[key] = storage
            return Tensor(storage: storage, shape: weight.shape, elementType: weight.elementType)
        }
    }
}

/// Identifies a packing and the address of its weight.
private struct PackingKey: Hashable {
    let packing: Int32
    let offset: Int
}

/// `[rows, C]` summed over everything but the channels: a bias's gradient.
func columnSums(_ gradient: Tensor) -> Tensor {
    let channels = gradient.shape[gradient.rank - 1]
    return Tensor([channels]) { sums in
        withFloats(gradient) { ax_dnn_column_sums($0, sums, Int64(gradient.count / channels), Int64(channels)) }
    }
}

/// Stops the program with oneDNN's own message: shapes were checked before, so a user cannot fix what it refuses.
func checkDNN(_ status: Int32, _ operation: String, _ what: @autoclosure () -> String) {
    if status == 0 { return }
    let reason = String(cString: ax_dnn_message())
    if reason.contains("bad_alloc") || reason.contains("out of memory") || reason.contains("could not create a memory")
    {
        OutOfMemory.stop(wanting: 1 << 20, for: "a convolution")
    }
    stopProgram(operation, "oneDNN refused \(what()): \(reason)")
}

/// `(input + before + after − window) / stride + 1` for each spatial dimension, rounded down.
func outputSides(
    _ operation: String, _ input: [Int], window: [Int], stride: [Int], padding: [(before: Int, after: Int)]
) -> [Int] {
    input.indices.map { i in
        let padded = input[i] + padding[i].before + padding[i].after
        require(
            input[i] > 0 && padded >= window[i], operation,
            "a window \(window) does not fit into \(input) with padding \(padding)")
        return (padded - window[i]) / stride[i] + 1
    }
}

/// Two or three sides as C takes them: the last three places of an array of three.
func cSides(_ sides: [Int]) -> (Int32, Int32, Int32) {
    (sides.count == 3 ? Int32(sides[0]) : 0, Int32(sides[sides.count - 2]), Int32(sides[sides.count - 1]))
}

func swiftSides(_ sides: (Int32, Int32, Int32)) -> [Int] { [Int(sides.0), Int(sides.1), Int(sides.2)] }

extension Tensor {
    /// The first float32; valid while the tensor is kept alive.
    var floatPointer: UnsafeMutablePointer<Float> { rawPointer.assumingMemoryBound(to: Float.self) }
}
