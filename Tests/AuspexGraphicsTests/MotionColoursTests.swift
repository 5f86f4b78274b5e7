import AuspexGraphics
import AuspexTensors
import Foundation
import Testing

@Suite("Motion as colour") struct MotionColoursTests {
    /// `tools/oracles/motion_colours.py` wrote the colours.
    @Test func agreeWithTheOracle() throws {
        let url = try #require(Bundle.module.url(forResource: "Golden/motion-colours", withExtension: "safetensors"))
        let golden = try SafeTensors(readingFrom: url.path).tensors
        let (flow, expected) = (try #require(golden["flow"]), try #require(golden["colours"]))
        let found = MotionColours.colours(of: flow)
        #expect(found.shape == expected.shape)
        let apart = zip(found.scalars(as: UInt8.self), expected.scalars(as: UInt8.self)).map { abs(Int($0) - Int($1)) }
        #expect(apart.max() ?? 255 <= 1)
    }

    @Test func lengthsAreOfTheFullOne() {
        let right = Tensor([0, 0, 1, 0, 2, 0, 4, 0] as [Float], shape: [1, 4, 2])
        let colours = MotionColours.colours(of: right, fullLength: 2).scalars(as: UInt8.self)
        // White, half way to red, red, and darker beyond; red has a trace of green on the wheel.
        #expect(Array(colours[0..<3]) == [255, 255, 255])
        #expect(colours[3] == 255 && (126...128).contains(colours[5]))
        #expect(colours[6] == 255 && colours[8] == 0)
        #expect(colours[9] == 191 && colours[11] == 0)
        #expect(
            MotionColours.colours(of: Tensor([.nan, 0] as [Float], shape: [1, 1, 2])).scalars(as: UInt8.self) == [
                0, 0, 0,
            ])
    }
}
