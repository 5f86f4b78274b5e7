import AuspexConfiguration
import AuspexTensors
import Foundation

/// A number as it was printed: its digits say how precise it is.
public struct ReportedValue: Sendable, Equatable {
    /// As it was printed.
    public let text: String
    /// The number.
    public let value: Double
    /// Half a unit of the last digit: 49.9 may be anything from 49.85 to 49.95.
    public let rounding: Double

    /// The relative difference between implementations of the network: 151.256 by a PyTorch port, 151.392 by the original, for the same constant clips.
    static let portShare = 0.001

    /// - Throws: `ConfigurationError` for text that is not a finite number.
    public init(_ text: String) throws {
        let parts = text.lowercased().split(separator: "e")
        let decimals =
            parts.first?.split(separator: ".", omittingEmptySubsequences: false).dropFirst().first?.count ?? 0
        let exponent = parts.count > 1 ? Double(parts[1]) ?? 0 : 0
        let rounding = 0.5 * pow(10, exponent - Double(decimals))
        // 0e999 is a number but has no information.
        guard let value = Double(text), value.isFinite, rounding.isFinite else {
            throw ConfigurationError(
                "reported value \(text): expected a number, for example 49.9", remedies: [.reportedValue])
        }
        (self.text, self.value, self.rounding) = (text, value, rounding)
    }

    /// How far a value may be from it and still count as equal.
    public var tolerance: Double { rounding + Self.portShare * abs(value) }

    func isMet(by found: Double) -> Bool { abs(found - value) <= tolerance }
}
