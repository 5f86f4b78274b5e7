import AuspexTensors
import AuspexVideo
import Foundation
import TestSupport
import Testing

@Suite("Frames become network values, and come back unchanged")
struct InputTransformTests {
    @Test func everyByteComesBack() {
        let bytes = Tensor((0...255).map { UInt8($0) }, shape: [256])
        let values = InputTransform.pixels(bytes)
        #expect(values.scalars == bytes.pixelsAsValues().scalars)
        #expect(InputTransform.pixels.inverse(values).scalars(as: UInt8.self) == bytes.scalars(as: UInt8.self))
    }

    @Test(arguments: [Float(0)...1, -32...96, 0...65_535]) func valuesComeBackUnrounded(range: ClosedRange<Float>)
        throws
    {
        let span = range.upperBound - range.lowerBound
        let numbers = RandomStream(seed: 3, name: "field").uniform([1000]).scalars.map { range.lowerBound + $0 * span }
        let field = Tensor(numbers + [range.lowerBound, range.upperBound], shape: [1002])
        let transform = InputTransform(mapping: range)
        let values = transform(field)
        #expect(values.scalars.suffix(2) == [-1, 1])
        let back = transform.inverse(values).scalars
        // One unit in the last place of the range's ends, and no step of a 255th.
        for (number, same) in zip(field.scalars, back) { #expect(abs(number - same) <= 2e-7 * span) }
    }

    @Test func valuesOfMinusOneToOneAreLeftAlone() {
        let numbers = RandomStream(seed: 4, name: "field").uniform([1000]).scalars.map { ($0 * 2 - 1) * 1e-3 }
        let transform = InputTransform(mapping: -1...1)
        let values = transform(Tensor(numbers, shape: [1000]))
        #expect(values.scalars == numbers)
        #expect(transform.inverse(values).scalars == numbers)
    }

    @Test func whatLiesOutsideIsBroughtToTheNearerEnd() {
        let transform = InputTransform(mapping: 0...4)
        #expect(transform(Tensor([Float(-1), 5], shape: [2])).scalars == [-1, 1])
        #expect(transform.inverse(Tensor([Float(-1.5), 1.5], shape: [2])).scalars == [0, 4])
    }

    /// Of what a network made NaN must be seen, and not become the smallest value; bytes alone have none.
    @Test func whatIsNoNumberStaysNone() throws {
        let numbers = Tensor([Float.nan, 0, .infinity], shape: [3])
        let deep = try InputTransform(of: .pixels(channels: 1, depth: .sixteen), from: "deep")
        for transform in [InputTransform(mapping: 0...4), InputTransform(mapping: -1...1), deep] {
            let (there, back) = (transform(numbers).scalars, transform.inverse(numbers).scalars)
            #expect(there[0].isNaN && back[0].isNaN, "\(transform)")
            #expect(there[2] == 1 && back[2] == transform.range.upperBound, "\(transform)")
        }
        #expect(InputTransform.pixels.inverse(numbers).scalars(as: UInt8.self) == [0, 128, 255])
    }

    @Test func aFieldWithoutARangeIsRefused() {
        do {
            _ = try InputTransform(of: .field(channels: 1, range: nil), from: "radar")
            Issue.record("no error")
        } catch {
            #expect("\(error)".contains("radar: gives a field without a range"), "\(error)")
        }
    }

    @Test func aFormatAndATransformSurviveTheirDocuments() throws {
        let format = FrameFormat.field(channels: 1, range: 0...60, quantity: "rain-rate", unit: "mm/h")
        let again = try JSONDecoder().decode(FrameFormat.self, from: JSONEncoder().encode(format))
        #expect(again == format && "\(again)" == "a field of 1 channel from 0.0 to 60.0 mm/h")
        let transform = try InputTransform(of: format, from: "radar")
        #expect(try JSONDecoder().decode(InputTransform.self, from: JSONEncoder().encode(transform)) == transform)
    }

    /// Metrics take numbers from 0 on, and beside a field pixels are floats on the field's scale.
    @Test func formatsAreMeasuredOnOneScale() throws {
        let field = FrameFormat.field(channels: 1, range: -1...3)
        #expect(field.peak == 4)
        #expect(field.measured(Tensor([Float(-1), 0.25, 3], shape: [3])).scalars == [0, 1.25, 4])
        let bytes = Tensor([UInt8(0), 51, 255], shape: [3])
        let lifted = try field.measured(bytes, of: .pixels(channels: 1), from: "bytes").scalars
        #expect(zip(lifted, [Float(0), 0.8, 4]).allSatisfy { abs($0 - $1) < 1e-6 })
        #expect(field.shown(Tensor([Float(-1), 1, 3], shape: [3])).scalars(as: UInt8.self) == [0, 128, 255])
    }

    /// A millimetre of one field is a millimetre of the other.
    @Test func fieldsOfDifferentRangesAreNotStretched() throws {
        let (field, numbers) = (FrameFormat.field(channels: 1, range: 0...60), Tensor([Float(15)], shape: [1]))
        for range in [0...70, 10...70] as [ClosedRange<Float>] {
            let error = #expect(throws: VideoError.self) {
                _ = try field.measured(numbers, of: .field(channels: 1, range: range), from: "radar")
            }
            let text = error?.description ?? ""
            #expect(text.hasPrefix("radar: gives a field of 1 channel from \(range.lowerBound) to 70.0"), "\(text)")
            #expect(text.contains("from 0.0 to 60.0"), "\(text)")
        }
        // Another name for the same numbers does not make another scale.
        let named = FrameFormat.field(channels: 1, range: 0...60, unit: "mm/h")
        #expect(try field.measured(numbers, of: named, from: "radar").scalars == [15])
    }

    /// 16 bits a pixel: read, brought to networks and back, and written as the same numbers.
    @Test func deepPixelsKeepEveryBit() throws {
        let folder = try TemporaryFolder()
        let numbers = (0..<2 * 8 * 8).map { UInt16(truncatingIfNeeded: $0 * 9973) }
        let header = "{'descr': '<u2', 'fortran_order': False, 'shape': (2, 8, 8), }"
        let padded = header + String(repeating: " ", count: 117 - header.utf8.count) + "\n"
        let bytes = numbers.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
        let file =
            Data([0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(padded.utf8.count), 0]) + Data(padded.utf8) + Data(bytes)
        let path = folder.file("deep.npy")
        try file.write(to: URL(fileURLWithPath: path))
        let source = try openSource(path, options: SourceOptions(axes: "THW"))
        let clip = try source.clip(at: ClipPlace(item: 0), request: ClipRequest(frames: 2, size: FrameSize(8)))
        #expect(clip.format == .pixels(channels: 1, depth: .sixteen) && clip.format.peak == 65_535)
        let transform = try InputTransform(of: clip.format, from: "deep")
        let back = transform.inverse(transform(clip.frames))
        #expect(back.scalars == numbers.map(Float.init))
        let copy = folder.file("copy.npy")
        try VideoWriter(copy, frameIntervalSeconds: 1).write(back, format: clip.format)
        let again = try NumPyArray(path: copy)
        #expect(again.element == .uint16 && again.shape == [2, 8, 8, 1])
        #expect(try again.tensor().scalars(as: Int32.self) == numbers.map(Int32.init))
    }

    @Test func resizingAFieldDoesNotLeaveItsRange() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("edges.npy")
        // Edges at which a cubic filter overshoots.
        let frame = (0..<256).map { Float($0 % 16 < 8 ? 0 : 1) }
        try Tensor(frame + frame, shape: [2, 16, 16]).writeNumPy(to: path)
        let source = try openSource(path, options: SourceOptions(axes: "THW", range: 0...1))
        let request = ClipRequest(frames: 2, size: FrameSize(height: 24, width: 40), filter: .bicubic)
        let clip = try source.clip(at: ClipPlace(item: 0), request: request)
        #expect(clip.frames.shape == [2, 24, 40, 1])
        #expect(clip.frames.scalars.allSatisfy { (0...1).contains($0) })
    }
}
