import AuspexSupport
import AuspexTensors
import Foundation
import Testing

/// Clips of other channels than a model takes, or than the clips beside them have.
@Suite("Channels that do not fit are refused with advice", .serialized)
struct ChannelTests {
    private func write(_ name: String, channels: Int, frames: Int = 6, in folder: URL) throws {
        let shape = [2, frames, 32, 32, channels]
        let bytes = (0..<shape.reduce(1, *)).map { UInt8($0 * 7 / 5 % 251) }
        try Tensor(bytes, shape: shape).writeNumPy(to: folder.appendingPathComponent(name).path)
    }

    private func run(_ arguments: [String], in folder: URL) throws -> ProgramRun {
        try ProgramRun(arguments + ["--quiet"], in: folder)
    }

    @Test func aModelOfOtherChannelsThanTheVideo() throws {
        try withTemporaryFolder { folder in
            try write("two.npy", channels: 2, in: folder)
            try write("one.npy", channels: 1, in: folder)
            try SmallRun.train(in: folder, ["--data", "two.npy", "--set", "model.frameChannels=2"])
            for grey in [[], ["--grey"]] {
                let made = try run(
                    ["data", "synthesize", "moving-shapes", "--out", "v", "--clips", "1", "--size", "32", "--force"]
                        + grey,
                    in: folder)
                #expect(made.status == 0)
                let video = try run(["predict", "v/0000.mkv", "--model", "run", "--out", "p.npy"], in: folder)
                #expect(video.status == 1 && video.errorLines.count == 1, "\(video.errors)")
                #expect(
                    video.errors.contains(
                        "v/0000.mkv: gives frames of 3 channels, the model takes 2: give an array (.npy)"),
                    "\(video.errors)")
            }
            for verb in [["predict", "--model", "run", "--out", "o", "--data"], ["evaluate", "run", "--data"]] {
                let array = try run(verb + ["one.npy"], in: folder)
                #expect(array.status == 1 && array.errorLines.count == 1, "\(array.errors)")
                #expect(
                    array.errors.contains(
                        "one.npy: gives frames of 1 channel, the model of run takes 2: repeat the channel"),
                    "\(array.errors)")
                #expect(try run(verb + ["two.npy"], in: folder).status == (verb[0] == "evaluate" ? 0 : 1))
            }
            // Fields of two channels cannot be a picture; an array can hold them.
            let fields = try run(
                ["predict", "--model", "run", "--out", "o", "--data", "two.npy", "--frames", "2", "--format", "npy"],
                in: folder)
            #expect(fields.status == 0, "\(fields.errors)")
            let training = try run(["train", "trivd-tiny", "--out", "r", "--data", "one.npy"], in: folder)
            #expect(
                training.status == 1 && training.errors.contains("set model.frameChannels=1, or repeat the channel"))
        }
    }

    /// A model trained on grey arrays sees any video in grey.
    @Test func aModelOfOneChannel() throws {
        try withTemporaryFolder { folder in
            try write("one.npy", channels: 1, in: folder)
            try SmallRun.train(in: folder, ["--data", "one.npy", "--set", "model.frameChannels=1"])
            let made = try run(
                ["data", "synthesize", "moving-shapes", "--out", "v", "--clips", "1", "--size", "32"], in: folder)
            #expect(made.status == 0)
            for verb in [
                ["predict", "v/0000.mkv", "--out", "p.npy", "--model", "run"],
                ["predict", "--data", "v", "--out", "o", "--model", "run"], ["evaluate", "run", "--data", "v"],
            ] {
                let result = try run(verb, in: folder)
                #expect(result.status == 0, "\(verb): \(result.errors)")
            }
        }
    }

    /// A film strip and a film of fields with many channels are not wider than a picture can be.
    @Test func fieldsOfManyChannels() throws {
        try withTemporaryFolder { folder in
            try write("many.npy", channels: 70, frames: 30, in: folder)
            try SmallRun.train(in: folder, ["--data", "many.npy", "--set", "model.frameChannels=70"])
            for format in ["png", "mp4", "gif"] {
                let result = try run(
                    [
                        "predict", "--model", "run", "--data", "many.npy", "--out", format, "--format", format,
                        "--frames",
                        "24", "--clips", "1",
                    ], in: folder)
                #expect(result.status == 0, "\(format): \(result.errors)")
            }
            let sheet = try run(["data", "inspect", "many.npy", "--sheet", "s.png", "--axes", "BTHWC"], in: folder)
            #expect(sheet.status == 0, "\(sheet.errors)")
        }
    }

    /// A row of a thousand frames is wider than a PNG can be.
    @Test func aTruthThatNoPictureHolds() throws {
        try withTemporaryFolder { folder in
            try write("long.npy", channels: 3, frames: 1200, in: folder)
            try SmallRun.train(in: folder)
            let result = try run(
                [
                    "predict", "--model", "run", "--data", "long.npy", "--out", "o", "--truth", "t", "--format", "png",
                    "--frames", "1100", "--clips", "1",
                ], in: folder)
            #expect(result.status == 1 && result.errorLines.count == 1, "\(result.errors)")
            #expect(result.errors.contains("1100 frames side by side would be 35200 pixels wide"), "\(result.errors)")
        }
    }

    /// Beside a grey array, a video that is stored grey has one channel too.
    @Test func aGreyArrayAndAGreyVideo() throws {
        try withTemporaryFolder { folder in
            func synthesize(_ name: String, _ more: String...) throws {
                let made = try run(
                    [
                        "data", "synthesize", "moving-shapes", "--out", name, "--clips", "2", "--frames", "3", "--size",
                        "16",
                    ]
                        + more, in: folder)
                try #require(made.status == 0, "\(made.errors)")
            }
            try synthesize("grey", "--grey")
            try synthesize("array", "--grey", "--format", "npy")
            try synthesize("colour")
            try synthesize("colours", "--format", "npy")
            let (grey, colour) = ("array/moving-shapes.npy", "colours/moving-shapes.npy")
            for sides in [["grey", grey], [grey, "grey"]] {
                let same = try run(
                    ["score"] + sides + ["--metrics", "psnr", "--fail-if", "psnr<100", "--json"], in: folder)
                #expect(same.status == 0, "\(same.errors)")
                #expect(same.output.contains("\"channels\":1") && !same.output.contains("\"channels\":3"))
            }
            for (sides, says) in [
                ([grey, "colour"], "colour: has colour, \(grey) is grey: save the grey one with np.repeat"),
                (["colour", grey], "or make the videos grey with 'ffmpeg -i IN -c:v ffv1 -pix_fmt gray OUT.mkv'"),
                ([grey, colour], "or one channel of the other"),
            ] {
                let refused = try run(["score"] + sides, in: folder)
                #expect(refused.status == 1 && refused.errorLines.count == 1, "\(refused.errors)")
                #expect(refused.errors.contains(says), "\(refused.errors)")
            }
            // Sets need not be pairs, and the network sees grey as three equal channels.
            let pairs = try run(["score", "grey", "colour", "--metrics", "psnr"], in: folder)
            #expect(pairs.status == 0, "\(pairs.errors)")
        }
    }
}
