import AuspexEvaluation
import AuspexMetrics
import AuspexSupport
import AuspexTensors
import AuspexVideo
import Foundation
import TestSupport
import Testing

@Suite("Inputs are scored as what they are, or refused")
struct ScoringInputTests {
    /// 2 clips of 3 frames of 8×8, `[B, T, C, H, W]` from 0 to 1, as OpenSTL saves them.
    private func floats(_ seed: UInt64) -> [Float] {
        RandomStream(seed: seed, name: "pixels").uniform([2, 3, 3, 8, 8]).scalars
    }

    private func write(_ values: [Float], _ fixtures: ScoringFixtures, _ name: String) throws {
        try Tensor(values, shape: [2, 3, 3, 8, 8]).writeNumPy(to: fixtures.path(name))
    }

    private var openSTL: ScoringSettings {
        var settings = ScoringSettings()
        settings.metrics = ["mse", "psnr"]
        (settings.axes, settings.range) = ("BTCHW", [0, 1])
        return settings
    }

    @Test func arraysAsOpenSTLSavesThem() throws {
        let fixtures = try ScoringFixtures()
        let (trues, preds) = (floats(1), floats(2))
        try write(trues, fixtures, "trues.npy")
        try write(preds, fixtures, "preds.npy")
        let report = try fixtures.score(Scoring(openSTL), "trues.npy", "preds.npy")
        // Nothing is rounded to bytes: the range's width is the peak.
        let squares = zip(trues, preds).map { pair -> Double in
            let difference = Double(pair.0) - Double(pair.1)
            return difference * difference
        }
        let expected = squares.reduce(0, +) / Double(squares.count)
        #expect(abs((report.metrics["mse"]?.value ?? 0) - expected) <= 1e-7 * expected)
        #expect(report.pairing == "by order" && report.clips == 2 && report.notes.isEmpty)
        #expect(report.settings == openSTL)
        #expect(report.sets.real.list.map(\.channels) == [3, 3])
    }

    /// 0…1 treated as −1…1 would give 6 dB too much.
    @Test func aRangeThatIsTooWideIsSaid() throws {
        let fixtures = try ScoringFixtures()
        try write(floats(1), fixtures, "a.npy")
        try write(floats(2).map { $0 - 0.05 }, fixtures, "b.npy")
        for (range, count) in [([Float(-1), 1], 2), ([0, 2], 2), ([-0.1, 1], 0)] {
            var settings = openSTL
            settings.range = range
            let notes = try fixtures.score(Scoring(settings), "a.npy", "b.npy").notes
            #expect(notes.count { $0.contains("if another range is meant") } == count, "\(range): \(notes)")
        }
    }

    /// Another order of axes than the array has.
    @Test func channelsThatAreNone() throws {
        let fixtures = try ScoringFixtures()
        try write(floats(1), fixtures, "a.npy")
        var settings = openSTL
        settings.axes = "BTHWC"
        let refusal = fixtures.refusal(Scoring(settings), "a.npy", "a.npy")
        #expect(
            refusal.contains("holds clips of 8 channels") && refusal.contains("say which side of the array is what"),
            "\(refusal)")
    }

    @Test func whatIsNoClip() throws {
        let fixtures = try ScoringFixtures()
        try Data("PK".utf8).write(to: URL(fileURLWithPath: fixtures.path("a.npz")))
        #expect(fixtures.refusal(Scoring(), "a.npz", "a.npz").contains("save it with np.save as .npy"))
    }

    @Test func whatAnArrayLeavesOpenIsRefused() throws {
        let fixtures = try ScoringFixtures()
        try write(floats(1), fixtures, "a.npy")
        var settings = openSTL
        settings.range = nil
        #expect(fixtures.refusal(Scoring(settings), "a.npy", "a.npy").contains("floats without a value range"))
        settings = openSTL
        settings.axes = nil
        #expect(fixtures.refusal(Scoring(settings), "a.npy", "a.npy").contains("name the order of the sides, BTCHW"))
    }

    /// Whichever metric comes first, of pairs or of sets.
    @Test(arguments: [["psnr"], ["ssim", "mse"], ["fvd"]]) func arraysWithAlpha(metrics: [String]) throws {
        let fixtures = try ScoringFixtures()
        let pixels = [UInt8](repeating: 9, count: 2 * 9 * 16 * 16 * 4)
        try Tensor(pixels, shape: [2, 9, 16, 16, 4]).writeNumPy(to: fixtures.path("a.npy"))
        var scoring = Scoring()
        (scoring.settings.metrics, scoring.registry) = (metrics, fixtures.registry)
        let refusal = fixtures.refusal(scoring, "a.npy", "a.npy")
        #expect(
            refusal.contains("clips of 4 channels") && refusal.contains("what alpha hides would be scored"),
            "\(refusal)")
    }

    /// Each pair fits by itself, and the pairs do not fit one another.
    @Test func pairsOfSeveralLengths() throws {
        let fixtures = try ScoringFixtures()
        for (name, seed) in [("a", UInt64(1)), ("b", 2)] {
            try fixtures.write(name, clips: 1, frames: 3, seed: seed)
            try fixtures.write(name + "-long", clips: 1, frames: 7, seed: seed)
            try fixtures.rename("\(name)-long/0000.mkv", to: "\(name)/0001.mkv")
        }
        let refusal = fixtures.refusal(Scoring(), "a", "b")
        #expect(refusal.contains("has 7 frames") && refusal.contains("cut both to 3"), "\(refusal)")
        var settings = ScoringSettings()
        settings.clipFrames = 3
        #expect(try fixtures.score(Scoring(settings), "a", "b").metrics["psnr"]?.perStep?.count == 3)
    }

    @Test func numbersThatAreNoPixels() throws {
        let fixtures = try ScoringFixtures()
        try write(floats(1), fixtures, "a.npy")
        var values = floats(2)
        // Clip 1, frame 2.
        values[576 + 2 * 192 + 5] = .nan
        try write(values, fixtures, "nan.npy")
        let refusal = fixtures.refusal(Scoring(openSTL), "a.npy", "nan.npy")
        #expect(refusal.contains("nan.npy[1]: frame 2 holds NaN or infinity"))
        var inPieces = Scoring(openSTL)
        inPieces.pieceBytes = 1
        #expect(fixtures.refusal(inPieces, "a.npy", "nan.npy") == refusal)
        // 0…255 said to be 0…1.
        try write(floats(2).map { $0 * 255 }, fixtures, "bytes.npy")
        #expect(
            fixtures.refusal(Scoring(openSTL), "a.npy", "bytes.npy").contains(
                "far outside the given range from 0.0 to 1.0"))
        // A network that shoots a little beyond its range is brought back, and that is said.
        values = floats(2)
        for place in 0..<288 { values[place] = 1.1 }
        try write(values, fixtures, "beyond.npy")
        let report = try fixtures.score(Scoring(openSTL), "a.npy", "beyond.npy")
        #expect(report.notes.contains { $0.contains("beyond.npy: 25.00% of the values were outside the given range") })
    }

    @Test func alphaIsRefused() throws {
        let fixtures = try ScoringFixtures()
        // 8×8 pixels of RGBA.
        let png =
            "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAYAAADED76LAAAAEklEQVR42mPgEpFrwIcZRoYCABDwLwG22b/cAAAAAElFTkSuQmCC"
        try FileManager.default.createDirectory(atPath: fixtures.path("a"), withIntermediateDirectories: true)
        try #require(Data(base64Encoded: png)).write(to: URL(fileURLWithPath: fixtures.path("a/0.png")))
        let refusal = fixtures.refusal(fixtures.scoring("mse"), "a", "a")
        #expect(refusal.contains("has an alpha channel (rgba), expected RGB or grey"), "\(refusal)")
    }

    /// Frames that are compared by their order must all be there, and of one form.
    @Test func foldersOfFramesWithOddOnesAreRefused() throws {
        let fixtures = try ScoringFixtures()
        let clip = Tensor((0..<8 * 64 * 3).map { UInt8($0 % 251) }, shape: [8, 8, 8, 3])
        for name in ["a", "gap", "cut", "small"] {
            try FileManager.default.createDirectory(atPath: fixtures.path(name), withIntermediateDirectories: true)
            try VideoWriter(fixtures.path("\(name)/clip"), frameIntervalSeconds: 0.1).write(clip)
        }
        func frame(_ name: String, _ number: Int) throws -> String {
            let folder = fixtures.path("\(name)/clip")
            return try "\(folder)/" + FileManager.default.contentsOfDirectory(atPath: folder).sorted()[number]
        }
        #expect(try fixtures.score(fixtures.scoring("mse"), "a", "a").metrics["mse"]?.value == 0)
        try FileManager.default.removeItem(atPath: frame("gap", 3))
        let cut = try frame("cut", 3)
        let bytes = try Data(contentsOf: URL(fileURLWithPath: cut))
        try bytes.prefix(bytes.count / 2).write(to: URL(fileURLWithPath: cut))
        let small = try frame("small", 2)
        try FileManager.default.removeItem(atPath: small)
        try FileManager.default.createDirectory(atPath: fixtures.path("other"), withIntermediateDirectories: true)
        try VideoWriter(fixtures.path("other/clip"), frameIntervalSeconds: 0.1).write(
            clip.sliced(1, from: 0, count: 4))
        try FileManager.default.copyItem(atPath: frame("other", 2), toPath: small)
        for (name, reason) in [
            ("gap", "is missing before it"), ("cut", "damaged or cut short"), ("small", "others of the folder are 8×8"),
        ] {
            for (real, predicted) in [("a", name), (name, "a")] {
                let refusal = fixtures.refusal(fixtures.scoring("mse"), real, predicted)
                #expect(refusal.contains(reason), "\(name): \(refusal)")
            }
        }
    }

    @Test func clipsWithoutPartners() throws {
        let fixtures = try ScoringFixtures()
        try fixtures.write("a", clips: 2, seed: 1)
        try fixtures.write("b", clips: 3, seed: 2)
        #expect(fixtures.refusal(fixtures.scoring("mse"), "b", "a").contains("has no clip named 0002 for "))
        #expect(fixtures.refusal(fixtures.scoring("mse"), "a", "b").contains("has no clip named 0002 for "))
    }

    /// A name that may not be looked at may be a folder's, whose ending is part of its name.
    @Test func namesThatMayNotBeLookedAt() throws {
        let fixtures = try ScoringFixtures()
        #expect(symlink("loop", fixtures.path("loop")) == 0)
        let error = #expect(throws: FileError.self) { try Pairing.key(fixtures.path("loop/s.1")) }
        #expect(error?.found == "\"Too many levels of symbolic links\"")
        #expect(try Pairing.key(fixtures.path("none/s.1")) == "s")
    }

    /// If folders of classes repeat names, the path distinguishes clips.
    @Test func classesRepeatNames() throws {
        let fixtures = try ScoringFixtures()
        for (seed, name) in ["a/cats", "a/dogs", "b/cats", "b/dogs"].enumerated() {
            try fixtures.write(name, clips: 1, seed: UInt64(seed % 2))
        }
        let report = try fixtures.score(fixtures.scoring("mse"), "a", "b")
        #expect(report.clips == 2 && report.metrics["mse"]?.value == 0)
        try fixtures.rename("b/dogs", to: "b/wolves")
        #expect(fixtures.refusal(fixtures.scoring("mse"), "a", "b").contains("has no clip named dogs/0000"))
    }
}
