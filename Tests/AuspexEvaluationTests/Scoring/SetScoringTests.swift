import AuspexEvaluation
import AuspexMetrics
import AuspexSupport
import AuspexTensors
import AuspexVideo
import Foundation
import TestSupport
import Testing

@Suite("Sets, saved and cached features")
struct SetScoringTests {
    @Test func setsNeedNeitherPairsNorEqualCounts() throws {
        let fixtures = try ScoringFixtures()
        try fixtures.write("a", clips: 5, seed: 1)
        try fixtures.write("b", clips: 3, seed: 2)
        for clip in 0..<3 { try fixtures.rename("b/000\(clip).mkv", to: "c/other-\(clip).mkv") }
        let report = try fixtures.score(fixtures.scoring("fvd", "kvd"), "a", "c")
        #expect(report.pairing == "as sets" && report.clips == 3)
        #expect(report.sets.real.count == 5 && report.sets.predicted.count == 3)
        #expect(report.summary == "5 real and 3 predicted clips, as sets")
        // Once for each of the two, which are not made to share here.
        #expect(fixtures.networkClips == 16)
        let value = try #require(report.metrics["fvd"]?.value)
        #expect(value > 0)
        // The other way round it is the same distance.
        let turned = try fixtures.score(fixtures.scoring("fvd"), "c", "a")
        #expect(abs((turned.metrics["fvd"]?.value ?? 0) - value) <= 1e-6 * value)
        // Metrics of pairs beside those of sets want every clip to have a partner, and say what does without.
        let refusal = fixtures.refusal(fixtures.scoring("fvd", "psnr"), "a", "c")
        #expect(refusal.contains("has no clip named 0000") && refusal.contains("fvd and kvd alone compare sets"))
    }

    @Test func pairsAndSetsInOnePass() throws {
        let fixtures = try ScoringFixtures()
        try fixtures.write("a", clips: 4, seed: 1)
        try fixtures.write("b", clips: 4, seed: 2)
        let both = try fixtures.score(fixtures.scoring("psnr", "fvd"), "a", "b")
        #expect(both.pairing == "by name")
        let (psnr, fvd) = (
            try fixtures.score(fixtures.scoring("psnr"), "a", "b"),
            try fixtures.score(fixtures.scoring("fvd"), "a", "b")
        )
        #expect(both.metrics["psnr"] == psnr.metrics["psnr"])
        #expect(both.metrics["fvd"] == fvd.metrics["fvd"])
        #expect(both.sets == psnr.sets && both.sets == fvd.sets)
    }

    @Test func drawnClipsAreDrawnBySeed() throws {
        let fixtures = try ScoringFixtures()
        try fixtures.write("a", clips: 6, seed: 1)
        try fixtures.write("b", clips: 5, seed: 2)
        var scoring = fixtures.scoring("fvd")
        scoring.settings.clips = 3
        let first = try fixtures.score(scoring, "a", "b")
        #expect(first.sets.real.count == 3 && first.sets.predicted.count == 3)
        #expect(try fixtures.score(scoring, "a", "b") == first)
        scoring.settings.seed = 1
        let second = try fixtures.score(scoring, "a", "b")
        #expect(
            second.sets.real.list != first.sets.real.list || second.sets.predicted.list != first.sets.predicted.list)
        scoring.settings.clips = 6
        #expect(
            fixtures.refusal(scoring, "a", "b").contains(
                "has 5 clips, 6 were asked for: ask for no more than there are"))
    }

    @Test func formsThatDoNotFit() throws {
        let fixtures = try ScoringFixtures()
        try fixtures.write("a", clips: 2, seed: 1)
        try fixtures.write("long", clips: 2, frames: 12, seed: 2)
        try fixtures.write("large", clips: 2, size: 32, seed: 2)
        try fixtures.write("short", clips: 2, frames: 8, seed: 3)
        try fixtures.write("one", clips: 1, seed: 3)
        func refusal(_ predicted: String, _ change: (inout ScoringSettings) -> Void = { _ in }) -> String {
            var scoring = fixtures.scoring("fvd")
            change(&scoring.settings)
            return fixtures.refusal(scoring, "a", predicted)
        }
        #expect(refusal("long").contains("has 12 frames") && refusal("long").contains("cut both to 9"))
        #expect(refusal("long") { $0.clipFrames = 9 } == "no error")
        #expect(refusal("long") { $0.clipFrames = 10 }.contains("has 9 frames, 10 of every clip were asked for"))
        #expect(refusal("large").contains("has frames of 32×32") && refusal("large").contains("resize both"))
        #expect(refusal("large") { $0.size = 16 } == "no error")
        #expect(refusal("one").contains("found one predicted clip, expected at least two"))
        #expect(refusal("short") { $0.clipFrames = 8 }.contains("clips of 8 frames, expected at least 9"))
        #expect(fixtures.networkClips == 8, "what cannot be compared was put through the network")
    }

    @Test func savedFeaturesStandForClips() throws {
        let fixtures = try ScoringFixtures()
        try fixtures.write("a", clips: 4, seed: 1)
        try fixtures.write("b", clips: 3, seed: 2)
        try fixtures.write("c", clips: 5, seed: 3)
        var saving = fixtures.scoring("fvd", "kvd", "fvd:tats")
        saving.featuresPlace = try OutputPlace(fixtures.path("ab.safetensors"))
        let direct = try fixtures.score(saving, "a", "b")
        let before = fixtures.networkClips
        #expect(before == 21)
        let scoring = fixtures.scoring("fvd", "kvd", "fvd:tats")
        let both = try fixtures.score(scoring, "ab.safetensors", "ab.safetensors")
        #expect(both.metrics == direct.metrics && fixtures.networkClips == before)
        #expect(both.sets.real.list == direct.sets.real.list && both.sets.real.kind == "features")
        // One side saved, in either place.
        let expected = try fixtures.score(scoring, "a", "c")
        let known = try fixtures.score(scoring, "ab.safetensors", "c")
        #expect(known.metrics == expected.metrics)
        let turned = try fixtures.score(scoring, "c", "ab.safetensors@real")
        #expect(turned.metrics["fvd"]?.value == (try fixtures.score(scoring, "c", "a")).metrics["fvd"]?.value)
        // As many of them as are wanted.
        var drawn = scoring
        drawn.settings.clips = 3
        let (some, same) = (try fixtures.score(drawn, "ab.safetensors", "c"), try fixtures.score(drawn, "a", "c"))
        #expect(some.metrics == same.metrics && some.sets.real.list == same.sets.real.list)
    }

    @Test func featuresThatDoNotFit() throws {
        let fixtures = try ScoringFixtures()
        try fixtures.write("a", clips: 2, seed: 1)
        try fixtures.write("long", clips: 2, frames: 12, seed: 2)
        var saving = fixtures.scoring("fvd")
        saving.featuresPlace = try OutputPlace(fixtures.path("f.safetensors"))
        _ = try fixtures.score(saving, "a", "a")
        func refusal(_ scoring: Scoring, _ predicted: String) -> String {
            fixtures.refusal(scoring, "f.safetensors", predicted)
        }
        let fvd = fixtures.scoring("fvd")
        #expect(refusal(fvd, "long").contains("f.safetensors: ") && refusal(fvd, "long").contains("cut both to 9"))
        var cut = fvd
        cut.settings.clipFrames = 12
        #expect(refusal(cut, "long").contains("has 9 frames, 12 of every clip were asked for"))
        var resized = fvd
        resized.settings.size = 8
        #expect(refusal(resized, "a").contains("has features of 16×16 frames, 8×8 was asked for"))
        #expect(
            refusal(fixtures.scoring("psnr"), "a").contains(
                "found features, expected clips, whose pixels psnr compares"))
        #expect(refusal(fixtures.scoring("fvd:tats"), "a").contains("found features of frames prepared as published"))
        var saved = fixtures.scoring("psnr")
        saved.featuresPlace = try OutputPlace(fixtures.path("g.safetensors"))
        #expect(fixtures.refusal(saved, "a", "a").contains("none of psnr looks at features"))
    }

    @Test func aSecondModelIsHalfTheWork() throws {
        let fixtures = try ScoringFixtures()
        for (seed, name) in ["real", "first", "second"].enumerated() {
            try fixtures.write(name, clips: 4, seed: UInt64(seed + 1))
        }
        func score(_ predicted: String) throws -> (report: ScoringReport, cache: FeatureCache) {
            var scoring = fixtures.scoring("fvd")
            let cache = FeatureCache(folder: fixtures.path("cache"))
            scoring.cache = cache
            return (try fixtures.score(scoring, "real", predicted), cache)
        }
        #expect(try score("first").cache.counts == (0, 8))
        let second = try score("second")
        #expect(second.cache.counts == (4, 4))
        #expect(second.report.metrics == (try fixtures.score(fixtures.scoring("fvd"), "real", "second")).metrics)
        // Under another name the pixels are the same.
        try fixtures.rename("second", to: "elsewhere")
        #expect(try score("elsewhere").cache.counts == (8, 0))
    }
}
