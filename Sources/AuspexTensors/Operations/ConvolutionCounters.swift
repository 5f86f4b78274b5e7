import CAuspexEngine

/// What the convolutions, matrix products and pooling have computed since the counters were last reset, for benchmarks and log lines.
///
/// Counted are the operations that ran, not those of the layer as written: a convolution that goes by an identity counts what it really cost.
public enum ComputationCounters {
    /// Kinds of work that are counted apart.
    public enum Family: String, Codable, Sendable, CaseIterable {
        case forward, backwardData, backwardWeights, matrixProduct, pooling
        /// Weights brought into a primitive's own order.
        case packing
    }

    /// The work of one family.
    public struct Count: Sendable, Equatable {
        /// Floating-point operations; a multiplication and an addition are two.
        public let operations: Double
        public let seconds: Double
        public let calls: Int
    }

    public static func count(of family: Family) -> Count {
        let number: Int =
            switch family {
            case .forward: ax_dnn_count_forward
            case .backwardData: ax_dnn_count_backward_data
            case .backwardWeights: ax_dnn_count_backward_weights
            case .matrixProduct: ax_dnn_count_matrix_product
            case .pooling: ax_dnn_count_pooling
            case .packing: ax_dnn_count_reorder
            }
        let count = ax_dnn_counter(Int32(number))
        return Count(operations: count.flops, seconds: count.seconds, calls: Int(count.calls))
    }

    public static func reset() { ax_dnn_reset_counters() }

    /// oneDNN's version, 100 · major + minor, and the instruction set it may use: a part of what a measurement says.
    public static var backend: (version: Int, instructionSet: String) {
        (Int(ax_dnn_version()), String(cString: ax_dnn_isa()))
    }
}
