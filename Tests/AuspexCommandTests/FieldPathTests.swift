import AuspexSupport
import AuspexTensors
import Foundation
import Testing

/// Values of a float array through every verb: no number is rounded to one of 256.
@Suite("A field stays a field from file to file", .serialized)
struct FieldPathTests {
    private static let shape = [4, 8, 32, 32, 1]
    private static let range: (low: Float, high: Float) = (-10, 60)

    /// Smooth waves that move, with steps far finer than a 255th of the range.
    private func write(_ name: String, in folder: URL) throws -> Tensor {
        let (low, high) = Self.range
        let numbers = (0..<Self.shape.reduce(1, *)).map { place -> Float in
            let (x, y, frame, clip) = (place % 32, place / 32 % 32, place / 1024 % 8, place / 8192)
            let wave = sinf(Float(x + frame) * 0.2 + Float(clip)) * cosf(Float(y) * 0.13)
            return low + (high - low) * (0.5 + 0.45 * wave)
        }
        let tensor = Tensor(numbers, shape: Self.shape)
        try tensor.writeNumPy(to: folder.appendingPathComponent(name).path)
        return tensor
    }

    private func run(_ arguments: [String], in folder: URL) throws -> String {
        let run = try ProgramRun(arguments + ["--quiet"], in: folder)
        try #require(run.status == 0, "\(arguments): \(run.errors)")
        return run.output
    }

    private func floats(_ path: String, in folder: URL) throws -> Tensor {
        let array = try NumPyArray(path: folder.appendingPathComponent(path).path)
        #expect(array.element == .float32)
        return try array.elements(from: 0, shape: array.shape)
    }

    /// The share of numbers that are whole 255ths of the range; 1 if they were rounded to bytes.
    private func shareOnBytes(_ numbers: [Float]) -> Double {
        let (low, high) = Self.range
        let onBytes = numbers.count { number in
            let level = (number - low) / (high - low) * 255
            return abs(level - level.rounded()) < 1e-3
        }
        return Double(onBytes) / Double(numbers.count)
    }

    private func metric(_ name: String, _ json: String, at path: [String]) throws -> Double {
        var node = try JSONSerialization.jsonObject(with: Data(json.utf8))
        for key in path + ["metrics", name, "value"] {
            node = try #require((node as? [String: Any])?[key], "no \(key)")
        }
        return try #require(node as? Double)
    }

    @Test func throughTrainPredictScoreAndEvaluate() throws {
        try withTemporaryFolder { folder in
            let field = try write("f.npy", in: folder)
            let array = ["--data", "f.npy", "--range", "-10,60"]
            let training = ["--set", "model.frameChannels=1", "--set", "data.validationShare=0.25"]
            try SmallRun.train(in: folder, array + training)

            let info = try Data(contentsOf: folder.appendingPathComponent("run/checkpoints/last/clips.json"))
            let input = (try JSONSerialization.jsonObject(with: info) as? [String: Any])?["input"] as? [String: Any]
            #expect(input?["name"] as? String == "range" && input?["range"] as? [Double] == [-10, 60])

            _ = try run(
                ["predict", "--model", "run", "--out", "p", "--truth", "t", "--with-context"] + array, in: folder)
            // The given frames are written bit for bit; the predicted ones are in the field's own range.
            let file = field.scalars
            let names = try FileManager.default.contentsOfDirectory(atPath: folder.appendingPathComponent("p").path)
                .sorted()
            #expect(names.count == 8 && names.allSatisfy { $0.hasSuffix("-predicted.npy") }, "\(names)")
            var squares = 0.0
            for (number, name) in names.enumerated() {
                let first = number / 2 * 8192 + number % 2 * 4096
                let truth = try floats("t/" + name.replacing("-predicted", with: ""), in: folder)
                #expect(truth.shape == [2, 32, 32, 1] && truth.scalars == Array(file[first + 2048..<first + 4096]))
                let predicted = try floats("p/" + name, in: folder)
                #expect(predicted.shape == [4, 32, 32, 1])
                #expect(Array(predicted.scalars.prefix(2048)) == Array(file[first..<first + 2048]))
                let future = predicted.scalars.suffix(2048)
                #expect(future.allSatisfy { (-10...60).contains($0) } && shareOnBytes(Array(future)) < 0.1)
                for (made, real) in zip(future, truth.scalars) { squares += Double((made - real) * (made - real)) }
            }

            _ = try run(["predict", "--model", "run", "--out", "q"] + array, in: folder)
            for (side, ending) in [("q", "-predicted.npy"), ("t", ".npy")] {
                let clips = try (1...8).map { try floats("\(side)/f-\($0)\(ending)", in: folder) }
                let all = Tensor(clips.flatMap(\.scalars), shape: [8, 2, 32, 32, 1])
                try all.writeNumPy(to: folder.appendingPathComponent(side + ".npy").path)
            }
            let score = try run(
                ["score", "t.npy", "q.npy", "--range", "-10,60", "--metrics", "mse", "--json"], in: folder)
            let expected = squares / Double(8 * 2048) / (70 * 70)
            #expect(abs(try metric("mse", score, at: []) - expected) <= 1e-5 * expected)

            // The same clips and futures, measured on the way: a share of a 255th would be seen.
            let evaluated = try run(
                ["evaluate", "run", "--metrics", "mse,psnr", "--json", "--save-clips", "clips"] + array, in: folder)
            let mse = try metric("mse", evaluated, at: ["models", "copy-last"])
            var copied = 0.0
            for first in stride(from: 0, to: file.count, by: 4096) {
                for place in first + 2048..<first + 4096 {
                    let difference = Double(file[place] - file[first + 1024 + place % 1024])
                    copied += difference * difference
                }
            }
            let share = copied / Double(8 * 2048) / (70 * 70)
            #expect(abs(mse - share) <= 1e-5 * share, "\(mse), expected \(share)")

            // The same numbers with another range: refused by both verbs that pass them to the model.
            for verb in [["evaluate", "run", "--metrics", "mse"], ["predict", "--model", "run", "--out", "r"]] {
                let other = try ProgramRun(
                    verb + ["--data", "f.npy", "--range", "-10,70", "--quiet"], in: folder)
                #expect(other.status != 0 && other.errors.contains("f.npy: gives a field from -10.0 to 70.0"))
                #expect(other.errors.contains("--range -10,60"), "\(other.errors)")
            }
        }
    }

    /// Bytes beside a field are brought to its scale, and not the field to bytes.
    @Test func aFieldBesidePixels() throws {
        try withTemporaryFolder { folder in
            let pixels = (0..<2048).map { (place: Int) in UInt8(place * 7 % 256) }
            let shape = [2, 4, 16, 16, 1]
            try Tensor(pixels, shape: shape).writeNumPy(to: folder.appendingPathComponent("bytes.npy").path)
            // A tenth of a level off: rounding would hide it.
            let floats = pixels.map { (pixel: UInt8) -> Float in
                let off: Float = pixel == 255 ? -0.1 : 0.1
                return (Float(pixel) + off) / 255
            }
            try Tensor(floats, shape: shape).writeNumPy(to: folder.appendingPathComponent("floats.npy").path)
            for sides in [["bytes.npy", "floats.npy"], ["floats.npy", "bytes.npy"]] {
                let score = try run(["score"] + sides + ["--range", "0,1", "--metrics", "mse", "--json"], in: folder)
                let mse = try metric("mse", score, at: [])
                #expect(abs(mse - 0.01 / (255 * 255)) < 1e-3 * mse, "\(mse)")
            }
        }
    }
}
