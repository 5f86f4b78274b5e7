import AuspexSupport

/// Maps the remedies of library errors to command-line options; the only place that knows these names.
enum FlagHints {
    /// An error's text with the options that its remedies refer to.
    static func text(of error: any Error) -> String { "\(error)" + hint(for: error) }

    /// The options in brackets, to be put after the error's text: ` (--range 0,1)`; empty where no option would avoid the error.
    static func hint(for error: any Error) -> String {
        guard let error = error as? any RemediableError, !error.remedies.isEmpty else { return "" }
        return " (\(error.remedies.map(words).joined(separator: ", ")))"
    }

    /// An option with its value, or a command.
    private static func words(_ remedy: Remedy) -> String {
        switch remedy {
        case .axes(let orders): option("--axes", among: orders)
        case .valueRange(let ranges):
            option("--range", among: ranges.map { "\(short($0.lowerBound)),\(short($0.upperBound))" })
        case .frameRate: "--frame-rate"
        case .readTimeout: "--timeout SECONDS"
        case .source: "--data SOURCE"
        case .className: "--class"
        case .clipFrames(let frames): option("--clip-frames", among: frames.map { ["\($0)"] } ?? [])
        case .clipCount: "--clips"
        case .contextFrames: "--context-frames"
        case .predictedFrames: "--frames"
        case .samples: "--samples"
        case .frameSize: "--size N"
        case .startTime: "--at"
        case .metrics(let names): option("--metrics", among: [names.joined(separator: ",")])
        case .metric: "--metric"
        case .precision(let name): option("--precision", among: [name])
        case .evaluationProtocol: "--protocol"
        case .sameClips: "--same-clips"
        case .keepFeatures: "'auspex score REAL PREDICTED --save-features FILE'"
        case .reportedValue: "--reported"
        case .threshold: "--fail-if"
        case .assignment: "--set"
        case .output: "--out"
        case .overwrite: "--force"
        case .resume: "--resume"
        case .train: "'auspex train'"
        case .inspectFile: "'auspex inspect'"
        case .inspectSource: "'auspex data inspect'"
        case .synthesize: "'auspex data synthesize'"
        case .evaluate: "'auspex evaluate'"
        case .score: "'auspex score REAL PREDICTED --json > result.json'"
        case .fetchWeights(let package): "'auspex weights fetch \(package)'"
        case .importWeights: "'auspex weights import FILE'"
        }
    }

    /// An option with each of the values that would do.
    private static func option(_ name: String, among values: [String]) -> String {
        values.isEmpty ? name : values.map { "\(name) \($0)" }.joined(separator: " or ")
    }

    /// As people write it: 0, not 0.0.
    private static func short(_ number: Float) -> String {
        let text = "\(number)"
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}
