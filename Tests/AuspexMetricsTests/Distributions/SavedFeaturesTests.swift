import AuspexMetrics
import AuspexStatistics
import AuspexSupport
import AuspexTensors
import AuspexVideo
import TestSupport
import Testing

private func records(_ count: Int) -> [ClipRecord] {
    (0..<count).map {
        ClipRecord(
            name: "clip \"\($0)\"", firstFrame: $0, frames: 16, size: FrameSize(height: 48, width: 64), channels: 3,
            sha256: "\($0)")
    }
}

private func rows(_ count: Int, seed: UInt64) -> ClipFeatures {
    ClipFeatures(size: 400, values: RandomStream(seed: seed, name: "rows").normal([count, 400]).scalars)
}

/// A file with two real and three predicted clips.
private func write(_ path: String, sides: Set<MetricSide> = [.real, .predicted]) throws {
    let all: [MetricSide: SavedFeatures.Side] = [
        .real: .init(source: "r", isLossless: true, clips: records(2), features: ["published": rows(2, seed: 1)]),
        .predicted: .init(
            source: "p", isLossless: false, precision: .bfloat16, clips: records(3),
            features: ["published": rows(3, seed: 2)]),
    ]
    try SavedFeatures.write(
        all.filter { sides.contains($0.key) }, preparations: [.published], version: "1.2", to: path)
}

private func errorOf(_ body: () throws -> Void) -> String {
    do {
        try body()
        return "no error"
    } catch { return "\(error)" }
}

@Suite struct SavedFeaturesTests {
    @Test func readsWhatItWrote() throws {
        let folder = try TemporaryFolder()
        try write(folder.file("f.safetensors"))
        let saved = try SavedFeatures(readingFrom: folder.file("f.safetensors"))
        let (real, predicted) = (try saved.side(.real), try saved.side(.predicted))
        #expect(real.source == "r" && real.isLossless && real.clips == records(2))
        #expect(predicted.source == "p" && !predicted.isLossless && predicted.clips == records(3))
        #expect(try real.features(.published, .float32, for: "fvd", in: "f") == rows(2, seed: 1))
        // The other set where it is named, and the only one without being named.
        #expect(try saved.side(.real, named: .predicted).source == "p")
        try write(folder.file("one.safetensors"), sides: [.predicted])
        let one = try SavedFeatures(readingFrom: folder.file("one.safetensors"))
        #expect(try one.side(.real).source == "p")
        #expect(
            errorOf { _ = try one.side(.real, named: .real) }.contains("found no features of real clips"))
    }

    @Test func aPreparationThatIsNotThere() throws {
        let folder = try TemporaryFolder()
        try write(folder.file("f.safetensors"))
        let real = try SavedFeatures(readingFrom: folder.file("f.safetensors")).side(.real)
        let error = errorOf { _ = try real.features(.centred, .float32, for: "fvd:tats", in: "f.safetensors") }
        #expect(error.contains("f.safetensors: found features of frames prepared as published"))
        #expect(error.contains("centred for fvd:tats") && error.contains("fvd:tats among the metrics"))
    }

    @Test func anotherPrecision() throws {
        let folder = try TemporaryFolder()
        try write(folder.file("f.safetensors"))
        let predicted = try SavedFeatures(readingFrom: folder.file("f.safetensors")).side(.predicted)
        #expect(try predicted.features(.published, .bfloat16, for: "fvd", in: "f") == rows(3, seed: 2))
        let error = errorOf { _ = try predicted.features(.published, .float32, for: "fvd", in: "f.safetensors") }
        #expect(error.contains("f.safetensors: found features computed in bfloat16"))
        #expect(error.contains("one precision, bfloat16"))
    }

    /// Each note changed by itself.
    @Test(arguments: [
        ("weights-sha256", "00ff", "weights of SHA-256 00ff"), ("network", "i3d-rgb", "features of i3d-rgb"),
        ("preparation.published", "bicubic", "prepared as 'published', which is bicubic"),
        ("real.precision", "float8", "features in float8"),
        ("format", "other", "tensors that are not features of clips"),
        ("version", "1", "version 1 of features of clips"),
    ])
    func whatIsRefused(note: String, value: String, message: String) throws {
        let folder = try TemporaryFolder()
        let path = folder.file("f.safetensors")
        try write(path)
        var file = try SafeTensors(readingFrom: path)
        #expect(file.metadata[note] != nil)
        file.metadata[note] = value
        try file.write(to: path)
        let error = errorOf { _ = try SavedFeatures(readingFrom: path).side(.real) }
        #expect(error.contains(message) && error.contains("f.safetensors"), "\(error)")
    }

    /// The list of clips changed.
    @Test(arguments: [
        ("", "'real/published' of float32 [2, 400]"), ("{", "a list of real clips that cannot be read"),
        ("{\"name\":\"a\"}\n", "a list of real clips that cannot be read"),
    ])
    func listsThatAreNone(text: String, message: String) throws {
        let folder = try TemporaryFolder()
        let path = folder.file("f.safetensors")
        try write(path)
        var file = try SafeTensors(readingFrom: path)
        file.tensors["real/clips"] = Tensor(Array(text.utf8), shape: [text.utf8.count])
        try file.write(to: path)
        let error = errorOf { _ = try SavedFeatures(readingFrom: path).side(.real) }
        #expect(error.contains(message) && error.contains("f.safetensors"), "\(error)")
    }

    /// Records are read by pieces that end anywhere.
    @Test func manyClips() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("f.safetensors")
        let features = rows(2000, seed: 3)
        try SavedFeatures.write(
            [.real: .init(source: "r", isLossless: true, clips: records(2000), features: ["published": features])],
            preparations: [.published], version: "1.2", to: path)
        let side = try SavedFeatures(readingFrom: path).side(.real)
        #expect(side.clips == records(2000))
        #expect(try side.features(.published, .float32, for: "fvd", in: path) == features)
        // As any other program reads the text.
        let text = try #require(try SafeTensors(readingFrom: path).tensors["real/clips"]).scalars(as: UInt8.self)
        #expect(text.split(separator: UInt8(ascii: "\n")).count == 2000 && text.count > 1 << 17)
    }

    /// One bit of the last number: finite, and another number.
    @Test func aFlippedBit() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("f.safetensors")
        try write(path)
        var file = try SafeTensors(readingFrom: path)
        var values = rows(3, seed: 2).values
        values[1199] = Float(bitPattern: values[1199].bitPattern ^ 1)
        file.tensors["predicted/published"] = Tensor(values, shape: [3, 400])
        try file.write(to: path)
        #expect(
            errorOf { _ = try SavedFeatures(readingFrom: path).side(.predicted) }.contains(
                "'predicted/published' with other numbers than its checksum is of"))
    }

    @Test func numbersThatAreNone() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("f.safetensors")
        try write(path)
        var file = try SafeTensors(readingFrom: path)
        var values = rows(3, seed: 2).values
        values[450] = .nan
        file.tensors["predicted/published"] = Tensor(values, shape: [3, 400])
        try file.write(to: path)
        // The other set is as good as before.
        _ = try SavedFeatures(readingFrom: path).side(.real)
        #expect(
            errorOf { _ = try SavedFeatures(readingFrom: path).side(.predicted) }.contains(
                "NaN or infinity in row 1 of 'predicted/published'"))
    }
}
