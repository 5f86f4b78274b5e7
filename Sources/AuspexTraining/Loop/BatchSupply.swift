import AuspexVideo

/// Where a run's batches come from, in the order of clip numbers: clip i is a pure function of (seed, i).
public protocol BatchSupply: AnyObject {
    /// The next clips, `[B, Tc + Tp, H, W, C]`, as their source gives them.
    ///
    /// - Throws: the reason why the source gives no clips.
    func next() throws -> ClipBatch
}

/// Clips that a run never learns from, kept as they were read.
public struct HeldOutClips {
    /// Clips for measuring predictions.
    public let validation: [ClipBatch]
    /// Training clips for the standing statistics of batch norms: the same ones every time.
    public let standing: [ClipBatch]

    /// Clips that have already been read.
    public init(validation: [ClipBatch], standing: [ClipBatch]) {
        self.validation = validation
        self.standing = standing
    }
}
