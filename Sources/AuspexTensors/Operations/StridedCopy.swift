import AuspexSupport
import CAuspexEngine

/// Copies elements between two strided layouts of the same sizes, first merging axes so that runs get long.
func copyStrided(
    from source: Tensor, at sourceStart: Int = 0, strides sourceStrides: [Int], to target: Tensor,
    targetStart: Int = 0, targetStrides: [Int], sizes: [Int]
) {
    var axes: [(size: Int, source: Int, target: Int)] = []
    for axis in sizes.indices where sizes[axis] != 1 {
        let (size, from, to) = (sizes[axis], sourceStrides[axis], targetStrides[axis])
        if size == 0 { return }
        if let last = axes.last, last.source == size * from, last.target == size * to {
            axes[axes.count - 1] = (last.size * size, from, to)
        } else {
            axes.append((size, from, to))
        }
    }
    // A transposition is copied in tiles of its last two axes: move the axis that is dense in the source next to the one that is dense in the target.
    if let last = axes.last, last.source != 1, let dense = axes.firstIndex(where: { $0.source == 1 }) {
        axes.insert(axes.remove(at: dense), at: axes.count - 1)
    }
    if axes.isEmpty { axes = [(1, 1, 1)] }
    require(axes.count <= 8, "copyStrided", "more than 8 axes that cannot be merged: \(sizes)")
    guard source.hasMemory, target.hasMemory else { return }
    let bytes = source.elementType.sizeBytes
    withExtendedLifetime((source.storage, target.storage)) {
        ax_copy_strided(
            target.rawPointer + targetStart * bytes, source.rawPointer + sourceStart * bytes, bytes, Int32(axes.count),
            axes.map(\.size), axes.map(\.target), axes.map(\.source))
    }
}

extension Tensor {
    /// The box of `shape` that begins at `origin`, dense; a view if it is contiguous.
    func box(at origin: [Int], shape box: [Int]) -> Tensor {
        let strides = shape.denseStrides
        let start = zip(origin, strides).reduce(0) { $0 + $1.0 * $1.1 }
        // Contiguous: whole below the first axis that is cut, single above it.
        let cut = box.indices.first { box[$0] != 1 } ?? box.count
        if box.product == 0 || zip(box, shape).dropFirst(cut + 1).allSatisfy({ $0 == $1 }) {
            return viewed(as: box, from: box.product == 0 ? 0 : start)
        }
        let result = Tensor(uninitialized: box, elementType: elementType)
        copyStrided(from: self, at: start, strides: strides, to: result, targetStrides: box.denseStrides, sizes: box)
        return result
    }

    /// Zeros of `target`'s shape with these numbers at `origin`.
    func embedded(in target: [Int], at origin: [Int]) -> Tensor {
        if shape == target { return self }
        let result = Tensor(zeros: target, elementType: elementType)
        result.write(self, at: origin)
        return result
    }

    /// Writes a box of numbers at `origin`; for operations that are still filling this tensor.
    func write(_ box: Tensor, at origin: [Int]) {
        let strides = shape.denseStrides
        copyStrided(
            from: box, strides: box.shape.denseStrides, to: self,
            targetStart: zip(origin, strides).reduce(0) { $0 + $1.0 * $1.1 }, targetStrides: strides, sizes: box.shape)
    }
}
