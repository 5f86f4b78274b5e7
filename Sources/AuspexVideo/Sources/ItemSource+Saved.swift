extension SourceSplit {
    /// Restores the two parts as they were when the run began, from the current files: see `ClipSource.restored`.
    package func restored(
        from source: any ClipSource, validation: (any ClipSource)?
    ) throws -> (parts: SourceParts, changes: SourceChanges) {
        try source.restored(self, validation: validation)
    }
}

extension ItemSource {
    /// Items that are gone are kept as unreadable items.
    package func restored(
        _ split: SourceSplit, validation: (any ClipSource)?
    ) throws -> (parts: SourceParts, changes: SourceChanges) {
        guard let validation else { return try split.restored(from: self, others: self, areOneSource: true) }
        // Items of a custom source are not identified by files: it is used unchanged.
        guard let items = validation as? ItemSource else {
            let own = SourceSplit(training: split.training, heldOut: [])
            var (parts, changes) = try own.restored(from: self, others: self, areOneSource: true)
            parts = SourceParts(training: parts.training, heldOut: validation, record: split)
            return (parts, changes)
        }
        return try split.restored(from: self, others: items, areOneSource: false)
    }
}

extension SourceSplit {
    fileprivate func restored(
        from source: ItemSource, others other: ItemSource, areOneSource: Bool
    ) throws -> (parts: SourceParts, changes: SourceChanges) {
        var changes = SourceChanges()
        let trained = try Self.restored(training, from: source, &changes)
        let held = try Self.restored(heldOut, from: other, &changes)
        let known = Set((training + heldOut).map(\.key))
        changes.come = (source.items + (areOneSource ? [] : other.items)).map(\.key).filter { !known.contains($0) }
        changes.gone = Self.unique(changes.gone)
        changes.changed = Self.unique(changes.changed)
        try refuseLeaks(into: trained, from: held)
        for (part, items, source) in [("trained on", trained, source), ("held out", held, other)]
        where !items.isEmpty && items.allSatisfy({ $0 is MissingItem }) {
            throw VideoError(
                .nothingUsable, source.description,
                "every item that the run has \(part) is gone, \(items.first?.key ?? "") among them: bring them back")
        }
        return (
            SourceParts(
                training: ItemSource(source, items: trained), heldOut: ItemSource(other, items: held), record: self),
            changes
        )
    }

    private static func unique(_ names: [String]) -> [String] {
        var seen: Set<String> = []
        return names.filter { seen.insert($0).inserted }
    }

    private static func restored(
        _ saved: [Item], from source: ItemSource, _ changes: inout SourceChanges
    ) throws -> [any ClipItem] {
        let today = Dictionary(source.items.map { ($0.key, $0) }) { first, _ in first }
        return try saved.map { old in
            guard let item = today[old.key] else {
                changes.gone.append(old.key)
                return MissingItem(name: old.name, part: old.part)
            }
            if item.sizeBytes != old.sizeBytes || (old.digest != nil && item.digest != old.digest) {
                guard old.share == nil else {
                    throw VideoError(
                        .badSource, old.key,
                        "has changed since the run began, so the end of it that is held out would be another one, perhaps one that "
                            + "was trained on: put the old file back, or train another run")
                }
                changes.changed.append(old.key)
            }
            return old.share.map { item.limited(to: $0[0]..<$0[1]) } ?? item
        }
    }

    /// Compares the bytes of training items with those of held-out items, except for copies that existed when the run began.
    private func refuseLeaks(into trained: [any ClipItem], from held: [any ClipItem]) throws {
        func refuse(_ item: any ClipItem, _ other: String) -> VideoError {
            VideoError(
                .badSource, item.key,
                "holds the same clips as \(other) now, of which the run trains on one and holds the other out: the model would be "
                    + "measured on what it is trained on; put the old file back, or train another run")
        }
        let sizes = Set(heldOut.map(\.sizeBytes))
        let digests = Dictionary(heldOut.compactMap { old in old.digest.map { ($0, old.key) } }) { first, _ in first }
        for (item, old) in zip(trained, training) where old.share == nil && sizes.contains(item.sizeBytes) {
            guard let digest = item.digest, digest != old.digest, let other = digests[digest] else { continue }
            throw refuse(item, other)
        }
        // A held-out file that was replaced may be a copy of a training file.
        let replaced = zip(held, heldOut).compactMap { item, old -> (item: any ClipItem, digest: String)? in
            guard old.share == nil, let digest = item.digest, digest != old.digest else { return nil }
            return (item, digest)
        }
        guard !replaced.isEmpty else { return }
        let newSizes = Set(replaced.map(\.item.sizeBytes))
        for item in trained where newSizes.contains(item.sizeBytes) {
            guard let digest = item.digest, let found = replaced.first(where: { $0.digest == digest }) else { continue }
            throw refuse(found.item, item.key)
        }
    }
}
