import AuspexConfiguration
import AuspexSupport
import AuspexTensors
import AuspexVideo
import Foundation

/// `data.json` in a run's folder: the clips it trains on and those it holds out, as of the beginning of the run.
struct RunData: Codable, Equatable {
    static let fileName = "data.json"

    var format = 1
    /// Nil if clips are generated, not read.
    var split: SourceSplit?
    /// Time between two frames of every clip, training or held-out; nil takes the files' own frames.
    var frameIntervalSeconds: Double?

    static func path(inRun run: String) -> String { "\(run)/\(fileName)" }

    /// Reads a run's file.
    ///
    /// - Parameter digest: the file's digest as stored in the run's checkpoint; nil in checkpoints of versions that saved no split.
    /// - Returns: nil for a run of such a version.
    /// - Throws: `ConfigurationError` where the file is gone or was changed, `FileError` where it cannot be read: otherwise clips that were trained on
    /// could be used as held-out ones.
    init?(ofRun run: String, digest: String?) throws {
        guard let digest else { return nil }
        let path = Self.path(inRun: run)
        guard try FileKind.of(path) != nil else {
            throw ConfigurationError(
                "\(path): is gone; it says which clips the run holds out: bring it back, or name other test clips",
                remedies: [.source])
        }
        let bytes = try FileReading.bytes(of: path)
        guard Self.digest(of: bytes) == digest, let found = try? JSONDecoder().decode(Self.self, from: bytes) else {
            throw ConfigurationError(
                "\(path): is not what the run wrote; it says which clips the run holds out: bring the old file back, or name other test clips",
                remedies: [.source])
        }
        self = found
    }

    init(split: SourceSplit?, frameIntervalSeconds: Double?) {
        self.split = split
        self.frameIntervalSeconds = frameIntervalSeconds
    }

    /// The file's content. The same data give the same bytes, so the digest can be computed without the file.
    var bytes: Data {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            return try encoder.encode(self)
        }
    }

    /// SHA-256 of a file's content.
    static func digest(of bytes: Data) -> String { bytes.withUnsafeBytes { SHA256.hexadecimal(of: $0) } }
}
