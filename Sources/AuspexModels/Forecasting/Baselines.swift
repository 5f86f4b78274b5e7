import AuspexSupport

/// Untrained forecasters by name, with which models are compared.
///
/// | name | |
/// |---|---|
/// | `copy-last` | `CopyLast` |
/// | `flow` | `FlowExtrapolation` with the window that suits the size of the frames |
/// | `flow:15` | the same with a window of 15 pixels, or any odd number |
/// | `blend` | `HindcastBlend` of `copy-last` and `flow` |
public enum Baselines {
    /// The baselines that every table shows beside a model.
    public static var usual: [any Forecaster] { [CopyLast(), FlowExtrapolation(), HindcastBlend()] }

    /// Their names.
    public static var usualNames: [String] { usual.map(\.name) }

    /// The largest allowed window, in pixels.
    private static let widestWindow = 255

    /// - Throws: `BaselineError` listing the known baselines.
    public static func named(_ name: String) throws(BaselineError) -> any Forecaster {
        if let usual = usual.first(where: { $0.name == name }) { return usual }
        guard name.hasPrefix("flow:") else {
            throw BaselineError(
                name: name,
                expected: (NearestName.of(name, among: usualNames).map { "did you mean \($0)? There are " }
                    ?? "there are ")
                    + "copy-last, flow, flow:WINDOW (such as flow:15) and blend")
        }
        guard let window = Int(name.dropFirst("flow:".count)), window % 2 == 1, (1...widestWindow).contains(window)
        else {
            throw BaselineError(
                name: name, expected: "the window is an odd number of pixels from 1 to \(widestWindow), such as flow:15"
            )
        }
        return FlowExtrapolation(windowSize: window)
    }
}

/// An unknown baseline.
public struct BaselineError: Error, CustomStringConvertible, Equatable {
    /// The requested name.
    public let name: String
    /// The known baselines, or what is wrong with this one.
    public let expected: String

    public var description: String { "no baseline is called '\(name)'; \(expected)" }
}
