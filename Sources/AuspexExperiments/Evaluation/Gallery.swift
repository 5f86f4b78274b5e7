import AuspexTensors
import AuspexVideo
import Foundation

/// A folder of what an evaluation saw: for the first clips a film and a strip of everybody's predictions, and the plots.
public final class Gallery {
    private let folder: String
    private let clips: Int
    private let overwriting: Bool

    /// - Parameters:
    ///   - folder: is made if it is not there.
    ///   - clips: how many clips are kept.
    /// - Throws: `FileError` where the folder can't be written, or holds what would be replaced.
    public init(_ folder: String, clips: Int, overwriting: Bool = false) throws {
        self.folder = folder
        self.clips = clips
        self.overwriting = overwriting
        try FolderMaking.make(folder)
        // Before the work, not after it.
        for ending in ["mp4", "png"] { _ = try OutputPlace(path(0, ending), overwriting: overwriting) }
    }

    /// Keeps a clip, if there is still room for it.
    public func add(_ example: Evaluation.Example) throws {
        guard example.index < clips else { return }
        for ending in ["mp4", "png"] {
            try example.picture.write(to: path(example.index, ending), comparing: true, overwriting: overwriting)
        }
    }

    /// Adds the plots and the numbers.
    public func finish(_ report: EvaluationReport) throws {
        for metric in report.protocol.metrics {
            let plot = report.plot(of: metric)
            guard !plot.series.isEmpty else { continue }
            let name = metric.replacing(":", with: "-")
            try plot.write(to: "\(folder)/\(name).png", overwriting: overwriting)
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
        try OutputPlace(folder + "/report.json", overwriting: overwriting).write(try encoder.encode(report))
    }

    private func path(_ index: Int, _ ending: String) -> String {
        let number = String(index)
        return "\(folder)/clip-" + String(repeating: "0", count: max(0, 4 - number.count)) + number + "." + ending
    }
}

/// Making folders, with the system's reason where it fails.
enum FolderMaking {
    static func make(_ folder: String) throws {
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw FileError.writing(folder, code: access(folder, F_OK) == 0 ? ENOTDIR : EACCES)
        }
    }
}
