import CAuspexEngine

/// Counts the heavy operations since the last reset and their time, by family of work.
public enum WorkCounter {
    /// One family's work.
    public struct Count: Sendable, Codable, Equatable {
        /// Billions of executed floating-point operations, where a multiplication and an addition are two.
        public var gflop: Double
        /// Wall time spent in it, in seconds.
        public var seconds: Double
        /// How often work of the family ran.
        public var calls: Int

        /// The mean over some repeats of the same work.
        package func divided(by repeats: Int) -> Count {
            Count(gflop: gflop / Double(repeats), seconds: seconds / Double(repeats), calls: calls / repeats)
        }
    }

    private static let families = [
        ("convolutionForward", ax_dnn_count_forward), ("convolutionBackwardData", ax_dnn_count_backward_data),
        ("convolutionBackwardWeights", ax_dnn_count_backward_weights), ("matrixProduct", ax_dnn_count_matrix_product),
        ("pooling", ax_dnn_count_pooling), ("reorder", ax_dnn_count_reorder),
    ]

    /// By family.
    public static var counts: [String: Count] {
        families.reduce(into: [:]) { counts, family in
            let count = ax_dnn_counter(Int32(family.1))
            counts[family.0] = Count(gflop: count.flops * 1e-9, seconds: count.seconds, calls: Int(count.calls))
        }
    }

    /// Resets all counts.
    public static func reset() { ax_dnn_reset_counters() }
}
