import AuspexMetrics
import AuspexSupport

extension EvaluationReport: Report {
    /// The settings, a row for each forecaster, who wins, how far pixels' paths are from the true ones, what papers report, and the curves against the horizon.
    public var text: String {
        ([heading + "\n" + table] + [comparison, motionTable, publishedText, curve].filter { !$0.isEmpty })
            .joined(separator: "\n\n")
    }

    /// The settings, in one line.
    public var heading: String {
        "\(`protocol`.name): \(clips, "clip") of \(source), \(`protocol`.size), \(`protocol`.contextFrames) → \(`protocol`.predictedFrames, "frame")"
    }

    /// A row for each forecaster: every metric with half the width of its 95% interval.
    public var table: String {
        var table = TextTable(header: [""] + `protocol`.metrics)
        for name in names {
            guard let scores = models[name] else { continue }
            let samples = `protocol`.samples
            table.add(
                [scores.best == nil ? name : "\(name), mean of \(samples)"]
                    + `protocol`.metrics.map { Self.cell(scores.metrics[$0]) })
            if let best = scores.best, let worst = scores.worst {
                table.add(["  best of \(samples)"] + `protocol`.metrics.map { Self.cell(best[$0]) })
                table.add(["  worst of \(samples)"] + `protocol`.metrics.map { Self.cell(worst[$0]) })
            }
        }
        return table.text
    }

    /// A row for each forecaster that follows pixels: the endpoint error, by what pixels show; empty if true paths are not known.
    public var motionTable: String {
        let followers = names.compactMap { name in models[name]?.motion.map { (name, $0) } }
        guard let shares = followers.first?.1.endpointError else { return "" }
        let groups = MotionScores.Group.allCases.filter { shares[$0.rawValue] != nil }
        var table = TextTable(header: ["endpoint error, pixels"] + groups.map(\.heading))
        for (name, scores) in followers {
            table.add(
                [name] + groups.map { NumberText.measured(scores.endpointError[$0.rawValue]?.value ?? .nan) })
        }
        table.add(["share of pixels"] + groups.map { NumberText.measured(shares[$0.rawValue]?.share ?? .nan) })
        return table.text
    }

    /// A row for each predicted step: every metric of every forecaster.
    public var curve: String {
        let curves = metricsWithCurves
        guard !curves.isEmpty else { return "" }
        var table = TextTable(header: ["step"] + curves.flatMap { metric in names.map { "\(metric) \($0)" } })
        for step in 0..<`protocol`.predictedFrames {
            table.add(
                ["\(step + 1)"]
                    + curves.flatMap { metric in
                        names.map { NumberText.measured(models[$0]?.metrics[metric]?.perStep?[step] ?? .nan) }
                    })
        }
        return table.text
    }

    /// For every metric that papers report under this protocol, their values; empty if there are none.
    public var publishedText: String {
        `protocol`.metrics.compactMap { metric in
            guard let values = published[metric] else { return nil }
            var table = TextTable(header: ["published \(metric)", "value", "source"])
            for value in values { table.add([value.model, NumberText.measured(value.value), value.source]) }
            let note = PublishedValue.samplesNote(protocol: `protocol`.name, samples: `protocol`.samples)
            return table.text + (note.map { "\n(\($0))" } ?? "")
        }.joined(separator: "\n\n")
    }

    /// The notes of the report and of its metrics, each once.
    public var allNotes: [String] {
        var seen: Set<String> = []
        let samples = `protocol`.samples
        let ofMetrics = names.flatMap { name in
            [
                (name, models[name]?.metrics), ("\(name), best of \(samples)", models[name]?.best),
                ("\(name), worst of \(samples)", models[name]?.worst),
            ].flatMap { whose, results in
                `protocol`.metrics.flatMap { metric in
                    (results?[metric]?.notes ?? []).map { "\(whose), \(metric): \($0)" }
                }
            }
        }
        return (notes + ofMetrics).filter { seen.insert($0).inserted }
    }

    private static func cell(_ result: MetricResult?) -> String {
        guard let result else { return "" }
        // The lower end may be clipped at 0.
        // The farther end: the nearer one may be clipped at a limit of the metric.
        let interval =
            result.interval.map { " ±" + NumberText.measured(max($0[1] - result.value, result.value - $0[0])) } ?? ""
        return NumberText.measured(result.value) + interval
    }
}
