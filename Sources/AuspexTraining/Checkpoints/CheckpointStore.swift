import AuspexSupport
import AuspexTensors
import Foundation

/// A run's checkpoints: folders `step-00012000`, and the links `last` and `best` to two of them.
///
/// A checkpoint is written under a temporary name, every file and the folder flushed to the disk, and renamed once. It records which step is the
/// best, so that this single rename makes it the last and moves the best: whenever a program is killed, every named checkpoint is complete, and
/// last and best are consistent. The links are for people and other programs; they follow, and the next start repairs links that a kill left outdated.
public struct CheckpointStore: Sendable {
    /// Points during a save at which a test kills the program.
    package enum Moment: Sendable, Hashable {
        case folderMade, groupWritten, documentsWritten, manifestWritten, renamed, lastMoved, bestMoved, pruned
    }

    /// The folder that holds the checkpoints' folders.
    public let folder: String
    /// Checkpoints to keep besides the last and the best.
    public let keep: Int
    package var onMoment: (@Sendable (Moment) -> Void)?

    /// A store in a folder, which is made when the first checkpoint is written.
    public init(folder: String, keep: Int = 1) {
        self.folder = folder
        self.keep = keep
    }

    // MARK: Existing checkpoints

    /// The steps of all completely written checkpoints, ascending; they may have been damaged since.
    public var steps: [Int] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.compactMap(Self.step(ofFolderNamed:)).sorted()
    }

    /// The step of a reference; nil if there is no such checkpoint.
    public func step(of reference: CheckpointReference) -> Int? {
        switch reference {
        case .preferred: step(of: .best) ?? step(of: .last)
        // A program killed between writing a checkpoint and moving the link leaves an outdated link.
        case .last: steps.last
        case .best: bestStep
        case .step(let step): steps.contains(step) ? step : nil
        }
    }

    private var bestStep: Int? {
        for step in steps.reversed() {
            guard let manifest = try? CheckpointManifest(folder: path(of: step)) else { continue }
            // Earlier versions recorded the best in the link only.
            guard let best = manifest.best else { return linked("best") }
            return steps.contains(best) ? best : nil
        }
        return linked("best")
    }

    /// The newest checkpoint all of whose files have the bytes that were written.
    public func newestIntact(except damaged: Int? = nil) -> Int? {
        steps.reversed().first { $0 != damaged && isIntact($0) }
    }

    private func isIntact(_ step: Int) -> Bool {
        (try? CheckpointManifest(folder: path(of: step)).check(folder: path(of: step), checksums: true)) != nil
    }

    // MARK: Reading

    /// Reads a checkpoint after comparing every file with its checksum.
    ///
    /// - Parameter groups: the groups to read; nil for all.
    /// - Throws: `CheckpointError` where there is none, or where it is damaged: the message names the file and an intact checkpoint.
    public func load(
        _ reference: CheckpointReference = .last, groups: Set<Checkpoint.Group>? = nil
    ) throws -> Checkpoint {
        guard let step = step(of: reference) else {
            throw CheckpointError.none(folder: folder, reference: reference, steps: steps)
        }
        let place = path(of: step)
        do {
            let manifest = try CheckpointManifest(folder: place)
            try manifest.check(folder: place, checksums: true)
            var tensors: [Checkpoint.Group: [String: Tensor]] = [:]
            var documents: [String: Data] = [:]
            for name in manifest.files.keys {
                let stem = (name as NSString).deletingPathExtension
                if name.hasSuffix(".safetensors") {
                    let group = Checkpoint.Group(rawValue: stem)
                    guard groups?.contains(group) ?? true else { continue }
                    tensors[group] = try SafeTensors(readingFrom: place + "/" + name).tensors
                } else {
                    let file = try RandomAccessFile(path: place + "/" + name)
                    documents[stem] = Data(try file.bytes(at: 0, count: file.sizeBytes))
                }
            }
            return Checkpoint(
                step: manifest.step, groups: tensors, documents: documents, version: manifest.version)
        } catch let error as FileError where error.kind != .unsupported {
            throw CheckpointError.damaged(error, checkpoint: place, intact: newestIntact(except: step))
        }
    }

    /// A document of a checkpoint as text, without verifying the checkpoint's other files; nil if it cannot be read.
    ///
    /// For small queries before a checkpoint is chosen: what is loaded afterwards is verified as a whole.
    package func text(ofDocument name: String, step: Int) -> String? {
        guard let file = try? RandomAccessFile(path: "\(path(of: step))/\(name).json"),
            let bytes = try? file.bytes(at: 0, count: file.sizeBytes)
        else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    // MARK: Writing

    /// Makes the folder, and removes what a killed program left half written. For the only program that writes to the run.
    public func prepare() throws {
        try Self.makeFolder(folder)
        try AtomicFile.removeLeftovers(in: folder)
        // The links may be outdated, or point to a folder that was removed.
        for (name, step) in [("last", steps.last), ("best", bestStep)] {
            if let step, linked(name) != step { try link(name, to: step) }
        }
    }

    /// Writes a checkpoint, makes it the last and perhaps the best, and removes old ones.
    ///
    /// - Throws: `FileError` where the disk is full or cannot be written; existing checkpoints stay unchanged.
    public func save(_ checkpoint: Checkpoint, isBest: Bool = false) throws {
        let final = path(of: checkpoint.step)
        let temporary = TemporaryName.beside(final)
        let best = isBest ? checkpoint.step : bestStep
        do {
            try write(checkpoint, into: temporary, best: best)
            try AtomicFile.replaceFolder(final, by: temporary)
        } catch {
            FileCall.remove(temporary)
            throw (error as? FileError)?.naming(final, insteadOf: temporary) ?? error
        }
        onMoment?(.renamed)
        try link("last", to: checkpoint.step)
        onMoment?(.lastMoved)
        if isBest {
            try link("best", to: checkpoint.step)
            onMoment?(.bestMoved)
        }
        try prune()
        onMoment?(.pruned)
    }

    private func write(_ checkpoint: Checkpoint, into folder: String, best: Int?) throws {
        try Self.makeFolder(folder)
        onMoment?(.folderMade)
        var files: [String: CheckpointManifest.File] = [:]
        func write(_ name: String, _ body: (FileSink) throws -> Void) throws {
            files[name] = try AtomicFile.write(to: folder + "/" + name) { sink in
                try body(sink)
                return CheckpointManifest.File(sizeBytes: sink.count, crc32c: sink.checksum.value)
            }
        }
        for (group, tensors) in checkpoint.groups.sorted(by: { $0.key < $1.key }) {
            let notes = ["step": "\(checkpoint.step)", "auspex": checkpoint.version]
            try write(group.rawValue + ".safetensors") {
                try SafeTensors(tensors, metadata: notes).write(into: $0)
            }
            onMoment?(.groupWritten)
        }
        for (name, document) in checkpoint.documents.sorted(by: { $0.key < $1.key }) {
            require(name != "checkpoint", "CheckpointStore.save", "'checkpoint' is the manifest's own name")
            try write(name + ".json") { try $0.write(Array(document)) }
        }
        onMoment?(.documentsWritten)
        try CheckpointManifest(step: checkpoint.step, version: checkpoint.version, files: files, best: best)
            .write(into: folder)
        onMoment?(.manifestWritten)
    }

    private func link(_ name: String, to step: Int) throws {
        let temporary = TemporaryName.beside(folder + "/" + name)
        guard FileCall.link(temporary, to: Self.name(of: step)) == 0,
            FileCall.rename(temporary, to: folder + "/" + name) == 0
        else {
            let code = errno
            FileCall.remove(temporary)
            throw FileError.writing(folder + "/" + name, code: code)
        }
        try AtomicFile.flushFolder(folder)
    }

    private func prune() throws {
        let linkedSteps = Set([steps.last, bestStep].compactMap { $0 })
        for step in steps.filter({ !linkedSteps.contains($0) }).dropLast(keep) {
            // Renamed first: a folder whose files are being removed must not be mistaken for a checkpoint.
            let doomed = TemporaryName.beside(path(of: step))
            guard FileCall.rename(path(of: step), to: doomed) == 0 else { throw FileError.writing(path(of: step)) }
            FileCall.remove(doomed)
        }
    }

    // MARK: Names

    /// The path of a step's checkpoint.
    public func path(of step: Int) -> String { folder + "/" + Self.name(of: step) }

    /// The name of a step in names of folders and files.
    static func name(of step: Int) -> String { "step-" + String(step, digits: 8) }

    private static func step(ofFolderNamed name: String) -> Int? {
        guard name.hasPrefix("step-"), let step = Int(name.dropFirst(5)), step >= 0 else { return nil }
        return name == Self.name(of: step) ? step : nil
    }

    private func linked(_ name: String) -> Int? {
        guard let target = try? FileManager.default.destinationOfSymbolicLink(atPath: folder + "/" + name),
            let step = Self.step(ofFolderNamed: target), steps.contains(step)
        else { return nil }
        return step
    }

    static func makeFolder(_ path: String) throws {
        if FileCall.makeFolder(path) == 0 || errno == EEXIST { return }
        throw FileError.writing(path)
    }
}
