import AuspexRuns
import AuspexTensors
import AuspexVideo
import Foundation
import TestSupport
import Testing

/// What anybody can do without training: continue a video by the model that is shipped.
@Suite("The pretrained model, and adapting it", .serialized)
struct PretrainedModelTests {
    private func run(_ arguments: [String], in folder: URL, status: Int32 = 0) throws -> ProgramRun {
        let run = try ProgramRun(arguments, in: folder)
        #expect(run.status == status, "\(arguments): \(run.errors)")
        return run
    }

    /// A video of a synthetic world seen by a moving camera, at a name.
    private func film(
        _ name: String, frames: Int, size: FrameSize, seeds: [UInt64] = [1], in folder: URL
    ) throws {
        let parts = try seeds.map { seed in
            try CameraWorld().clip(
                at: 0, from: RandomStream(seed: seed, name: "film"), request: ClipRequest(frames: frames, size: size)
            ).frames
        }
        try VideoWriter(folder.appendingPathComponent(name).path, frameIntervalSeconds: 0.04)
            .write(joined(parts, along: 0), format: .pixels(channels: 3))
    }

    private func array(_ name: String, in folder: URL) throws -> NumPyArray {
        try NumPyArray(path: folder.appendingPathComponent(name).path)
    }

    @Test func isSmallAndComplete() throws {
        let path = try PretrainedModel.path()
        let files = try #require(FileManager.default.enumerator(atPath: path)).compactMap { $0 as? String }
        let bytes = try files.reduce(0) { sum, file in
            let attributes = try FileManager.default.attributesOfItem(atPath: "\(path)/\(file)")
            return sum + (attributes[.size] as? Int ?? 0)
        }
        #expect(bytes < 6_000_000 && files.contains("CARD.md"))
        let model = try TrainedModel(run: PretrainedModel.name)
        #expect(model.configuration.data.ownSize && model.configuration.training.blend)
        #expect(model.frameIntervalSeconds == nil)
    }

    @Test func aVideoIsContinuedAtItsOwnSize() throws {
        try withTemporaryFolder { folder in
            try film("film.mkv", frames: 8, size: FrameSize(height: 104, width: 150), in: folder)
            let usual = try run(["predict", "film.mkv", "--out", "own.npy", "--frames", "3"], in: folder)
            #expect(usual.errors.contains("Model: the pretrained model"))
            #expect(try array("own.npy", in: folder).shape.suffix(4) == [3, 104, 150, 3])
            _ = try run(
                [
                    "predict", "film.mkv", "--out", "small.npy", "--frames", "2", "--size", "40x24", "--model",
                    "pretrained",
                ],
                in: folder)
            #expect(try array("small.npy", in: folder).shape.suffix(4) == [2, 24, 40, 3])
            #expect(try run(["inspect", "pretrained"], in: folder).output.contains("intact"))
            // Its rows are named in the picture; here, that it is drawn with all of them, at a size that is halved and padded.
            _ = try run(
                ["predict", "film.mkv", "--out", "p.npy", "--frames", "2", "--motion", "motion.png"], in: folder)
            // The header of a PNG file has the height in bytes 20 to 23.
            let header = [UInt8](try Data(contentsOf: folder.appendingPathComponent("motion.png")).prefix(24))
            #expect(header.suffix(4).reduce(0) { $0 * 256 + Int($1) } > 5 * 104)
            _ = try run(
                ["evaluate", "pretrained", "--data", "film.mkv", "--size", "32", "--metrics", "psnr", "--out", "e"],
                in: folder, status: 1)
        }
    }

    @Test func aModelOfOneSizeSaysSo() throws {
        try withTemporaryFolder { folder in
            try SmallRun.train(in: folder)
            try film("film.mkv", frames: 8, size: FrameSize(32), in: folder)
            let refused = try run(["predict", "film.mkv", "--model", "run", "--size", "64"], in: folder, status: 1)
            #expect(
                refused.errors.contains("64×64: the model of run is a trivd-gan, which predicts frames of 32×32 alone"))
        }
    }

    @Test func shortVideosAndScenesAreContinuedFromWhatThereIs() throws {
        try withTemporaryFolder { folder in
            try film("two.mkv", frames: 2, size: FrameSize(32), in: folder)
            let two = try run(["predict", "two.mkv", "--out", "two.npy", "--frames", "2"], in: folder)
            #expect(
                two.errors.contains(
                    "has 2 frames up to the place where the prediction begins, and the model is given 5"))
            try film("one.mkv", frames: 1, size: FrameSize(32), in: folder)
            let one = try run(["predict", "one.mkv", "--out", "one.npy"], in: folder, status: 1)
            #expect(one.errors.contains("one.mkv: has 1 frame"))

            // After a cut, two scenes and one alone are continued alike.
            try film("alone.mkv", frames: 3, size: FrameSize(48), seeds: [2], in: folder)
            try film("cut.mkv", frames: 3, size: FrameSize(48), seeds: [3, 2], in: folder)
            _ = try run(["predict", "alone.mkv", "--out", "alone.npy", "--frames", "2"], in: folder)
            let cut = try run(["predict", "cut.mkv", "--out", "cut.npy", "--frames", "2"], in: folder)
            #expect(cut.errors.contains("a scene cut lies 3 frames before the place where the prediction begins"))
            func bytes(_ name: String) throws -> Data { try Data(contentsOf: folder.appendingPathComponent(name)) }
            #expect(try bytes("alone.npy") == bytes("cut.npy"))
        }
    }

    @Test func whatRestsStays() throws {
        try withTemporaryFolder { folder in
            let frame = try CameraWorld().clip(
                at: 0, from: RandomStream(seed: 4, name: "film"), request: ClipRequest(frames: 1, size: FrameSize(64))
            ).frames
            try VideoWriter(folder.appendingPathComponent("still.mkv").path, frameIntervalSeconds: 0.04)
                .write(joined([Tensor](repeating: frame, count: 6), along: 0), format: .pixels(channels: 3))
            _ = try run(["predict", "still.mkv", "--out", "still.npy", "--frames", "2"], in: folder)
            let file = try array("still.npy", in: folder)
            let predicted = try file.elements(from: 0, shape: file.shape).scalars(as: UInt8.self)
            let given = frame.scalars(as: UInt8.self)
            let errors = predicted.indices.map { abs(Int(predicted[$0]) - Int(given[$0 % given.count])) }
            #expect(errors.reduce(0, +) < errors.count * 2)
        }
    }

    @Test func adaptingTrainsOnThePastAlone() throws {
        try withTemporaryFolder { folder in
            try film("film.mkv", frames: 48, size: FrameSize(32), in: folder)
            let short = try run(
                ["predict", "film.mkv", "--at", "1", "--adapt", "--out", "a.npy"], in: folder, status: 1)
            #expect(
                short.errors.contains(
                    "has 26 frames before the place where the prediction begins, and adapting takes two clips of 16"))
            let adapted = try run(
                [
                    "predict", "film.mkv", "--at", "1.6", "--adapt", "--adapt-seconds", "1", "--keep", "kept", "--out",
                    "b.npy", "--threads", "1",
                ], in: folder)
            #expect(adapted.errors.contains("On the held-out end of the past, before: model "), "\(adapted.errors)")
            #expect(adapted.errors.contains("Adapt"))
            let kept = folder.appendingPathComponent("kept").path
            let model = try TrainedModel(run: kept)
            #expect(model.configuration.training.initialModel == "pretrained")
            #expect(try array("b.npy", in: folder).shape.suffix(4) == [11, 32, 32, 3])
            let past = try String(contentsOfFile: kept + "/past.csv", encoding: .utf8)
            #expect(past.hasSuffix("/film.mkv\",0,1.62\n"), "\(past)")
            // The kept run is one like any other.
            _ = try run(["predict", "film.mkv", "--model", "kept", "--out", "c.npy"], in: folder)
            _ = try run(
                ["evaluate", "kept", "--clips", "1", "--metrics", "psnr", "--baselines", "copy-last"], in: folder)
        }
    }

    @Test func otherModelsAreAdaptedOrRefused() throws {
        try withTemporaryFolder { folder in
            try film("film.mkv", frames: 30, size: FrameSize(32), in: folder)
            let adapt = ["predict", "film.mkv", "--adapt", "--adapt-seconds", "1", "--out", "p.npy", "--threads", "1"]
            try SmallRun.train(in: folder)
            let adversarial = try run(adapt + ["--model", "run"], in: folder, status: 1)
            #expect(adversarial.errors.contains("run: its model is trained against discriminators"))
            let train = ["train", "conv-gru-mse-tiny", "--steps", "2", "--out", "plain"] + SmallRun.settings
            _ = try run(train, in: folder)
            let kept = adapt + ["--model", "plain@2", "--keep", "kept"]
            _ = try run(kept, in: folder)
            let model = try TrainedModel(run: folder.appendingPathComponent("kept").path)
            #expect(model.configuration.training.initialModel == "plain@2")
            let again = try run(kept + ["--force"], in: folder, status: 1)
            #expect(again.errors.contains("kept: found a run that exists already"))
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: folder.path).allSatisfy { !$0.contains("timing") })
        }
    }

    @Test func anExportedModelPredictsAndTeaches() throws {
        try withTemporaryFolder { folder in
            let small = [
                "--set", "model.widths=[4,4,4,4]", "--set", "model.headChannels=4", "--set",
                "model.rolloutWidths=[4,4]",
                "--set", "training.standingStatisticsBatches=1", "--set", "training.validationInterval=0", "--quiet",
                "--threads", "1", "--set", "training.batch=1",
            ]
            _ = try run(["train", "tiny", "--steps", "1", "--out", "run"] + small, in: folder)
            _ = try run(["weights", "export", "run", "--out", "small"], in: folder)
            let (whole, exported) = (
                try TrainedModel(run: folder.appendingPathComponent("run").path),
                try TrainedModel(run: folder.appendingPathComponent("small").path)
            )
            #expect(exported.configuration == whole.configuration && exported.step == whole.step)
            for (name, value) in whole.generator.parameterValues {
                let other = try #require(exported.generator.parameterValues[name])
                #expect(other.scalars == value.converted(to: .bfloat16).converted(to: .float32).scalars, "\(name)")
            }
            let untold = try run(["evaluate", "small", "--clips", "1", "--metrics", "psnr"], in: folder, status: 1)
            #expect(untold.errors.contains("name other test clips"), "\(untold.errors)")
            let resumed = try run(["train", "small", "--resume", "--steps", "2"], in: folder, status: 1)
            #expect(!resumed.errors.isEmpty)
            _ = try run(
                [
                    "train", "tiny", "--steps", "1", "--out", "next", "--set",
                    "training.initialModel=small",
                ]
                    + small, in: folder)
            let other = try run(
                [
                    "train", "tiny", "--steps", "1", "--out", "other", "--set",
                    "training.initialModel=small",
                ]
                    + small + ["--set", "model.headChannels=8"], in: folder, status: 1)
            #expect(other.errors.contains("training.initialModel is small: it is another network"))
        }
    }
}
