import AuspexEvaluation
import AuspexSupport
import AuspexTensors
import AuspexVideo
import Foundation
import Testing

@Suite("Calibration")
struct CalibrationTests {
    private static let stream = RandomStream(seed: 5, name: "test")

    /// Frame t is t·10 everywhere: frames tell by themselves which they are.
    private static let counted = Tensor(
        (0..<16).flatMap { frame in [UInt8](repeating: UInt8(frame * 10), count: 8 * 8 * 3) }, shape: [16, 8, 8, 3])

    /// Which frame is at every position; nil if it is none of the originals.
    private static func order(_ clip: Tensor) -> [Int] {
        (0..<clip.shape[0]).map { Int(clip.scalars(as: UInt8.self)[$0 * 8 * 8 * 3]) / 10 }
    }

    @Test("Grades rise, and also fit short clips", arguments: Distortion.allCases, [4, 5, 16, 30])
    func grades(kind: Distortion, frames: Int) {
        let grades = kind.grades(frames: frames)
        #expect(zip(grades, grades.dropFirst()).allSatisfy { $0 < $1 } && grades[0] > 0 && !grades.isEmpty)
        let clip = Tensor(
            [UInt8](repeating: 7, count: frames * 8 * 8 * 3), shape: [frames, 8, 8, 3])
        for grade in grades {
            #expect(kind.applied(to: clip, grade: grade, from: Self.stream).shape == clip.shape)
        }
    }

    @Test func frozenFramesStandStillToTheEnd() {
        let found = Self.order(Distortion.frozen.applied(to: Self.counted, grade: 4, from: Self.stream))
        #expect(found == Array(0..<12) + [11, 11, 11, 11])
    }

    @Test func droppedFramesShowTheOneBefore() {
        let found = Self.order(Distortion.dropped.applied(to: Self.counted, grade: 5, from: Self.stream))
        #expect(found[0] == 0 && zip(found, found.dropFirst()).allSatisfy { $0 <= $1 })
        #expect(found.enumerated().filter { $0.offset != $0.element }.count == 5)
        #expect(Set(found).count == 11)
    }

    @Test func swappedFramesAreAllStillThere() {
        let found = Self.order(Distortion.swapped.applied(to: Self.counted, grade: 3, from: Self.stream))
        #expect(found.sorted() == Array(0..<16))
        #expect(found.enumerated().filter { $0.offset != $0.element }.count == 6)
        #expect(found.enumerated().allSatisfy { abs($0.offset - $0.element) <= 1 })
        let all = Self.order(Distortion.swapped.applied(to: Self.counted, grade: 8, from: Self.stream))
        #expect(all == (0..<16).map { $0 ^ 1 })
    }

    @Test func noiseHasTheDeviationThatItSays() {
        let grey = Tensor([UInt8](repeating: 128, count: 8 * 64 * 64 * 3), shape: [8, 64, 64, 3])
        let noisy = Distortion.noise.applied(to: grey, grade: 16, from: Self.stream).scalars(as: UInt8.self)
        let errors = noisy.map { Double($0) - 128 }
        let mean = errors.reduce(0, +) / Double(errors.count)
        let deviation = (errors.reduce(0) { $0 + $1 * $1 } / Double(errors.count)).squareRoot()
        #expect(abs(mean) < 0.2 && abs(deviation - 16) < 0.2)
    }

    @Test func blurSpreadsAPointAsAGaussianAndKeepsFlatPictures() {
        let flat = Tensor([UInt8](repeating: 90, count: 2 * 9 * 7 * 1), shape: [2, 9, 7, 1])
        #expect(
            Distortion.blur.applied(to: flat, grade: 2, from: Self.stream).scalars(as: UInt8.self).allSatisfy {
                $0 == 90
            })
        var pixels = [UInt8](repeating: 0, count: 33 * 33 * 3)
        pixels[(16 * 33 + 16) * 3 + 1] = 255
        let spread = Distortion.blur.applied(
            to: Tensor(pixels, shape: [1, 33, 33, 3]), grade: 1, from: Self.stream
        ).scalars(as: UInt8.self)
        // 255 / 2πσ² in the middle, in its own channel only.
        #expect(abs(Double(spread[(16 * 33 + 16) * 3 + 1]) - 255 / (2 * Double.pi)) < 1)
        #expect(spread[(16 * 33 + 16) * 3] == 0 && spread[(16 * 33 + 16) * 3 + 2] == 0)
        #expect(abs(Double(spread[(16 * 33 + 17) * 3 + 1]) - 255 / (2 * Double.pi) * exp(-0.5)) < 1)
    }

    @Test("Frame metrics worsen with the grade of distortions that change pixels, and are perfect without") func ranks()
        throws
    {
        var calibration = Calibration()
        calibration.metrics = ["psnr", "ssim"]
        calibration.clips = 3
        let report = try calibration.run(on: MovingShapes())
        #expect(report.undistorted["psnr"]?.value == 100 && report.undistorted["ssim"]?.value == 1)
        for distortion in report.distortions where ["noise", "blur"].contains(distortion.name) {
            for metric in report.metrics {
                let values = try distortion.grades.map { try #require($0.metrics[metric]?.value) }
                #expect(zip(values, values.dropFirst()).allSatisfy { $0 > $1 }, "\(distortion.name), \(metric)")
            }
        }
        // σ of 255 without clipping would give 20·log₁₀(255 / σ).
        let weakest = try #require(report.distortions.first?.grades.first?.metrics["psnr"]?.value)
        #expect(abs(weakest - 20 * log10(255 / 4)) < 0.3)
        let again = try calibration.run(on: MovingShapes())
        #expect(report == again)
        #expect(report.figure.png().prefix(4) == Data([0x89, 0x50, 0x4E, 0x47]))
        #expect(report.table.split(separator: "\n").count == 2 + 25)
        #expect(report.clipList.count == 3)
    }
}
