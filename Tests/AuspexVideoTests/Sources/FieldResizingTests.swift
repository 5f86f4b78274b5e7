import AuspexTensors
import AuspexVideo
import Foundation
import TestSupport
import Testing

@Suite struct FieldResizingTests {
    private static let sizes = [
        FrameSize(height: 1, width: 1), FrameSize(height: 3, width: 5), FrameSize(height: 16, width: 7),
        FrameSize(height: 12, width: 20),
    ]

    private func resized(
        _ frame: Tensor, to size: FrameSize, _ filter: ClipRequest.ScalingFilter, crop: CropPlace = .centre
    ) -> Tensor {
        let stored = FrameSize(height: frame.shape[0], width: frame.shape[1])
        let plan = ScalingPlan(stored: stored, size: size, crop: crop, orientation: .upright, pixelAspect: 1)
        return FieldResizing(from: stored, plan: plan, filter: filter).resized(frame)
    }

    private func field(_ shape: [Int]) -> Tensor { RandomStream(seed: 9, name: "field").normal(shape) }

    @Test(arguments: ClipRequest.ScalingFilter.allCases) func aConstantStaysConstant(
        _ filter: ClipRequest.ScalingFilter
    ) {
        for from in Self.sizes {
            for to in Self.sizes {
                let level = Tensor(repeating: -2.5, shape: [from.height, from.width, 2])
                let expected = Tensor(repeating: -2.5, shape: [to.height, to.width, 2])
                #expect(mismatch(resized(level, to: to, filter), expected, absolute: 1e-5) == nil, "\(from) to \(to)")
            }
        }
    }

    @Test(arguments: ClipRequest.ScalingFilter.allCases) func theSameSizeChangesNothing(
        _ filter: ClipRequest.ScalingFilter
    ) {
        for size in Self.sizes {
            let frame = field([size.height, size.width, 3])
            #expect(mismatch(resized(frame, to: size, filter), frame, absolute: 1e-6) == nil, "\(size)")
        }
    }

    @Test func areaIsTheMeanOfWhatAPixelCovers() {
        let frame = field([6, 9, 2])
        let expected = PlainTensor<Double>([2, 3, 2]) { place in
            let pixels = (0..<3).flatMap { y in
                (0..<3).map { x in
                    Double(frame.scalars[((place[0] * 3 + y) * 9 + place[1] * 3 + x) * 2 + place[2]])
                }
            }
            return pixels.reduce(0, +) / 9
        }
        #expect(mismatch(resized(frame, to: FrameSize(height: 2, width: 3), .area), expected) == nil)
        // Two of three pixels: the middle one is shared.
        let row = Tensor([0, 3, 9] as [Float], shape: [1, 3, 1])
        let halves = resized(row, to: FrameSize(height: 1, width: 2), .area)
        // The plan covers the size: 3×1 becomes 3×1 and is cut to 2 of 3.
        #expect(halves.scalars == [0, 3])
        let tall = Tensor([0, 3, 9, 0, 3, 9, 0, 3, 9] as [Float], shape: [3, 3, 1])
        let small = resized(tall, to: FrameSize(2), .area)
        #expect(mismatch(small, Tensor([1, 7, 1, 7] as [Float], shape: [2, 2, 1])) == nil)
    }

    @Test func bilinearInterpolatesBetweenCentres() {
        let ramp = Tensor([0, 4] as [Float], shape: [1, 2, 1])
        let wide = FieldResizing(
            from: FrameSize(height: 1, width: 2),
            plan: ScalingPlan(
                stored: FrameSize(height: 1, width: 2), size: FrameSize(height: 2, width: 4), crop: .centre,
                orientation: .upright, pixelAspect: 1), filter: .bilinear
        ).resized(ramp)
        // Centres of four pixels are at ¼, ¾, 1¼, 1¾ of two, whose centres are at ½ and 1½.
        #expect(mismatch(wide, Tensor([0, 1, 3, 4, 0, 1, 3, 4] as [Float], shape: [2, 4, 1])) == nil)
    }

    @Test func nearestTakesPixelsAsTheyAre() {
        let frame = field([4, 6, 2])
        let doubled = resized(frame, to: FrameSize(height: 8, width: 12), .nearest)
        let expected = PlainTensor<Double>([8, 12, 2]) { place in
            Double(frame.scalars[(place[0] / 2 * 6 + place[1] / 2) * 2 + place[2]])
        }
        #expect(mismatch(doubled, expected, absolute: 0, relative: 0) == nil)
    }

    /// Filters with negative lobes overshoot at an edge: bytes are rounded and kept within 0…255.
    @Test(arguments: [ClipRequest.ScalingFilter.bicubic, .lanczos]) func bytesAreRoundedAndKeptInRange(
        _ filter: ClipRequest.ScalingFilter
    ) {
        let edge = (0..<16 * 16).map { UInt8($0 % 16 < 8 ? 0 : 255) }
        let bytes = resized(Tensor(edge, shape: [16, 16, 1]), to: FrameSize(37), filter)
        let floats = resized(Tensor(edge.map(Float.init), shape: [16, 16, 1]), to: FrameSize(37), filter)
        #expect(floats.scalars.contains { $0 < -1 } && floats.scalars.contains { $0 > 256 })
        #expect(bytes.elementType == .uint8 && bytes.shape == [37, 37, 1])
        let expected = floats.scalars.map { UInt8(min(255, max(0, $0.rounded()))) }
        #expect(bytes.scalars(as: UInt8.self) == expected)
    }

    @Test func cutsAreTakenFromTheCoveringPicture() {
        let frame = field([8, 16, 3])
        let whole = resized(frame, to: FrameSize(height: 4, width: 8), .area)
        for (share, left) in [(Float(0), 0), (0.5, 2), (0.999, 4)] {
            let part = resized(
                frame, to: FrameSize(4), .area, crop: CropPlace(vertical: 0.5, horizontal: share))
            #expect(part.scalars == whole.sliced(1, from: left, count: 4).scalars, "\(share)")
        }
    }
}
