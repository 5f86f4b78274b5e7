import AuspexSupport
import AuspexTensors
import Foundation

/// The folder of a run: `config.yaml`, `checkpoints/`, `metrics.jsonl`, TensorBoard event files, `samples/`.
public final class RunFolder: Sendable {
    /// The run's folder, as it was given.
    public let path: String
    /// A lock held while a run is written to, so that two programs never train in one folder; the system releases it however the program ends.
    private let lock: Int32?

    /// The resolved configuration, YAML.
    public var configurationPath: String { path + "/config.yaml" }
    /// The folder of checkpoints.
    public var checkpointsPath: String { path + "/checkpoints" }
    /// The run's measurements, JSON lines.
    public var metricsPath: String { path + "/metrics.jsonl" }
    /// The folder of film strips and films of predictions.
    public var samplesPath: String { path + "/samples" }

    private static let lockName = ".lock"

    private init(path: String, lock: Int32?) {
        self.path = path
        self.lock = lock
    }

    deinit { if let lock { close(lock) } }

    /// Opens a run for reading.
    ///
    /// - Throws: `FileError` where there is none.
    public convenience init(reading path: String) throws {
        guard try FileKind.of(path) == .folder else {
            throw FileError(
                .missing, path: path, found: "no such folder", expected: "a run's folder",
                advice: "name the folder that a training wrote", remedies: [.train])
        }
        if try FileKind.of(path + "/" + CheckpointManifest.fileName) != nil {
            throw FileError(
                .missing, path: path, found: "one checkpoint", expected: "a run's folder",
                advice: "name the run, and the checkpoint after an @: RUN@last, RUN@best or RUN@STEP")
        }
        guard try FileKind.of(path + "/checkpoints") != nil else {
            throw FileError(
                .missing, path: path, found: "a folder without checkpoints", expected: "a run's folder",
                advice: "name the folder that a training wrote", remedies: [.train])
        }
        self.init(path: path, lock: nil)
    }

    /// Makes a run's folder, or opens one to resume it, for the only program that writes to it.
    ///
    /// - Parameter resume: whether an existing run may be resumed; if there is none, a new one is started.
    /// - Throws: `FileError` where the folder holds a run and `resume` is false, holds something else, cannot be written, or is in use.
    public convenience init(writing path: String, resume: Bool) throws {
        try Self.checkFree(path, resume: resume)
        try AtomicFile.makeFolders(path)
        let lock = try Self.takeLock(path)
        self.init(path: path, lock: lock)
        // Another program may have begun a run here, and even ended it, between the first check and the lock.
        try Self.checkContents(of: path, resume: resume)
        for folder in [path, checkpointsPath, samplesPath] {
            try CheckpointStore.makeFolder(folder)
            try AtomicFile.removeLeftovers(in: folder)
        }
    }

    /// Refuses a path where no run can be written, as far as that can be checked without creating anything.
    ///
    /// - Throws: `FileError` where there is a file, an existing run if `resume` is false, or something else.
    public static func checkFree(_ path: String, resume: Bool) throws {
        guard let kind = try FileKind.of(path) else { return }
        guard kind == .folder else {
            throw FileError(
                .exists, path: path, found: "a file", expected: "a folder for the run", advice: "name another folder",
                remedies: [.output])
        }
        try checkContents(of: path, resume: resume)
    }

    /// `PARENT/STEM-N` with the first N that does not exist yet.
    public static func nextPath(in parent: String = "runs", named stem: String) -> String {
        let names = (1...).lazy.map { (number: Int) -> String in "\(parent)/\(stem)-\(number)" }
        return names.first { (name: String) -> Bool in access(name, F_OK) != 0 } ?? "\(parent)/\(stem)"
    }

    /// Makes the folder `PARENT/STEM-N` with the first free N: if several programs begin at once, each gets its own.
    ///
    /// - Throws: `FileError` where none can be written.
    public static func makingNext(in parent: String = "runs", named stem: String) throws -> RunFolder {
        while true {
            let path = nextPath(in: parent, named: stem)
            do { return try RunFolder(writing: path, resume: false) } catch let error as FileError
                where error.kind == .exists && access(path, F_OK) == 0
            {
                // Another program was faster: try the next number.
                continue
            }
        }
    }

    /// Removes what only a training needs: a folder that is copied to others holds neither a lock nor empty folders.
    package func makeShared() throws {
        for name in [Self.lockName, "samples"] {
            do { try FileManager.default.removeItem(atPath: "\(path)/\(name)") } catch {
                throw FileError.writing("\(path)/\(name)", code: error.systemCode ?? EACCES)
            }
        }
    }

    /// Its checkpoints.
    public func checkpoints(keep: Int = 1) -> CheckpointStore { CheckpointStore(folder: checkpointsPath, keep: keep) }

    private static func checkContents(of path: String, resume: Bool) throws {
        let names: [String]
        do { names = try FileManager.default.contentsOfDirectory(atPath: path) } catch {
            throw FileError.reading(path, code: error.systemCode ?? EACCES)
        }
        let isRun = names.contains("config.yaml") || names.contains("checkpoints")
        if names.allSatisfy({ $0 == lockName }) || (isRun && resume) { return }
        throw FileError(
            .exists, path: path, found: isRun ? "a run that exists already" : "a folder with other files in it",
            expected: "a new folder",
            advice: isRun ? "resume it, or name another folder" : "name another folder",
            remedies: isRun ? [.resume, .output] : [.output])
    }

    private static func takeLock(_ path: String) throws -> Int32 {
        let file = open(path + "/" + lockName, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw FileError.writing(path) }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            let isTaken = errno == EWOULDBLOCK
            // Some network file systems have no locks: runs there are not locked.
            if !isTaken { return file }
            close(file)
            throw FileError(
                .exists, path: path, found: "a program that is training in it", expected: "a run that is not in use",
                advice: "wait for it, stop it, or name another folder", remedies: [.output])
        }
        return file
    }
}
