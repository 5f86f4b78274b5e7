import AuspexSupport

/// A configuration that cannot be used: which key, where, what was found, what was expected.
public struct ConfigurationError: RemediableError, CustomStringConvertible, Equatable {
    /// The whole message, one line.
    public let description: String
    /// The caller's choices that the message speaks of.
    public let remedies: [Remedy]

    /// Makes an error of a whole message: what is wrong, what was found, what was expected, what to do.
    public init(_ description: String, remedies: [Remedy] = []) {
        self.description = description
        self.remedies = remedies
    }

    /// - Parameters:
    ///   - place: where it was written: `tiny.yaml, line 3` or `model.size=6`.
    ///   - path: the full key.
    ///   - problem: what is wrong and what to do.
    init(at place: String, _ path: [String], _ problem: String) {
        self.init(path.isEmpty ? "\(place): \(problem)" : "\(place): \(path.joined(separator: ".")) \(problem)")
    }
}
