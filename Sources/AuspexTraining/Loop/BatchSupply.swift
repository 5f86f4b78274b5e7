import AuspexTensors

/// Where a run's batches come from, in the order of clip numbers: clip i is a pure function of (seed, i).
public protocol BatchSupply: AnyObject {
    /// The next clips, `[B, Tc + Tp, H, W, C]`, uint8 or float32 in [−1, 1].
    ///
    /// - Throws: what kept the source from giving any clip.
    func next() throws -> SuppliedBatch
}

/// Clips, and how long their step had to wait for them.
public struct SuppliedBatch {
    public let clips: Tensor
    public let classes: [Int]?
    public let waitedSeconds: Double

    public init(clips: Tensor, classes: [Int]? = nil, waitedSeconds: Double = 0) {
        self.clips = clips
        self.classes = classes
        self.waitedSeconds = waitedSeconds
    }

    /// The clips as networks take them, in [−1, 1].
    public var values: Tensor { clips.elementType == .uint8 ? clips.pixelsAsValues() : clips }

    func cut(contextFrames: Int) -> TrainingBatch {
        TrainingBatch(clips: values, contextFrames: contextFrames, classes: classes)
    }
}

/// Clips that a run looks at but never learns from, kept as they were read.
public struct HeldOutClips {
    /// What predictions are measured on.
    public let validation: [SuppliedBatch]
    /// Training clips over which the standing statistics of batch norms are taken: the same ones every time.
    public let standing: [SuppliedBatch]

    public init(validation: [SuppliedBatch], standing: [SuppliedBatch]) {
        self.validation = validation
        self.standing = standing
    }
}
