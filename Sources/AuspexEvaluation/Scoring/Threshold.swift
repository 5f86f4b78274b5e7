import AuspexConfiguration
import AuspexTensors

/// A condition on a metric that makes a command fail: `psnr<20`, `mse>=0.01`.
public struct Threshold: Sendable, Equatable, CustomStringConvertible {
    /// How the value is compared.
    public enum Comparison: String, Sendable, CaseIterable {
        /// The condition holds below the value.
        case below = "<"
        /// The condition holds above the value.
        case above = ">"
        /// The condition holds at the value and below.
        case atMost = "<="
        /// The condition holds at the value and above.
        case atLeast = ">="
    }

    /// The metric's name.
    public let metric: String
    /// How the metric's value is compared.
    public let comparison: Comparison
    /// The value that the metric's is compared with.
    public let value: Double

    /// - Throws: `ConfigurationError` where the text is not a condition.
    public init(_ text: String) throws {
        let spaceless = text.filter { !$0.isWhitespace }
        guard let place = spaceless.firstIndex(where: { $0 == "<" || $0 == ">" }) else { throw Self.unreadable(text) }
        var end = spaceless.index(after: place)
        if end < spaceless.endIndex, spaceless[end] == "=" { end = spaceless.index(after: end) }
        guard let comparison = Comparison(rawValue: String(spaceless[place..<end])),
            let value = Double(spaceless[end...]), value.isFinite, place > spaceless.startIndex,
            // Double also parses hexadecimal; 0x14 would be a mistake.
            !spaceless[end...].contains(where: { "xXpP".contains($0) })
        else { throw Self.unreadable(text) }
        metric = String(spaceless[..<place])
        self.comparison = comparison
        self.value = value
    }

    /// Whether a value makes the command fail. NaN always does.
    public func isMissed(by found: Double) -> Bool {
        if found.isNaN { return true }
        return switch comparison {
        case .below: found < value
        case .above: found > value
        case .atMost: found <= value
        case .atLeast: found >= value
        }
    }

    public var description: String { "\(metric)\(comparison.rawValue)\(value)" }

    private static func unreadable(_ text: String) -> ConfigurationError {
        ConfigurationError(
            "condition '\(text)': expected a metric, <, >, <= or >=, and a number, for example 'psnr<20'",
            remedies: [.threshold])
    }
}
