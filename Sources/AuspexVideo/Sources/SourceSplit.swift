/// Which items of a source a run trains on and which it holds out, in the order in which clips are drawn from them: stored with the run, so that
/// files that are added or removed later change neither.
public struct SourceSplit: Codable, Sendable, Equatable {
    /// A file, a part of one, a folder of images or an element of an array, as it was when the run began.
    public struct Item: Codable, Sendable, Equatable {
        /// Path of the file or folder, or the name of the array's element.
        public var name: String
        /// Which part of its files the item is; empty if it is the whole.
        public var part: String
        /// Total size of its files; 0 if they could not be read.
        public var sizeBytes: Int
        /// SHA-256 of samples of its files' bytes. All held-out items have one, and those training items that have the size of a held-out one.
        public var digest: String?
        /// The share of its time that belongs here, from and to, in 0…1; nil is all of it.
        public var share: [Double]?

        var key: String { part.isEmpty ? name : "\(name) \(part)" }
    }

    /// Items to train on, in the order in which clips are drawn from them.
    public var training: [Item]
    /// Items, or shares of their time, that training never uses.
    public var heldOut: [Item]

    /// Items that share no clip.
    public init(training: [Item], heldOut: [Item]) {
        self.training = training
        self.heldOut = heldOut
    }

    /// Whether time is held out of training items, instead of whole items.
    public var isOfTime: Bool { heldOut.contains { $0.share != nil } }
}

/// A source in two parts that share no clip.
public struct SourceParts: Sendable {
    /// Clips to train on.
    public let training: any ClipSource
    /// Clips that training never uses.
    public let heldOut: any ClipSource
    /// Nil for a source that generates its clips, such as a synthetic one.
    public let record: SourceSplit?

    /// Joins two parts that share no clip.
    public init(training: any ClipSource, heldOut: any ClipSource, record: SourceSplit? = nil) {
        self.training = training
        self.heldOut = heldOut
        self.record = record
    }
}

/// Changes to a run's items since it began.
public struct SourceChanges: Sendable, Equatable {
    /// Items of the run that are gone.
    public var gone: [String] = []
    /// New items that belong to neither part.
    public var come: [String] = []
    /// Items whose files have another size or other bytes.
    public var changed: [String] = []

    /// No changes.
    public init() {}

    /// One note per kind; empty if nothing changed.
    public var notes: [String] {
        func note(_ names: [String], _ what: (one: String, many: String), _ end: String) -> [String] {
            guard !names.isEmpty else { return [] }
            let more = names.count > 3 ? " and \(names.count - 3) more" : ""
            return [
                "\(names.prefix(3).joined(separator: ", "))\(more) \(names.count == 1 ? what.one : what.many) \(end)"
            ]
        }
        return note(gone, ("is", "are"), "gone since the run began")
            + note(come, ("has", "have"), "been added since the run began: neither trained on nor held out")
            + note(changed, ("has", "have"), "changed since the run began")
    }
}
