import AuspexSupport

extension Explanation.Event {
    /// The event in words; nil for events that only advance the progress bar.
    public var text: String? {
        switch self {
        case .planned(let cost): cost.text
        case .defined(let metric, let value): "\(metric) as defined: \(NumberText.rounded(value))."
        case .expected(let expectation): expectation.text
        case .screened(let worthwhile, let all):
            "\(worthwhile) of \(all, "deviation") may explain it and are computed on all clips."
        case .pairing(let chosen, let all):
            "No single deviation explains it: \(chosen) of \(all, "pair") that need new passes are computed."
        case .stage, .done: nil
        }
    }
}

extension Explanation.Cost {
    var text: String {
        "Clips through the network: \(definition) for the definition, "
            + (screening.map {
                "\($0) for a first look at \(passes, "other pass", "other passes"), at most \(singles - $0) more to compute them"
            }
                ?? "\(singles) for \(passes, "other pass", "other passes")")
            + "; pairs, where they are wanted, come on top."
    }
}

extension Explanation.Expectation {
    package var text: String {
        guard clips > 0 else { return "No other clips have to go through the network." }
        guard let secondsPerClip else {
            return "The deviations need \(clips, "clip") more; those so far were all in the cache, which takes seconds."
        }
        return "The deviations take about \(Self.minutes(Double(clips) * secondsPerClip)) "
            + "at \(NumberText.rounded(secondsPerClip, digits: 2)) s a clip, less what the cache has"
            + (isFirstLook ? "; and as much again or more for those that may explain the value." : ".")
    }

    private static func minutes(_ seconds: Double) -> String {
        seconds < 90 ? "\(Int(seconds.rounded(.up))) s" : "\(Int((seconds / 60).rounded(.up))) min"
    }
}

extension Explanation.Plan: Report {
    /// A row for each deviation, and how many clips they take.
    public var text: String {
        var table = TextTable(header: ["deviation", ""])
        for deviation in deviations { table.add([deviation.name, deviation.summary]) }
        let cost = Explanation.Cost(
            definition: definitionClips, singles: singleClips, screening: screeningClips, passes: passes)
        return [table.text, "", cost.text].joined(separator: "\n")
    }
}
