import AuspexSupport
import AuspexTensors
import Foundation

/// `metrics.jsonl`: a run's measurements, one JSON object per line, `{"step":120,"generatorLoss":0.71,…}`.
///
/// Each line is written in one system call, so a killed program leaves at most one incomplete line at the end; reading skips it and resuming removes it.
public final class MetricsLog {
    /// A value on a line, besides the step.
    public enum Value: Sendable, Equatable {
        /// A number; NaN and infinities, which JSON does not have, are written as null.
        case number(Double)
        /// Words.
        case text(String)
        /// A list of numbers, such as a curve.
        case list([Double])

        fileprivate var json: String {
            switch self {
            case .number(let number): Self.json(number)
            case .text(let text): JSONText.quoted(text)
            case .list(let numbers): "[\(numbers.map(Self.json).joined(separator: ","))]"
            }
        }

        // Swift prints the shortest decimal that reads back as the same number, which is valid JSON except for the special values.
        private static func json(_ number: Double) -> String { number.isFinite ? "\(number)" : "null" }
    }

    /// A line that was read.
    public struct Line: Sendable, Equatable {
        /// The step of the line.
        public let step: Int
        /// The measurements by name.
        public let values: [String: Value]
    }

    /// The file that is written.
    public let path: String
    private let file: AppendedFile

    /// Opens the log to add lines to it.
    ///
    /// - Parameter resumedStep: the step of the checkpoint that a run resumes from: later lines, and what cannot be read, are removed;
    ///     −1 removes everything, for a run that begins again because it was stopped before its first checkpoint. Nil removes nothing.
    /// - Throws: `FileError` where it cannot be written.
    public init(path: String, resumingFrom resumedStep: Int? = nil) throws {
        if let resumedStep, FileManager.default.fileExists(atPath: path) {
            try Self.cut(path, after: resumedStep)
        }
        file = try AppendedFile(path: path)
        self.path = path
    }

    /// Adds a line; values keep their order.
    ///
    /// - Throws: `FileError` where the disk is full: the log then ends with the line before.
    public func append(step: Int, _ values: KeyValuePairs<String, Value>) throws {
        try append(step: step, values.map { ($0.key, $0.value) })
    }

    /// Adds a line; values keep their order.
    ///
    /// - Throws: `FileError` where the disk is full: the log then ends with the line before.
    public func append(step: Int, _ values: [(String, Value)]) throws {
        let fields = ["\"step\":\(step)"] + values.map { "\(JSONText.quoted($0.0)):\($0.1.json)" }
        try file.append(Array("{\(fields.joined(separator: ","))}\n".utf8))
    }

    /// All complete lines of a log, in order; incomplete and foreign ones are skipped.
    public static func lines(of path: String) throws -> [Line] {
        try rawLines(of: path).compactMap { parse($0) }
    }

    private static func rawLines(of path: String) throws -> [Data] {
        let file = try RandomAccessFile(path: path)
        let data = Data(try file.bytes(at: 0, count: file.sizeBytes))
        return data.split(separator: UInt8(ascii: "\n")).map { Data($0) }
    }

    private static func parse(_ line: Data) -> Line? {
        guard let object = try? JSONDecoder().decode([String: Field].self, from: line),
            case .number(let number)? = object["step"]?.value, let step = Int(exactly: number)
        else { return nil }
        return Line(step: step, values: object.filter { $0.key != "step" }.mapValues(\.value))
    }

    private static func cut(_ path: String, after step: Int) throws {
        let kept = try rawLines(of: path).filter { line in parse(line).map { $0.step <= step } ?? false }
        var bytes: [UInt8] = []
        for line in kept { bytes += Array(line) + [UInt8(ascii: "\n")] }
        try AtomicFile.write(bytes, to: path)
    }

    private struct Field: Decodable {
        let value: Value

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if container.decodeNil() {
                value = .number(.nan)
            } else if let number = try? container.decode(Double.self) {
                value = .number(number)
            } else if let list = try? container.decode([Double?].self) {
                value = .list(list.map { $0 ?? .nan })
            } else {
                value = .text(try container.decode(String.self))
            }
        }
    }
}
