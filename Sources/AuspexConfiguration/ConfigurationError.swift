/// A configuration that cannot be used: which key, where, what was found, what was expected.
public struct ConfigurationError: Error, CustomStringConvertible, Equatable {
    /// The whole message, one line.
    public let description: String

    public init(_ description: String) { self.description = description }

    /// - Parameters:
    ///   - place: where it was written: `tiny.yaml, line 3` or `--set model.size=6`.
    ///   - path: the full key.
    ///   - problem: what is wrong and what to do.
    init(at place: String, _ path: [String], _ problem: String) {
        description = path.isEmpty ? "\(place): \(problem)" : "\(place): \(path.joined(separator: ".")) \(problem)"
    }
}
