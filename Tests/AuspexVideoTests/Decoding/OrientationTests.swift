import AuspexTensors
import AuspexVideo
import Testing

@Suite struct OrientationTests {
    private static let all = (1...8).compactMap { Orientation(exif: $0) }

    private func orientation(_ numbers: [Int32]) -> Orientation {
        numbers.withUnsafeBufferPointer { Orientation(displayMatrix: $0.baseAddress) }
    }

    @Test func displayMatricesOfQuarterTurnsAndFlips() {
        let one = Int32(1 << 16)
        func matrix(_ a: Int32, _ b: Int32, _ c: Int32, _ d: Int32) -> [Int32] { [a, b, 0, c, d, 0, 0, 0, 1 << 30] }
        for (numbers, degrees, isMirrored) in [
            (matrix(one, 0, 0, one), 0, false), (matrix(0, one, -one, 0), 90, false),
            (matrix(-one, 0, 0, -one), 180, false), (matrix(0, -one, one, 0), 270, false),
            (matrix(-one, 0, 0, one), 0, true), (matrix(one, 0, 0, -one), 180, true),
        ] {
            let found = orientation(numbers)
            #expect(found.clockwiseDegrees == degrees && found.isMirrored == isMirrored, "\(numbers)")
            #expect(found.isTransposed == (degrees % 180 == 90))
        }
        // Other scales turn alike; other angles, and matrices of nothing, do not turn.
        #expect(orientation(matrix(0, 2 * one, -one / 2, 0)).clockwiseDegrees == 90)
        #expect(orientation(matrix(one, one, -one, one)) == .upright)
        #expect(orientation(matrix(0, 0, 0, 0)) == .upright && orientation(matrix(one, 0, 0, 0)) == .upright)
        #expect(Orientation(displayMatrix: nil) == .upright)
    }

    @Test func allEightAreDifferent() {
        #expect(Self.all.count == 8 && Set(Self.all).count == 8)
        #expect(Self.all.map(\.isMirrored) == [false, true, false, true, true, false, true, false])
        #expect(Self.all.map(\.isTransposed) == [false, false, false, false, true, true, true, true])
        #expect(Orientation(exif: 0) == nil && Orientation(exif: 9) == nil)
    }

    /// Every pixel of the cut is the stored one that the definition names.
    @Test(arguments: all) func cutsAreTurnedAsTheDefinitionSays(_ orientation: Orientation) {
        let stored = FrameSize(height: 5, width: 7)
        let picture = (0..<5 * 7 * 2).map { UInt8($0) }
        let plan = ScalingPlan(
            stored: stored, size: nil, crop: .centre, orientation: orientation, pixelAspect: 1)
        #expect(plan.scaled == stored)
        #expect(plan.target == (orientation.isTransposed ? FrameSize(height: 7, width: 5) : stored))
        var shown = [UInt8](repeating: 255, count: picture.count)
        plan.cut(picture, rowBytes: 14, channels: 2, to: &shown)
        var expected = [UInt8](repeating: 0, count: picture.count)
        // (x, y) is shown at (a·x + c·y, b·x + d·y), moved so that the corner is at zero.
        let (a, b, c, d) = (orientation.a, orientation.b, orientation.c, orientation.d)
        let corner = (x: min(0, a * 6) + min(0, c * 4), y: min(0, b * 6) + min(0, d * 4))
        for y in 0..<5 {
            for x in 0..<7 {
                let (toX, toY) = (a * x + c * y - corner.x, b * x + d * y - corner.y)
                for channel in 0..<2 {
                    expected[(toY * plan.target.width + toX) * 2 + channel] = picture[(y * 7 + x) * 2 + channel]
                }
            }
        }
        #expect(shown == expected)
    }

    @Test(arguments: all) func plansCoverAndCutAsShown(_ orientation: Orientation) {
        let stored = FrameSize(height: 60, width: 100)
        for aspect in [1.0, 2, 0.5] {
            for size in [FrameSize(20), FrameSize(height: 10, width: 40), FrameSize(height: 90, width: 30)] {
                let plan = ScalingPlan(
                    stored: stored, size: size, crop: .centre, orientation: orientation, pixelAspect: aspect)
                #expect(plan.target == size)
                let needed = orientation.isTransposed ? FrameSize(height: size.width, width: size.height) : size
                #expect(plan.scaled.height >= needed.height && plan.scaled.width >= needed.width)
                // One of the sides fits exactly, and the picture keeps its shape to half a pixel.
                #expect(plan.scaled.height == needed.height || plan.scaled.width == needed.width)
                let wide = Double(plan.scaled.height) * 100 * aspect / 60
                #expect(abs(Double(plan.scaled.width) - wide) <= 0.5 + 50 * aspect / 60)
            }
        }
    }
}
