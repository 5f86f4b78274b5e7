import AuspexEvaluation
import AuspexMetrics
import AuspexPretrained
import AuspexRuns
import AuspexSupport
import AuspexTensors
import AuspexVideo
import Foundation
import TestSupport
import Testing

/// Numbers that other code gives when it departs from FVD's definition in a known way (`tools/oracles/planted_causes.py`: PyTorch, Pillow, the program ffmpeg,
/// cd-fvd's network, SciPy), for `explain` to find the way.
@Suite(
    .enabled(
        if: FileManager.default.fileExists(atPath: WeightsStore.standard.path(of: .i3d)),
        "needs weights: 'auspex weights fetch i3d'"),
    .serialized)
struct PlantedCausesTests {
    /// Six drawn clips of 14 frames, and ghosts for predictions.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["AUSPEX_DEEP"] != nil, "takes minutes: set AUSPEX_DEEP"))
    func drawnClips() throws {
        let folder = try TemporaryFolder()
        var synthesis = Synthesis()
        (synthesis.clips, synthesis.frames, synthesis.seed, synthesis.format) = (6, 14, 5, .npy)
        _ = try synthesis.write("moving-shapes", to: folder.path)
        let array = try NumPyArray(path: folder.file("moving-shapes.npy"))
        let real = try array.rows(0..<6).sliced(2, from: 8, count: 48)
        try real.writeNumPy(to: folder.file("real.npy"))
        try ghosts(real).writeNumPy(to: folder.file("predicted.npy"))
        let golden = try #require(
            Bundle.module.url(forResource: "planted_causes", withExtension: "json", subdirectory: "Golden"))
        try expectCausesFound(in: folder.path, reported: golden)
    }

    /// The same on clips that `planted_causes.py clips` cut from real videos.
    @Test(
        .enabled(
            if: ProcessInfo.processInfo.environment["AUSPEX_PLANTED_CLIPS"] != nil,
            "a longer test of tools/check-deep"))
    func realClips() throws {
        let folder = try #require(ProcessInfo.processInfo.environment["AUSPEX_PLANTED_CLIPS"])
        try expectCausesFound(in: folder, reported: URL(fileURLWithPath: folder + "/reported.json"))
    }

    /// The mean of the truth and of the last of five frames of context.
    private func ghosts(_ real: Tensor) -> Tensor {
        let (frame, frames) = (real.shape[2...].reduce(1, *), real.shape[1])
        let pixels = real.scalars(as: UInt8.self)
        let mixed = pixels.indices.map { place -> UInt8 in
            let (clip, time) = (place / frame / frames, place / frame % frames)
            guard time >= 5 else { return pixels[place] }
            let last = pixels[(clip * frames + 4) * frame + place % frame]
            return UInt8((Int(pixels[place]) + Int(last) + 1) / 2)
        }
        return Tensor(mixed, shape: real.shape)
    }

    private func expectCausesFound(in folder: String, reported file: URL) throws {
        let planted = try JSONDecoder().decode([String: Double].self, from: Data(contentsOf: file))
        try #require(planted.count > 8)
        let names = planted.keys.sorted()
        var explanation = Explanation(reported: try ReportedValue("0"))
        explanation.contextFrames = 5
        // As papers print them.
        let values = try names.map { try ReportedValue(String(format: "%.2f", planted[$0] ?? 0)) }
        let reports = try explanation.explain(values, real: folder + "/real.npy", predicted: folder + "/predicted.npy")
        {
            try .shared($0, for: MetricSettings())
        }
        var missed: [String] = []
        for (name, report) in zip(names, reports) {
            let cause = name.split(separator: "+").map(String.init)
            print("\(name): \(report.reported)\n\(report.table())\n\(report.conclusion)\n")
            switch cause {
            case ["definition"]: #expect(report.definition.verdict == .explains)
            case _ where cause.count == 2: if report.pairs.first?.deviations != cause { missed.append(name) }
            default: if report.singles.first?.deviations != cause { missed.append(name) }
            }
        }
        // One of all may be mistaken for another.
        #expect(missed.count <= 1, "not found: \(missed)")
    }
}
