import AuspexVideo

/// Where a run's batches come from, in the order of clip numbers: clip i is a pure function of (seed, i).
public protocol BatchSupply: AnyObject {
    /// The next clips, `[B, Tc + Tp, H, W, C]`, as their source gives them.
    ///
    /// - Throws: what kept the source from giving any clip.
    func next() throws -> ClipBatch
}

/// Clips that a run looks at but never learns from, kept as they were read.
public struct HeldOutClips {
    /// What predictions are measured on.
    public let validation: [ClipBatch]
    /// Training clips over which the standing statistics of batch norms are taken: the same ones every time.
    public let standing: [ClipBatch]

    /// Clips that were read already.
    public init(validation: [ClipBatch], standing: [ClipBatch]) {
        self.validation = validation
        self.standing = standing
    }
}
