import AuspexSupport

/// Forecasters that learn nothing, by name: what a model is compared with.
///
/// | name | |
/// |---|---|
/// | `copy-last` | `CopyLast` |
/// | `flow` | `FlowExtrapolation` with the window that suits the size of the frames |
/// | `flow:15` | the same with a window of 15 pixels, or any odd number |
/// | `blend` | `HindcastBlend` of `copy-last` and `flow` |
public enum Baselines {
    /// What every table carries beside a model.
    public static var usual: [any Forecaster] { [CopyLast(), FlowExtrapolation(), HindcastBlend()] }

    /// The names of those.
    public static var usualNames: [String] { usual.map(\.name) }

    /// The widest window that can be asked for, in pixels.
    private static let widestWindow = 255

    /// - Throws: `BaselineError` naming what there is.
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

/// A baseline that does not exist.
public struct BaselineError: Error, CustomStringConvertible, Equatable {
    /// What was asked for.
    public let name: String
    /// What there is, or what is wrong with it.
    public let expected: String

    public var description: String { "no baseline is called '\(name)'; \(expected)" }
}
