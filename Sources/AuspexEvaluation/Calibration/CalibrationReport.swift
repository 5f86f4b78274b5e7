import AuspexMetrics
import AuspexSupport

/// Values of metrics for graded distortions.
public struct CalibrationReport: Codable, Sendable, Equatable {
    /// One grade of a distortion.
    public struct Grade: Codable, Sendable, Equatable {
        /// In the distortion's `unit`.
        public var grade: Double
        /// The value of each metric, by name.
        public var metrics: [String: MetricResult]
    }

    /// One distortion, the weakest grade first.
    public struct Graded: Codable, Sendable, Equatable {
        /// The distortion: `noise`.
        public var name: String
        /// The unit of the grades.
        public var unit: String
        /// The grades, the weakest first.
        public var grades: [Grade]
    }

    /// A clip that was distorted.
    public struct UsedClip: Codable, Sendable, Equatable {
        /// The file, the array's element, or the folder of images.
        public var name: String
        /// Its first frame, counted from 0 in the file.
        public var firstFrame: Int
    }

    /// The version of the fields.
    public var schema = 1
    /// Where the clips come from.
    public var source: String
    /// How many clips were distorted.
    public var clips: Int
    /// Frames of each clip.
    public var frames: Int
    /// Every n-th frame of a file was taken.
    public var stride: Int
    /// The side of a square, or `[height, width]`.
    @FrameSizeOption public var size: FrameSize
    /// Seed for the choice of clips, noise and lost frames.
    public var seed: UInt64
    /// Names of the metrics, in order.
    public var metrics: [String]
    /// Every clip compared with itself.
    public var undistorted: [String: MetricResult]
    /// A row of grades for each distortion.
    public var distortions: [Graded]
    /// The clips, in the order they were drawn.
    public var clipList: [UsedClip]
}
