/// The progress of a run, besides its networks: a document of every checkpoint.
public struct Progress: Codable, Sendable {
    /// The name of the document.
    public static let documentName = "progress"
    /// 2: averaged weights start with a small decay, and have their own spectral norms.
    /// 3: draws are keyed by the clip's number, and an update iterates spectral norms once.
    static let currentFormat = 3

    /// Clips that the steps so far have used: where the data continue.
    public var consumedClips: Int
    /// The best value so far of the metric that selects the best checkpoint.
    public var best: Double?
    /// The metric of `best`; nil in checkpoints of earlier versions, which used PSNR only.
    var bestBy: TrainingConfiguration.ValidationSelect?
    /// The baselines' values on the held-out clips.
    var baselines: [ValidationSummary.Score]?
    /// Nil in checkpoints of earlier versions.
    var format: Int?

    /// The metric of `best`.
    public var selectedBy: TrainingConfiguration.ValidationSelect { bestBy ?? .psnr }

    /// Whether an earlier version averaged the weights, with its constant decay and the raw weights' spectral norms.
    public var isOfConstantAveraging: Bool { format ?? 1 < 2 }

    /// Whether an earlier version trained the networks, which drew by step instead of by clip, and iterated spectral norms with every micro-batch.
    public var isOfDrawsByStep: Bool { format ?? 1 < 3 }
}
