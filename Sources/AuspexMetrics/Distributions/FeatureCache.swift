import AuspexPretrained
import AuspexSupport
import AuspexTensors
import Foundation
import Synchronization

/// Features of clips that a network computed before, kept in the user's cache for later runs of the program.
///
/// A clip is identified by its decoded pixels, not by its file: a changed file, another size or another number of frames is another clip, and the same clip
/// is found again under any name. Several programs may use the folder at once, and it may be removed at any time. A cache that cannot be
/// read or written only costs time: `problem` says why.
public final class FeatureCache: Sendable, Equatable {
    /// The folder of the features, with a file for each network and preparation.
    public let folder: String
    /// The largest size of a file; when it is full, its older half is dropped.
    let mostBytes: Int

    private struct State {
        var files: [String: FeatureCacheFile] = [:]
        var counts = (found: 0, computed: 0)
        var problem: String?
    }

    private let state = Mutex(State())

    /// - Parameter mostBytes: for each network and each way to prepare frames; 256 MiB hold the features of 160,000 clips.
    public init(folder: String, mostBytes: Int = 256 << 20) {
        self.folder = folder
        self.mostBytes = mostBytes
    }

    /// `auspex/features` in the user's cache, `$XDG_CACHE_HOME` or `~/.cache`.
    public static func standard() -> FeatureCache {
        FeatureCache(folder: UserCache.folder("features", environment: ProcessInfo.processInfo.environment))
    }

    /// Counts of clips whose features were cached, and of clips that went through a network.
    public var counts: (found: Int, computed: Int) { state.withLock { $0.counts } }

    /// Why features could not be kept; nil where they could.
    public var problem: String? { state.withLock { $0.problem } }

    public static func == (left: FeatureCache, right: FeatureCache) -> Bool { left === right }

    /// What a row of features depends on besides the clip.
    struct Kind: Hashable {
        /// Network, checksum of its weights, preparation, and precision where it is not float32.
        let name: String
        /// Numbers in a row.
        let size: Int

        /// Increased when the same weights and pixels give other features than before, beyond rounding.
        private static let revision = 1

        init(network: String, checksum: String, precision: I3D.Precision, preparation: FramePreparation, size: Int) {
            let suffix = precision == .float32 ? "" : "-\(precision.rawValue)"
            name = "\(network)-\(checksum.prefix(16))-\(preparation.rawValue)-\(Self.revision)\(suffix)"
            self.size = size
        }
    }

    /// The features of a clip; nil if they are not cached.
    func row(of key: FeatureCacheFile.Key, _ kind: Kind) -> [Float]? {
        state.withLock { state in
            let row = attempt(&state) { try file(kind, &$0).row(of: key) } ?? nil
            if row != nil { state.counts.found += 1 }
            return row
        }
    }

    /// Stores the features of clips that went through the network.
    func add(_ rows: [(key: FeatureCacheFile.Key, row: [Float])], _ kind: Kind) {
        state.withLock { state in
            state.counts.computed += rows.count
            _ = attempt(&state) { try file(kind, &$0).append(rows) }
        }
    }

    private func file(_ kind: Kind, _ state: inout State) throws -> FeatureCacheFile {
        if let file = state.files[kind.name] { return file }
        if access(folder, F_OK) != 0 {
            do { try AtomicFile.makeFolders(folder) } catch let error as FileError {
                throw FileError(
                    .unwritable, path: folder, found: error.found, expected: "a folder that can be made",
                    advice: "name another place with XDG_CACHE_HOME")
            }
        }
        let file = try FeatureCacheFile(
            path: "\(folder)/\(kind.name).features", rowSize: kind.size, mostBytes: mostBytes)
        state.files[kind.name] = file
        return file
    }

    /// After the first failure the disk is not used again.
    private func attempt<Result>(_ state: inout State, _ body: (inout State) throws -> Result) -> Result? {
        guard state.problem == nil else { return nil }
        do { return try body(&state) } catch {
            state.problem = "\((error as? FileError)?.description ?? error.localizedDescription)"
            return nil
        }
    }
}
