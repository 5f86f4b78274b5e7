import AuspexSupport
import AuspexTensors
import AuspexVideo
import Foundation
import Testing

@Suite("Values of arrays are read as what they are, or refused")
struct ArrayValueTests {
    /// One clip of two frames of 1×4 pixels, one channel.
    private static let shape = [1, 2, 1, 4, 1]

    private func clip(
        _ name: String, range: ClosedRange<Float>? = nil, _ write: (String) throws -> Void
    ) throws -> (clip: Clip, values: ArrayValues) {
        let folder = try TemporaryFolder()
        let path = folder.file(name)
        try write(path)
        let source = try openSource(path, options: SourceOptions(axes: "BTHWC", range: range))
        let request = ClipRequest(frames: 2, size: FrameSize(height: 1, width: 4))
        let clip = try source.clip(at: ClipPlace(item: 0), request: request)
        return (clip, try #require((source as? ItemSource)?.arrayValues.first))
    }

    private func message(_ body: () throws -> Void) -> String {
        do {
            try body()
            return "no error"
        } catch { return "\(error)" }
    }

    private func write(_ floats: [Float], _ path: String) throws {
        try Tensor(floats, shape: Self.shape).writeNumPy(to: path)
    }

    /// A `.npy` array of bytes under a NumPy type of one byte.
    private func write(_ bytes: [UInt8], as code: String, _ path: String) throws {
        let header = "{'descr': '\(code)', 'fortran_order': False, 'shape': (1, 2, 1, 4, 1), }"
        let padded = header + String(repeating: " ", count: 117 - header.utf8.count) + "\n"
        try
            (Data([0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(padded.utf8.count), 0]) + Data(padded.utf8) + Data(bytes))
            .write(to: URL(fileURLWithPath: path))
    }

    @Test func truthIsWhite() throws {
        let (clip, values) = try clip("mask.npy") { try write([0, 1, 1, 0, 1, 0, 0, 1], as: "|b1", $0) }
        #expect(clip.frames.scalars(as: UInt8.self) == [0, 255, 255, 0, 255, 0, 0, 255])
        #expect((values.lowest, values.highest) == (0, 255))
    }

    @Test func bytesStayWhatTheyAre() throws {
        let (clip, values) = try clip("bytes.npy") { try write([0, 1, 1, 0, 1, 0, 0, 1], as: "|u1", $0) }
        #expect(clip.frames.scalars(as: UInt8.self) == [0, 1, 1, 0, 1, 0, 0, 1])
        #expect((values.lowest, values.highest) == (0, 1) && values.count == 8 && values.element == .uint8)
    }

    @Test func valuesStayAndTheRangeIsMappedForNetworks() throws {
        let (clip, values) = try clip("floats.npy", range: 0...2) { try write([0, 1, 2, 0.5, 1.5, 2.5, -0.5, 1], $0) }
        #expect(clip.frames.scalars == [0, 1, 2, 0.5, 1.5, 2, 0, 1])
        #expect(clip.format == .field(channels: 1, range: 0...2))
        #expect(try ClipBatch(joining: [clip]).values.scalars == [-1, 0, 1, -0.5, 0.5, 1, -1, 0])
        #expect(values.clamped == 2 && (values.lowest, values.highest) == (-0.5, 2.5))
    }

    @Test(arguments: [Float.nan, .infinity, -.infinity]) func whatIsNoNumberIsRefusedByItsFrame(value: Float) throws {
        let text = message {
            _ = try clip("floats.npy", range: 0...1) { try write([0, 0, 0, 0, 0, value, 0, 0], $0) }
        }
        #expect(text.contains("floats.npy: frame 1 holds NaN or infinity"), "\(text)")
    }

    @Test func anotherRangeThanSaidIsRefused() throws {
        let text = message { _ = try clip("floats.npy", range: 0...1) { try write([0, 1, 0, 1, 0, 255, 0, 0], $0) } }
        #expect(
            text.contains("floats.npy: frame 1 holds 255.0, far outside the given range from 0.0 to 1.0"), "\(text)")
    }

    /// Training draws clip after clip: one that is damaged is passed over and named, a wrong range ends it at once.
    @Test func trainingSkipsDamageAndNotAWrongRange() throws {
        let folder = try TemporaryFolder()
        let request = ClipRequest(frames: 2, size: FrameSize(height: 1, width: 4))
        func drawn(_ floats: [Float]) throws -> Set<String> {
            let path = folder.file("floats.npy")
            try Tensor(floats, shape: [2, 2, 1, 4, 1]).writeNumPy(to: path)
            let source = try openSource(path, options: SourceOptions(axes: "BTHWC", range: 0...1))
            let stream = RandomStream(seed: 1, name: "clips")
            return Set(try (0..<20).map { try source.clip(at: $0, from: stream, request: request).name })
        }
        let first = [Float](repeating: 0.5, count: 8)
        #expect(try drawn(first + first).count == 2)
        let names = try drawn(first + [0, 0, 0, .nan, 0, 0, 0, 0])
        #expect(names.count == 1 && names.allSatisfy { $0.hasSuffix("floats.npy[0]") }, "\(names)")
        let text = message { _ = try drawn(first + [0, 0, 0, 0, 255, 0, 0, 0]) }
        #expect(text.contains("floats.npy[1]: frame 1 holds 255.0"), "\(text)")
    }

    @Test func inspectingReadsEveryValue() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("floats.npy")
        try Tensor([Float](repeating: 3, count: 15) + [.nan], shape: [2, 2, 1, 4, 1]).writeNumPy(to: path)
        var options = SourceOptions(axes: "BTHWC")
        options.needsRange = false
        let report = try openSource(path, options: options)
            .inspect(for: ClipRequest(frames: 2, size: FrameSize(height: 1, width: 4)))
        #expect(report.items.map(\.values) == [[3, 3], nil])
        #expect(report.items[1].problem?.contains("floats.npy[1]: frame 1 holds NaN") == true)
    }

    /// The held-out tenth of 48 frames is said to be a part of 48.
    @Test func aPartTooShortIsSaidToBeAPart() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("bytes.npy")
        try Tensor([UInt8](repeating: 0, count: 48 * 4), shape: [48, 1, 4]).writeNumPy(to: path)
        let whole = try openSource(path, options: SourceOptions(axes: "THW"))
        let parts = try whole.split(
            heldOut: 0.1, for: ClipRequest(frames: 5, size: FrameSize(height: 1, width: 4)))
        func refusal(_ source: any ClipSource, frames: Int, step: Int = 1) -> String {
            message {
                _ = try source.places(
                    for: ClipRequest(frames: frames, size: FrameSize(height: 1, width: 4), step: .stride(step)),
                    atMost: nil)
            }
        }
        #expect(
            refusal(parts.heldOut, frames: 16).contains(
                "has 48 frames, 5 of them in its held-out part; a clip of 16 needs 16: ask for a shorter one, hold out")
        )
        #expect(refusal(parts.training, frames: 44).contains("has 48 frames, 43 of them in its training part"))
        #expect(refusal(whole, frames: 49).contains("has 48 frames; a clip of 49 needs 49: ask for a shorter one"))
        // No stride is too large to be refused.
        #expect(refusal(whole, frames: 16, step: .max).contains("needs too many"))
    }
}
