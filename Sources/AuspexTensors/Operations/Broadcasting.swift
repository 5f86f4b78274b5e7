import AuspexSupport
import CAuspexEngine

/// How two shapes combine by NumPy's rules: aligned at the last axis, sides of 1 repeated.
struct Broadcast {
    let shape: [Int]
    /// The axes of the kernel's loops: neighbours merged if both operands allow it, sides of 1 dropped.
    private(set) var sizes: [Int] = []
    private(set) var leftStrides: [Int] = []
    private(set) var rightStrides: [Int] = []

    init(_ operation: String, _ left: [Int], _ right: [Int]) {
        let rank = max(left.count, right.count)
        let a = Array(repeating: 1, count: rank - left.count) + left
        let b = Array(repeating: 1, count: rank - right.count) + right
        for axis in 0..<rank {
            require(
                a[axis] == b[axis] || a[axis] == 1 || b[axis] == 1, operation,
                "shapes \(left) and \(right) cannot be broadcast: sides \(a[axis]) and \(b[axis]) differ and neither is 1"
            )
        }
        shape = zip(a, b).map { $0 == 1 ? $1 : $0 }
        let aStrides = Self.strides(a), bStrides = Self.strides(b)
        for axis in 0..<rank where shape[axis] != 1 {
            if let size = sizes.last, let la = leftStrides.last, let lb = rightStrides.last,
                la == shape[axis] * aStrides[axis], lb == shape[axis] * bStrides[axis]
            {
                sizes[sizes.count - 1] = size * shape[axis]
                leftStrides[sizes.count - 1] = aStrides[axis]
                rightStrides[sizes.count - 1] = bStrides[axis]
            } else {
                sizes.append(shape[axis])
                leftStrides.append(aStrides[axis])
                rightStrides.append(bStrides[axis])
            }
        }
        if sizes.isEmpty { (sizes, leftStrides, rightStrides) = ([1], [0], [0]) }
        require(sizes.count <= 8, operation, "shapes \(left) and \(right) have more than 8 axes that cannot be merged")
    }

    /// Strides of a dense layout, 0 along sides of 1.
    private static func strides(_ shape: [Int]) -> [Int] { zip(shape, shape.denseStrides).map { $0 == 1 ? 0 : $1 } }
}

extension Array where Element == Int {
    /// The distance in elements between neighbours along each axis of a dense layout, last axis fastest.
    package var denseStrides: [Int] {
        var strides = self
        var next = 1
        for axis in indices.reversed() {
            strides[axis] = next
            next *= self[axis]
        }
        return strides
    }

    /// The axis of a number; negative ones count from the end.
    func axis(_ number: Int, of operation: String) -> Int {
        let axis = number < 0 ? number + count : number
        require(axis >= 0 && axis < count, operation, "the shape \(self) has no axis \(number)")
        return axis
    }
}

extension Tensor {
    /// The sum over broadcast axes, so that a gradient has the operand's shape again.
    func summed(to target: [Int]) -> Tensor {
        if shape == target { return self }
        let leading = rank - target.count
        let axes = shape.indices.filter { $0 < leading || target[$0 - leading] != shape[$0] }
        return sum(self, along: axes).viewed(as: target)
    }

    /// The same numbers repeated along sides of 1 (and new leading axes), in new storage.
    func repeated(to target: [Int]) -> Tensor {
        if shape == target { return self }
        let sides = Array(repeating: 1, count: target.count - rank) + shape
        let strides = zip(sides, sides.denseStrides).map { $0 == 1 ? 0 : $1 }
        let result = Tensor(uninitialized: target, elementType: elementType)
        copyStrided(from: self, strides: strides, to: result, targetStrides: target.denseStrides, sizes: target)
        return result
    }
}
