import AuspexMetrics
import AuspexStatistics
import AuspexTensors
import Foundation
import TestSupport
import Testing

/// Writes a `.npy` file of float64 numbers, which the program itself never writes.
private func writeDoubles(_ values: [Double], shape: [Int], to path: String) throws {
    var text = "{'descr': '<f8', 'fortran_order': False, 'shape': (\(shape.map { "\($0), " }.joined())), }"
    while (10 + text.utf8.count + 1) % 64 != 0 { text += " " }
    text += "\n"
    var data = Data([0x93] + "NUMPY".utf8 + [1, 0])
    withUnsafeBytes(of: UInt16(text.utf8.count).littleEndian) { data.append(contentsOf: $0) }
    data.append(contentsOf: text.utf8)
    for value in values { withUnsafeBytes(of: value.bitPattern.littleEndian) { data.append(contentsOf: $0) } }
    try data.write(to: URL(fileURLWithPath: path))
}

private func normal(_ count: Int, _ size: Int, seed: UInt64) -> [Float] {
    RandomStream(seed: seed, name: "rows").normal([count, size]).scalars
}

private func errorOf(_ body: () throws -> Void) -> String {
    do {
        try body()
        return "no error"
    } catch { return "\(error)" }
}

@Suite struct EmbeddingsTests {
    @Test func bothWidthsOfFloats() throws {
        let folder = try TemporaryFolder()
        let values = normal(300, 7, seed: 1)
        try Tensor(values, shape: [300, 7]).writeNumPy(to: folder.file("f4.npy"))
        try writeDoubles(values.map(Double.init), shape: [300, 7], to: folder.file("f8.npy"))
        let expected = ClipFeatures(size: 7, values: values)
        #expect(try Embeddings.read(folder.file("f4.npy")) == expected)
        #expect(try Embeddings.read(folder.file("f8.npy")) == expected)
    }

    /// One distance against plain formulas: features of one dimension, where `d² = (μ₁ − μ₂)² + (σ₁ − σ₂)²`.
    @Test func distancesOfOneDimension() {
        let (a, b) = (normal(500, 1, seed: 1), normal(400, 1, seed: 2).map { 3 * $0 + 2 })
        func moments(_ x: [Float], _ divisor: Double) -> (mean: Double, deviation: Double) {
            let mean = x.reduce(0) { $0 + Double($1) } / Double(x.count)
            let squares = x.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
            return (mean, (squares / divisor).squareRoot())
        }
        let (real, predicted) = (ClipFeatures(size: 1, values: a), ClipFeatures(size: 1, values: b))
        for (metric, less) in [(EmbeddingMetric.frechet, 1.0), (.frechetAll, 0.0)] {
            let (x, y) = (moments(a, 500 - less), moments(b, 400 - less))
            let expected = pow(x.mean - y.mean, 2) + pow(x.deviation - y.deviation, 2)
            let result = metric.result(real: real, predicted: predicted)
            #expect(abs(result.value - expected) <= 1e-9 * expected, "\(metric)")
            #expect(result.clips == 400 && result.interval?.count == 2 && result.atInfinity != nil)
            #expect(result.convention.contains(metric == .frechet ? "n − 1" : "covariances with n"))
        }
        let all = EmbeddingMetric.kernelAll.result(real: real, predicted: predicted)
        #expect(all.value == KernelDistance.between(real, predicted, kernel: .scaled) && all.interval == nil)
        let plain = EmbeddingMetric.kernelPlain.result(real: real, predicted: predicted)
        // Whole sets differ in count, so subsets scatter; one dimension makes both kernels one.
        #expect(plain.deviation ?? 0 > 0)
        #expect(plain.convention.contains("(x·y + 1)³"))
        let without = EmbeddingMetric.frechet.result(
            real: real, predicted: predicted, settings: MetricSettings(wantsIntervals: false))
        #expect(without.interval == nil)
    }

    @Test func fewRowsAreSaidToBeFew() {
        let few = ClipFeatures(size: 30, values: normal(20, 30, seed: 1))
        let notes = EmbeddingMetric.frechet.result(real: few, predicted: few).notes
        #expect(notes.contains { $0.contains("20 rows of 30 numbers: no more rows than numbers") })
    }

    @Test func arraysThatAreNoEmbeddings() throws {
        let folder = try TemporaryFolder()
        func refusal(_ tensor: Tensor) throws -> String {
            try tensor.writeNumPy(to: folder.file("a.npy"))
            return errorOf { _ = try Embeddings.read(folder.file("a.npy")) }
        }
        #expect(
            try refusal(Tensor([1, 2, 3] as [Float], shape: [3])).contains("an array of shape [3], expected [N, D]"))
        #expect(try refusal(Tensor(zeros: [4, 2, 2])).contains("reshape(len(array), -1)"))
        #expect(try refusal(Tensor(zeros: [1, 5])).contains("found 1 row, expected at least two"))
        #expect(try refusal(Tensor(zeros: [4, 2], elementType: .uint8)).contains("numbers of type uint8"))
        #expect(try refusal(Tensor(zeros: [4, 2], elementType: .int32)).contains("expected float32 or float64"))
        for bad in [Float.nan, .infinity] {
            var values = normal(70_000, 3, seed: 1)
            values[200_000] = bad
            let error = try refusal(Tensor(values, shape: [70_000, 3]))
            #expect(error.contains("\(bad) in row 66666, column 2"), "\(error)")
        }
    }

    /// Numbers that float32 makes equal would give a distance of nothing.
    @Test func doublesThatFloatsCannotTellApart() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("a.npy")
        let noise = normal(50, 2, seed: 1).map(Double.init)
        func write(_ offset: Double, _ scale: Double) throws {
            try writeDoubles(
                noise.enumerated().map { $0.offset % 2 == 0 ? $0.element : offset + scale * $0.element },
                shape: [50, 2],
                to: path)
        }
        try write(1e6, 1e-3)
        #expect(errorOf { _ = try Embeddings.read(path) }.contains("a column 1 whose numbers differ by less"))
        try write(1e6, 100)
        #expect(errorOf { _ = try Embeddings.read(path) } == "no error")
        // A column that is the same everywhere loses nothing.
        try write(1e6, 0)
        #expect(errorOf { _ = try Embeddings.read(path) } == "no error")
        try write(1e39, 0)
        #expect(errorOf { _ = try Embeddings.read(path) }.contains("in row 0, column 1"))
    }
}
