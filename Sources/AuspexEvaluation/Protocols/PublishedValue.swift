import AuspexSupport

/// A value that a paper reports, to be shown beside a result of the same protocol.
public struct PublishedValue: Codable, Sendable, Equatable {
    /// The model's name in the paper.
    public var model: String
    /// The value, in the metric's unit.
    public var value: Double
    /// The paper, and the table that has the value.
    public var source: String

    /// How many futures per clip the papers' values of a protocol are based on, in one sentence; nil if all use one per clip.
    public static func samplesNote(protocol name: String, samples: Int) -> String? {
        guard name == "bair" else { return nil }
        return
            "this protocol takes \(samples, "future") of each of the 256 clips, and fvd sees one of each; several "
            + "papers take 100 of each clip (25,600 videos) for their value, and Fréchet distances decrease with sample size"
    }

    /// The reported values of a metric under a protocol, the best last; empty where none are known.
    public static func values(of metric: String, protocol name: String) -> [PublishedValue] {
        // Papers report this metric by the convention that `fvd` names; other metrics and conventions would give other numbers.
        metric == "fvd" ? frechetVideoDistances[name] ?? [] : []
    }

    private static let frechetVideoDistances: [String: [PublishedValue]] = [
        "kinetics600-64": [
            .init(model: "Video Transformer", value: 170, source: "Weissenborn et al. 2020, arXiv:1906.02634"),
            .init(model: "CogVideo", value: 109.2, source: "Hong et al. 2022, arXiv:2205.15868"),
            .init(model: "DVD-GAN-FP", value: 69.1, source: "Clark et al. 2019, arXiv:1907.06571"),
            .init(model: "CCVS", value: 55.0, source: "Le Moing et al. 2021, arXiv:2107.08037"),
            .init(model: "Phenaki", value: 36.4, source: "Villegas et al. 2022, arXiv:2210.02399"),
            .init(model: "TrIVD-GAN-FP", value: 25.7, source: "Luc et al. 2020, arXiv:2003.04035"),
            .init(model: "Transframer", value: 25.4, source: "Nash et al. 2022, arXiv:2203.09494"),
            .init(model: "MAGVIT-B", value: 24.5, source: "Yu et al. 2023, arXiv:2212.05199"),
            .init(model: "RaMViD", value: 16.5, source: "Höppe et al. 2022, arXiv:2206.07696"),
            .init(model: "Video Diffusion", value: 16.2, source: "Ho et al. 2022, arXiv:2204.03458"),
            .init(model: "RIN", value: 10.8, source: "Jabri et al. 2023, arXiv:2212.11972"),
            .init(model: "MAGVIT-L", value: 9.9, source: "Yu et al. 2023, arXiv:2212.05199"),
            .init(model: "MAGVIT-v2", value: 4.3, source: "Yu et al. 2024, arXiv:2310.05737"),
            .init(model: "W.A.L.T-L", value: 3.3, source: "Gupta et al. 2023, arXiv:2312.06662"),
        ],
        "bair": [
            .init(model: "DVD-GAN-FP", value: 109.8, source: "Clark et al. 2019, arXiv:1907.06571"),
            .init(model: "TrIVD-GAN-FP", value: 103.3, source: "Luc et al. 2020, arXiv:2003.04035"),
            .init(model: "VideoGPT", value: 103.3, source: "Yan et al. 2021, arXiv:2104.10157"),
            .init(model: "Transframer", value: 100, source: "Nash et al. 2022, arXiv:2203.09494"),
            .init(model: "Video Transformer", value: 94, source: "Weissenborn et al. 2020, arXiv:1906.02634"),
            .init(model: "NÜWA", value: 86.9, source: "Wu et al. 2021, arXiv:2111.12417"),
            .init(model: "RaMViD", value: 84.2, source: "Höppe et al. 2022, arXiv:2206.07696"),
            .init(model: "MAGVIT-B", value: 76, source: "Yu et al. 2023, arXiv:2212.05199"),
        ],
    ]
}
