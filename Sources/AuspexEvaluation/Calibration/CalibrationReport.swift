import AuspexMetrics
import AuspexSupport

/// What metrics made of graded distortions.
public struct CalibrationReport: Codable, Sendable, Equatable {
    /// One grade of a distortion.
    public struct Grade: Codable, Sendable, Equatable {
        /// As the distortion's `unit` says.
        public var grade: Double
        public var metrics: [String: MetricResult]
    }

    /// One distortion, the weakest grade first.
    public struct Graded: Codable, Sendable, Equatable {
        public var name: String
        public var unit: String
        public var grades: [Grade]
    }

    /// A clip that was distorted.
    public struct UsedClip: Codable, Sendable, Equatable {
        public var name: String
        public var firstFrame: Int
    }

    public var schema = 1
    public var source: String
    public var clips: Int
    public var frames: Int
    public var stride: Int
    /// The side of a square, or `[height, width]`.
    @FrameSizeOption public var size: FrameSize
    public var seed: UInt64
    /// Names of the metrics, in order.
    public var metrics: [String]
    /// Every clip beside itself.
    public var undistorted: [String: MetricResult]
    public var distortions: [Graded]
    public var clipList: [UsedClip]
}
