import AuspexTensors

extension Padding {
    /// TensorFlow's "SAME": an output side is `⌈side / stride⌉`, and if the zeros do not split evenly, the odd one goes to the end.
    ///
    /// Unlike `.same` it depends on the side and the stride: side 112, window 3, stride 2 has no zero before and one after.
    static func tensorFlowSame(sides: [Int], window: [Int], stride: [Int]) -> Padding {
        .explicit(
            sides.indices.map { i in
                let outputs = (sides[i] + stride[i] - 1) / stride[i]
                let total = max(0, (outputs - 1) * stride[i] + window[i] - sides[i])
                return (total / 2, total - total / 2)
            })
    }
}
