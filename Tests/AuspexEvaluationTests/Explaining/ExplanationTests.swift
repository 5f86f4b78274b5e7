import AuspexEvaluation
import AuspexMetrics
import AuspexStatistics
import AuspexSupport
import AuspexTensors
import AuspexVideo
import Foundation
import TestSupport
import Testing

/// Two sets of clips as files, wider than high, the predicted ones drawn by another hand.
private final class Sets {
    let folder: TemporaryFolder
    let real: Tensor
    let predicted: Tensor
    var realPath: String { folder.file("real.npy") }
    var predictedPath: String { folder.file("predicted.npy") }

    init(clips: Int = 8, frames: Int = 14) throws {
        folder = try TemporaryFolder()
        func drawn(_ seed: UInt64) throws -> Tensor {
            let request = ClipRequest(frames: frames, size: FrameSize(height: 24, width: 32))
            let stream = RandomStream(seed: seed, name: "clips")
            let clips = try (0..<clips).map { try MovingShapes().clip(at: $0, from: stream, request: request).frames }
            return joined(clips.map { $0.reshaped(to: [1] + $0.shape) }, along: 0)
        }
        real = try drawn(1)
        predicted = changed(try drawn(2)) { UInt8(min(255, Int($0) + Int($0) / 8)) }
        try real.writeNumPy(to: folder.file("real.npy"))
        try predicted.writeNumPy(to: folder.file("predicted.npy"))
    }
}

private func changed(_ clips: Tensor, _ body: (UInt8) -> UInt8) -> Tensor {
    Tensor(clips.scalars(as: UInt8.self).map(body), shape: clips.shape)
}

private func bgr(_ clips: Tensor) -> Tensor {
    let pixels = clips.scalars(as: UInt8.self)
    return Tensor(pixels.indices.map { pixels[$0 - $0 % 3 + 2 - $0 % 3] }, shape: clips.shape)
}

private func limited(_ clips: Tensor) -> Tensor {
    changed(clips) { UInt8((16 + Double($0) * 219 / 255).rounded()) }
}

private let fake: @Sendable (FramePreparation) throws -> FeatureExtractor = {
    FeatureExtractor(preparation: $0, featureSize: PlainPipeline.featureSize, network: PlainPipeline.network)
}

@Suite struct ExplanationTests {
    /// Seventeen causes, each computed by code that `explain` has no part in.
    @Test func plantedCausesRankFirst() throws {
        let sets = try Sets()
        let (real, predicted) = (sets.real, sets.predicted)
        func number(
            _ pipeline: PlainPipeline = PlainPipeline(), _ first: Tensor? = nil, _ second: Tensor? = nil,
            divisor: FeatureStatistics.Divisor = .lessOne
        ) -> Double {
            FrechetDistance.between(
                pipeline.features(first ?? real), pipeline.features(second ?? predicted), divisor: divisor)
        }
        func frames(_ clips: Tensor, from first: Int, count: Int) -> Tensor {
            clips.sliced(1, from: first, count: count)
        }
        let planted: [(name: String, value: Double)] = [
            ("", number()),
            ("resize:centred", number(PlainPipeline(place: PlainPipeline.centred))),
            ("resize:aligned", number(PlainPipeline(place: PlainPipeline.aligned))),
            ("resize:nearest", number(PlainPipeline(isLinear: false))),
            ("crop:centre", number(PlainPipeline(isCropped: true))),
            ("range:unit", number(PlainPipeline(scale: 1.0 / 255, offset: 0))),
            ("order:bgr:predicted", number(PlainPipeline(), real, bgr(predicted))),
            ("levels:limited:predicted", number(PlainPipeline(), real, limited(predicted))),
            ("levels:limited", number(PlainPipeline(), limited(real), limited(predicted))),
            (
                "frames:predicted-only",
                number(PlainPipeline(), frames(real, from: 5, count: 9), frames(predicted, from: 5, count: 9))
            ),
            (
                "frames:first-10",
                number(PlainPipeline(), frames(real, from: 0, count: 10), frames(predicted, from: 0, count: 10))
            ),
            (
                "frames:first-doubled:predicted",
                number(
                    PlainPipeline(), real,
                    joined([frames(predicted, from: 0, count: 1), frames(predicted, from: 0, count: 13)], along: 1))
            ),
            (
                "frames:last-doubled:real",
                number(
                    PlainPipeline(),
                    joined([frames(real, from: 1, count: 13), frames(real, from: 13, count: 1)], along: 1), predicted)
            ),
            (
                "frames:without-first",
                number(PlainPipeline(), frames(real, from: 1, count: 13), frames(predicted, from: 1, count: 13))
            ),
            (
                "clips:half",
                number(PlainPipeline(), real.sliced(0, from: 0, count: 4), predicted.sliced(0, from: 0, count: 4))
            ),
            ("divisor:n", number(divisor: .all)),
            (
                "as:videogpt",
                number(PlainPipeline(place: PlainPipeline.centred, isCropped: true, scale: 1.0 / 255, offset: -0.5))
            ),
        ]
        var explanation = Explanation(reported: try ReportedValue("0"))
        explanation.contextFrames = 5
        explanation.pairs = .none
        let values = try planted.map { try ReportedValue(String(format: "%.3f", $0.value)) }
        let reports = try explanation.explain(
            values, real: sets.realPath, predicted: sets.predictedPath, extractor: fake)
        for ((name, value), report) in zip(planted, reports) {
            let best = name.isEmpty ? report.definition : try #require(report.singles.first)
            #expect(best.deviations == (name.isEmpty ? [] : [name]), "\(value)\n\(report.table())")
            #expect(best.verdict == .explains, "\(name)\n\(report.table())")
            #expect(
                report.conclusion.contains(name.isEmpty ? "is what the definition gives" : "is explained by \(name)"))
        }
    }

    /// Two at once, one of which is free, are found where no single one explains.
    @Test func pairs() throws {
        let sets = try Sets()
        let pipeline = PlainPipeline(place: PlainPipeline.centred)
        let value = FrechetDistance.between(
            pipeline.features(sets.real), pipeline.features(bgr(sets.predicted)), divisor: .all)
        let both = PlainPipeline(place: PlainPipeline.aligned)
        let free = FrechetDistance.between(
            both.features(sets.real), both.features(sets.predicted), divisor: .all)
        var explanation = Explanation(reported: try ReportedValue("0"))
        explanation.axes = [.resize, .order, .divisor]
        let reports = try explanation.explain(
            [ReportedValue("\(free)"), ReportedValue("\(value)")], real: sets.realPath, predicted: sets.predictedPath,
            extractor: fake)
        #expect(reports[0].pairs.first?.deviations == ["resize:aligned", "divisor:n"], "\(reports[0].table())")
        #expect(reports[0].pairs.first?.verdict == .explains)
        #expect(reports[0].conclusion.contains("No single deviation gives"))
        // Three at once are neither single nor pair.
        #expect(reports[1].singles.allSatisfy { $0.verdict != .explains })
        #expect(reports[1].pairsTried > reports[0].pairsTried / 2)
    }

    @Test func noneExplains() throws {
        let sets = try Sets()
        var explanation = Explanation(reported: try ReportedValue("123456"))
        explanation.axes = [.resize, .divisor]
        let report = try explanation.explain(
            [explanation.reported], real: sets.realPath, predicted: sets.predictedPath, extractor: fake)[0]
        #expect(report.conclusion.hasPrefix("None explains 123456"))
        #expect(
            ([report.definition] + report.singles + report.pairs).allSatisfy {
                $0.verdict == .no || $0.verdict == .same
            })
    }

    /// The text shows the informative rows, the nearest of the others, and how many more there are.
    @Test func theTableLeavesOutWhatIsFarOff() throws {
        let sets = try Sets()
        var explanation = Explanation(reported: try ReportedValue("123456"))
        explanation.axes = [.resize, .order, .divisor]
        explanation.pairs = .none
        let report = try explanation.explain(
            [explanation.reported], real: sets.realPath, predicted: sets.predictedPath, extractor: fake)[0]
        let refuted = report.singles.filter { $0.verdict == .no }
        let lines = report.table(refuted: 3).split(separator: "\n").map(String.init)
        // Its heading, the definition, three; then words.
        #expect(lines[1].hasPrefix("as defined"))
        #expect(zip(lines[2...4], refuted).allSatisfy { $0.hasPrefix($1.name + " ") }, "\(lines)")
        #expect(lines[5] == "\(refuted.count - 3) more do not explain it; the full table has them.")
        #expect(lines.last?.hasPrefix("SE: ") == true)
        let all = report.table()
        #expect(report.singles.allSatisfy { all.contains("\n\($0.name) ") } && !all.contains("the full table"))
    }

    /// A first look at few clips leaves out what cannot be, and keeps the cause.
    @Test func screening() throws {
        let sets = try Sets(clips: 24, frames: 9)
        let pipeline = PlainPipeline(scale: 1.0 / 255, offset: 0)
        let value = FrechetDistance.between(pipeline.features(sets.real), pipeline.features(sets.predicted))
        var explanation = Explanation(reported: try ReportedValue(String(format: "%.3f", value)))
        explanation.axes = [.range, .order]
        explanation.screen = 8
        var stages: [Int] = []
        let report = try explanation.explain(
            [explanation.reported], real: sets.realPath, predicted: sets.predictedPath,
            tell: { if case .stage(let clips) = $0 { stages.append(clips) } }, extractor: fake)[0]
        #expect(report.singles[0].deviations == ["range:unit"] && report.singles[0].verdict == .explains)
        #expect(report.singles.contains { $0.estimatedFromClips == 8 && $0.verdict == .no })
        #expect(report.singles.allSatisfy { $0.estimatedFromClips == nil || $0.standardError == nil })
        // 48 for the definition; 5 ranges and BGR of both sets on 8 clips; what may explain on 16 more.
        #expect(stages.count == 3 && stages[0] == 48 && stages[1] == 12 * 8)
        #expect(stages[2] < 12 * 16 && stages[2] % 16 == 0)
    }

    @Test func whatChangesNothingIsSaid() throws {
        let sets = try Sets(clips: 4, frames: 9)
        let square = sets.real.sliced(3, from: 0, count: 24)
        try square.writeNumPy(to: sets.folder.file("square.npy"))
        let explanation = Explanation(reported: try ReportedValue("1"))
        let names = try explanation.plan(
            real: sets.folder.file("square.npy"), predicted: sets.folder.file("square.npy")
        )
        .deviations.map(\.name)
        // Nine frames are the fewest that the network takes, so off-by-one variants keep their number.
        let frames = names.filter { $0.hasPrefix("frames") }
        #expect(frames.count == 6 && frames.allSatisfy { $0.contains("-doubled") }, "\(frames)")
        #expect(!names.contains { $0.hasPrefix("crop") })
        let wide = try explanation.plan(real: sets.realPath, predicted: sets.predictedPath)
        #expect(wide.deviations.contains { $0.name == "crop:centre" })
        #expect(wide.definitionClips == 8 && wide.screeningClips == nil)
    }

    @Test func deviationsAreFromTheMetricThatIsAskedFor() throws {
        let sets = try Sets(clips: 4, frames: 9)
        var explanation = Explanation(reported: try ReportedValue("1"))
        func names(_ metric: String) throws -> [String] {
            explanation.metric = metric
            return try explanation.plan(real: sets.realPath, predicted: sets.predictedPath).deviations.map(\.name)
        }
        let cropped = try names("fvd:videogpt")
        #expect(cropped.contains("crop:none") && !cropped.contains("crop:centre"))
        #expect(cropped.contains("range:signed") && !cropped.contains("range:half"))
        #expect(cropped.contains("resize:corner") && !cropped.contains("resize:centred"))
        #expect(cropped.contains("as:fvd") && !cropped.contains("as:videogpt"))
        #expect(try names("fvd:styleganv").contains("divisor:n-1"))
        let kernels = try names("kvd")
        #expect(kernels.contains("kernel:plain") && !kernels.contains { $0.hasPrefix("divisor") || $0.hasPrefix("as") })
    }

    @Test func badInput() throws {
        let sets = try Sets(clips: 4, frames: 9)
        func refusal(
            _ change: (inout Explanation) -> Void = { _ in }, real: String? = nil, predicted: String? = nil
        ) -> String {
            do {
                var explanation = Explanation(reported: try ReportedValue("1"))
                change(&explanation)
                _ = try explanation.explain(
                    [explanation.reported], real: real ?? sets.realPath, predicted: predicted ?? sets.predictedPath,
                    extractor: fake)
                return "no error"
            } catch { return "\(error)" }
        }
        try sets.real.sliced(0, from: 0, count: 1).writeNumPy(to: sets.folder.file("one.npy"))
        try sets.real.sliced(1, from: 0, count: 8).writeNumPy(to: sets.folder.file("eight.npy"))
        let (one, eight) = (sets.folder.file("one.npy"), sets.folder.file("eight.npy"))
        #expect(refusal { $0.metric = "fvdd" }.contains("no metric is called 'fvdd'; did you mean 'fvd'?"))
        #expect(refusal { $0.metric = "psnr" }.contains("expected one of fvd, fvd:styleganv"))
        #expect(refusal(predicted: one).contains("found one predicted clip, expected at least two"))
        #expect(refusal(real: eight, predicted: eight).contains("found clips of 8 frames, expected at least 9"))
        #expect(refusal(predicted: eight).contains("cut both to 8"))
        #expect(refusal { $0.clipFrames = 10 }.contains("has 9 frames, 10 of every clip were asked for"))
        #expect(refusal { $0.contextFrames = 9 }.contains("expected more than the context"))
        #expect(refusal { $0.reported = try! ReportedValue("-1") }.contains("never below 0"))
        #expect(refusal(real: "none").contains("none: no such file"))
        // Of either set.
        let size = Array(sets.predicted.shape.dropLast())
        let alpha = sets.folder.file("alpha.npy")
        try Tensor([UInt8](repeating: 7, count: size.reduce(4, *)), shape: size + [4]).writeNumPy(to: alpha)
        #expect(refusal(predicted: alpha).contains("clips of 4 channels"))
        #expect(refusal(real: alpha).contains("what alpha hides would be scored"))
    }

    /// Impossible requests are reported.
    @Test func contextThatLeavesTooLittle() throws {
        let sets = try Sets(clips: 4, frames: 11)
        var explanation = Explanation(reported: try ReportedValue("2.5"))
        explanation.axes = [.divisor]
        func notes(_ context: Int?) throws -> [String] {
            explanation.contextFrames = context
            return try explanation.explain(
                [explanation.reported], real: sets.realPath, predicted: sets.predictedPath, extractor: fake)[0].notes
        }
        #expect(try notes(5).contains { $0.contains("without it 6 frames would be left, and the network needs 9") })
        #expect(try !notes(2).contains { $0.contains("context") })
    }

    /// Clips that the cache knows take no time, and say nothing of how long the others will take.
    @Test func theExpectedTimeIsOfClipsThatAreNotInTheCache() throws {
        let sets = try Sets(clips: 6, frames: 11)
        let cache = FeatureCache(folder: sets.folder.file("cache"))
        let secondsPerClip = 0.05
        func messages(_ axes: Set<PipelineVariant.Axis>) throws -> [String] {
            var explanation = Explanation(reported: try ReportedValue("2.5"))
            (explanation.axes, explanation.cache, explanation.pairs) = (axes, cache, .none)
            var messages: [String] = []
            _ = try explanation.explain(
                [explanation.reported], real: sets.realPath, predicted: sets.predictedPath,
                tell: { if let text = $0.text { messages.append(text) } },
                extractor: { preparation in
                    FeatureExtractor(
                        preparation: preparation, featureSize: PlainPipeline.featureSize, cache: cache, checksum: "slow"
                    ) { clips in
                        Thread.sleep(forTimeInterval: secondsPerClip * Double(clips.shape[0]))
                        return PlainPipeline.network(clips)
                    }
                })
            return messages
        }
        _ = try messages([.divisor])
        // The definition's twelve clips are known now, those in other colours are not.
        let expected = try #require(try messages([.order]).first { $0.contains("take about") })
        let rate = try #require(expected.firstMatch(of: /at ([0-9.]+) s a clip/))
        #expect(try #require(Double(rate.1)) >= secondsPerClip, "\(expected)")
        // And now all are.
        let known = try messages([.order])
        #expect(known.contains { $0.contains("were all in the cache") }, "\(known)")
        #expect(try messages([.divisor]).contains("No other clips have to go through the network."))
    }

    /// What repeats a row is in the JSON.
    @Test func settingsSurviveTheirCoding() throws {
        let sets = try Sets(clips: 4, frames: 11)
        var explanation = Explanation(reported: try ReportedValue("2.5"))
        explanation.axes = [.order, .divisor, .frames]
        explanation.pairs = .none
        let report = try explanation.explain(
            [explanation.reported], real: sets.realPath, predicted: sets.predictedPath, extractor: fake)[0]
        let data = try JSONEncoder().encode(report)
        let read = try JSONDecoder().decode(ExplanationReport.self, from: data)
        #expect(read.singles.map(\.recipe) == report.singles.map(\.recipe))
        let text = String(decoding: data, as: UTF8.self)
        #expect(text.contains(#""distance":"frechet\/n""#) || text.contains(#""distance":"frechet/n""#))
        #expect(text.contains(#""preparation":"corner+squeezed+bgr+kept+signed""#))
    }
}
