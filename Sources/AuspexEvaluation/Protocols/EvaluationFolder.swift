import AuspexConfiguration
import AuspexSupport
import AuspexTensors
import AuspexVideo
import Foundation

/// The folder that an evaluation writes: `report.json` with every number, setting and clip, and a plot of each metric against the horizon.
public struct EvaluationFolder {
    /// The folder, as it was given.
    public let path: String
    private let overwriting: Bool

    /// Checks before any work is done that the folder can be written; it is made only once there is something to write.
    ///
    /// - Throws: `FileError` where the folder can't be written, or holds a report and `overwriting` is false.
    public init(_ path: String, overwriting: Bool = false) throws {
        self.path = path
        self.overwriting = overwriting
        if try FileKind.of(path) != nil {
            _ = try OutputPlace(path + "/report.json", overwriting: overwriting)
        } else {
            var ancestor = path
            while !ancestor.isEmpty, !FileManager.default.fileExists(atPath: ancestor) {
                ancestor = PathParts.folder(of: ancestor)
            }
            guard access(ancestor.isEmpty ? "." : ancestor, W_OK | X_OK) == 0 else { throw FileError.writing(path) }
        }
    }

    /// Where a run keeps its evaluations: the first of `evaluations/NAME-1`, `NAME-2`… that does not exist yet.
    public static func next(in run: String, protocol name: String) -> String {
        var number = 1
        while FileManager.default.fileExists(atPath: "\(run)/evaluations/\(name)-\(number)") { number += 1 }
        return "\(run)/evaluations/\(name)-\(number)"
    }

    /// Writes the plots and the report, the report last: if it exists, the folder is complete.
    public func write(_ report: EvaluationReport) throws {
        try FolderMaking.make(path)
        for metric in report.metricsWithCurves {
            let name = metric.replacing(":", with: "-")
            try report.plot(of: metric).write(to: "\(path)/\(name).png", overwriting: overwriting)
        }
        try OutputPlace(path + "/report.json", overwriting: overwriting).write(try ReportFile.data(report))
    }

    /// Reads a report back.
    ///
    /// - Throws: `FileError` where there is none, `ConfigurationError` where the file is something else.
    public static func report(at path: String) throws -> EvaluationReport {
        let bytes = try FileReading.bytes(of: path)
        do {
            return try ReportFile.decoder.decode(EvaluationReport.self, from: bytes)
        } catch {
            throw ConfigurationError(
                "\(path): is not the report of an evaluation; name the report.json of one", remedies: [.evaluate])
        }
    }
}
