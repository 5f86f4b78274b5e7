import AuspexSupport
import AuspexTensors
import Foundation

/// Everything that a run needs to resume with the same bits: named tensors in groups, and JSON documents for the rest.
public struct Checkpoint: Sendable {
    /// The file of a checkpoint that a tensor belongs to.
    public struct Group: RawRepresentable, Hashable, Sendable, Comparable {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }
        public static func < (a: Group, b: Group) -> Bool { a.rawValue < b.rawValue }

        /// Trained weights, by property path.
        public static let weights = Group(rawValue: "weights")
        /// Their running averages, which evaluation uses.
        public static let averagedWeights = Group(rawValue: "averaged-weights")
        /// The optimizers' state.
        public static let optimiser = Group(rawValue: "optimiser")
        /// The vectors u and v of spectral norms.
        public static let spectral = Group(rawValue: "spectral")
        /// Running statistics of batch norms.
        public static let statistics = Group(rawValue: "statistics")
        /// Batch norm's statistics computed for the averaged weights.
        public static let standingStatistics = Group(rawValue: "standing-statistics")
    }

    /// Generator steps that the run has done.
    public var step: Int
    /// The tensors of each group by name.
    public var groups: [Group: [String: Tensor]]
    /// JSON by document name: configuration, loader position, recorded choices.
    public private(set) var documents: [String: Data] = [:]
    /// The version of Auspex that wrote it.
    public var version: String

    /// A checkpoint of a step, without documents yet.
    public init(step: Int, groups: [Group: [String: Tensor]] = [:], version: String = "") {
        self.step = step
        self.groups = groups
        self.version = version
    }

    init(step: Int, groups: [Group: [String: Tensor]], documents: [String: Data], version: String) {
        self.init(step: step, groups: groups, version: version)
        self.documents = documents
    }

    /// Adds a document, replacing one of that name.
    public mutating func set(_ value: some Encodable, as name: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        documents[name] = try encoder.encode(value)
    }

    /// The text of a document; nil if there is none of that name.
    public func text(ofDocument name: String) -> String? { documents[name].map { String(decoding: $0, as: UTF8.self) } }

    /// Decodes a document.
    ///
    /// - Throws: `FileError` where the checkpoint has none of that name, or one of another type.
    public func document<Value: Decodable>(_ type: Value.Type = Value.self, _ name: String) throws -> Value {
        guard let data = documents[name] else {
            throw FileError(
                .garbled, path: "\(name).json", found: "no such document in the checkpoint of step \(step)",
                expected: "one of \(documents.keys.sorted().joined(separator: ", "))",
                advice: "the checkpoint is of another kind of run")
        }
        do {
            return try JSONDecoder().decode(type, from: data)
        } catch {
            throw FileError(
                .garbled, path: "\(name).json", found: "what cannot be understood (\(error))",
                expected: "a \(type) in the checkpoint of step \(step)",
                advice: "it was written by another version of Auspex (\(version)): use that one")
        }
    }
}

/// Refers to one of a run's checkpoints.
public enum CheckpointReference: Sendable, Hashable, CustomStringConvertible {
    /// The best if there is one, otherwise the last.
    case preferred
    /// The latest.
    case last
    /// The one that validation found best.
    case best
    /// The one after this many steps.
    case step(Int)

    public var description: String {
        switch self {
        case .preferred: "best or last"
        case .last: "last"
        case .best: "best"
        case .step(let step): "\(step)"
        }
    }

    /// Splits `RUN`, `RUN@last`, `RUN@best` or `RUN@12000` into the run's path and the checkpoint's reference.
    public static func parse(_ text: String) -> (run: String, reference: CheckpointReference) {
        guard let place = text.lastIndex(of: "@"), place > text.startIndex else { return (text, .preferred) }
        let run = String(text[..<place])
        switch text[text.index(after: place)...] {
        case "last": return (run, .last)
        case "best": return (run, .best)
        case let digits:
            // The folder's own name may contain an @.
            guard let step = Int(digits), step >= 0 else { return (text, .preferred) }
            return (run, .step(step))
        }
    }
}
