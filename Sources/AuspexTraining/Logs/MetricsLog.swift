import AuspexSupport
import AuspexTensors
import Foundation

/// `metrics.jsonl`: what a run measured, one JSON object a line, `{"step":120,"generatorLoss":0.71,…}`.
///
/// Each line reaches the system in one write, so a killed program leaves at most one half line at the end; reading passes over it and resuming cuts it off.
public final class MetricsLog {
    /// What stands on a line beside the step.
    public enum Value: Sendable, Equatable {
        /// A number; NaN and infinities, which JSON does not have, are written as null.
        case number(Double)
        /// Words.
        case text(String)
        /// Numbers in order, such as a curve.
        case list([Double])

        fileprivate var json: String {
            switch self {
            case .number(let number): Self.json(number)
            case .text(let text): JSONText.quoted(text)
            case .list(let numbers): "[\(numbers.map(Self.json).joined(separator: ","))]"
            }
        }

        // Swift prints the shortest decimal that reads back as the same number, which is JSON but for the special ones.
        private static func json(_ number: Double) -> String { number.isFinite ? "\(number)" : "null" }
    }

    /// A line as it was read.
    public struct Line: Sendable, Equatable {
        /// The step that the line is of.
        public let step: Int
        /// What was measured, by name.
        public let values: [String: Value]
    }

    /// The file that is written.
    public let path: String
    private let file: AppendedFile

    /// Opens the log to add lines to it.
    ///
    /// - Parameter resumedStep: the step of the checkpoint that a run goes on from: later lines, and what cannot be read, are cut off;
    ///     −1 cuts everything off, for a run that begins again because it was stopped before its first checkpoint. Nil cuts nothing.
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

    /// All whole lines of a log, in order; half written and foreign ones are passed over.
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
