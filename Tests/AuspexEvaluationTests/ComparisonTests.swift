import AuspexEvaluation
import AuspexMetrics
import AuspexModels
import AuspexSupport
import Foundation
import Testing

@Suite("An evaluation says in words who wins")
struct ComparisonTests {
    private func report(_ model: (Double, [Double]?), _ baselines: [String: (Double, [Double]?)], higher: Bool) throws
        -> EvaluationReport
    {
        var models: [String: Any] = [:]
        for (name, (value, interval)) in baselines.merging(["model": model], uniquingKeysWith: { $1 }) {
            var result: [String: Any] = [
                "value": value, "convention": "", "higherIsBetter": higher, "clips": 4, "notes": [String](),
            ]
            result["interval"] = interval
            models[name] = ["metrics": ["psnr": result]]
        }
        var plan = EvaluationProtocol(name: "test", size: 32, contextFrames: 2, predictedFrames: 2, clips: 4)
        plan.metrics = ["psnr"]
        let object: [String: Any] = [
            "schema": 1, "protocol": try JSONSerialization.jsonObject(with: JSONEncoder().encode(plan)),
            "frames": ["step": "", "crop": "", "filter": "", "colour": ""], "source": "clips", "clips": 4,
            "models": models, "published": [String: Any](), "notes": [String](), "clipList": [Any](),
        ]
        return try JSONDecoder().decode(
            EvaluationReport.self, from: JSONSerialization.data(withJSONObject: object))
    }

    @Test func words() throws {
        let both: [String: (Double, [Double]?)] = ["copy-last": (20, nil), "flow": (22, nil)]
        #expect(
            try report((25, nil), both, higher: true).comparison
                == "psnr: the model beats every baseline, the strongest of which is flow (25.00 against 22.00, higher is better)"
        )
        #expect(
            try report((21, nil), both, higher: true).comparison
                == "psnr: flow beats the model (21.00 against 22.00, higher is better)")
        #expect(
            try report((21, nil), both, higher: false).comparison
                == "psnr: copy-last beats the model (21.00 against 20.00, lower is better)")
        #expect(
            try report((25, [23, 27]), ["copy-last": (24, [22, 26])], higher: true).comparison
                == "psnr: the model beats copy-last (25.00 against 24.00, higher is better; the 95% intervals overlap, so more clips may change this)"
        )
        #expect(try report((20, nil), ["copy-last": (20, nil)], higher: true).comparison.contains("are equal"))
        #expect(try report((20, nil), [:], higher: true).comparison.isEmpty)
    }

    @Test func bairStatesItsSamplesBesideThePublishedValues() throws {
        var model = TrIVDGANConfiguration()
        model.contextFrames = 1
        let plan = try EvaluationProtocol.named("bair", for: model)
        let note = try #require(PublishedValue.samplesNote(protocol: "bair", samples: plan.samples))
        #expect(
            note.hasPrefix("this protocol takes 1 future of each of the 256 clips") && note.contains("100 of each clip")
        )
        var report = try report((25, nil), [:], higher: true)
        report.protocol.name = "bair"
        report.protocol.metrics = ["fvd"]
        report.published = ["fvd": PublishedValue.values(of: "fvd", protocol: "bair")]
        #expect(report.publishedText.hasSuffix("(\(note))"))
    }
}
