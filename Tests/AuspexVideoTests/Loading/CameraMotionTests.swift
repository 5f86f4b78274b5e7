import AuspexTensors
import AuspexVideo
import Foundation
import TestSupport
import Testing

@Suite("Camera motion added to training clips") struct CameraMotionTests {
    private let stream = RandomStream(seed: 5, name: "clips")
    private let request = ClipRequest(frames: 4, size: FrameSize(16))

    private func frames(_ index: Int, share: Double) throws -> [UInt8] {
        try CameraMotion(share: share).clip(at: index, of: MovingShapes(), from: stream, request: request).frames
            .scalars()
    }

    @Test("changes its share of the clips and leaves the others bit for bit") func share() throws {
        var touched = 0
        for index in 0..<60 {
            let own: [UInt8] = try MovingShapes().clip(at: index, from: stream, request: request).frames.scalars()
            #expect(try frames(index, share: 0) == own)
            let half = try frames(index, share: 0.5)
            #expect(half.count == own.count)
            if half != own {
                touched += 1
                // Which clips a smaller share touches, a larger one touches too, in the same way.
                #expect(try frames(index, share: 1) == half)
            }
        }
        #expect((18...42).contains(touched), "\(touched) of 60")
    }

    @Test("depends on the clip's number alone: not on threads, nor on where a run was resumed") func resuming() throws {
        func batches(from position: Int, threads: Int, count: Int) throws -> [[UInt8]] {
            var clips = TrainingClips(of: MovingShapes())
            clips.camera = CameraMotion(share: 0.5)
            let loader = ClipLoader(
                clips, stream: stream, request: request, batchSize: 2, from: position, threads: threads)
            return try (0..<count).map { _ in try loader.nextBatch().frames.scalars() }
        }
        let whole = try batches(from: 0, threads: 1, count: 6)
        #expect(try batches(from: 0, threads: 3, count: 6) == whole)
        #expect(try batches(from: 6, threads: 2, count: 3) == Array(whole[3...]))
    }

    private func paths(_ count: Int, size: FrameSize = FrameSize(32)) -> [CameraPath] {
        let whole = FrameSize(height: size.height * 3 / 2, width: size.width * 3 / 2)
        return (0..<count).map {
            CameraPath(frames: 16, size: size, inside: whole, from: stream.named("camera").at(step: $0))
        }
    }

    @Test("pans, zooms and shakes as often and as fast as documented") func statistics() {
        let paths = paths(600)
        var (panning, zooming, steady): (Double, Double, [Double]) = (0, 0, [])
        for path in paths {
            let w = path.windows
            let steps = zip(w, w.dropFirst()).map { (y: $1.y - $0.y, x: $1.x - $0.x) }
            let rates = zip(w, w.dropFirst()).map { Foundation.log($1.scale / $0.scale) }
            #expect(rates.allSatisfy { abs($0 - rates[0]) < 1e-9 }, "a zoom has one rate")
            if abs(rates[0]) > 1e-12 { zooming += 1 }
            // Without a shake all steps are equal.
            guard steps.allSatisfy({ abs($0.y - steps[0].y) + abs($0.x - steps[0].x) < 1e-9 }) else { continue }
            let speed = (steps[0].y * steps[0].y + steps[0].x * steps[0].x).squareRoot()
            #expect(speed <= 1.6 + 1e-9)
            steady.append(speed)
            if speed > 1e-9 { panning += 1 }
        }
        #expect((0.33...0.47).contains(zooming / 600), "\(zooming) zoom")
        #expect((0.63...0.77).contains(Double(steady.count) / 600), "\(steady.count) are steady")
        #expect((0.74...0.86).contains(panning / Double(steady.count)), "\(panning) pan")
        // The mean of an exponential number of mean 0.6, held at 1.6, is 0.6 (1 − exp(−1.6 / 0.6)) = 0.558.
        #expect((0.5...0.62).contains(steady.reduce(0, +) / panning))
    }

    @Test("keeps windows inside the larger frame if they fit, otherwise in its middle")
    func insideWherePossible() {
        for path in paths(200, size: FrameSize(height: 32, width: 48)) {
            for (places, reach, side) in [
                (path.windows.map { ($0.y, $0.scale) }, 16.0, 48.0), (path.windows.map { ($0.x, $0.scale) }, 24, 72),
            ] {
                let first = places.map { $0.0 - $0.1 * reach }.min() ?? 0
                let last = places.map { $0.0 + $0.1 * reach }.max() ?? 0
                if last - first <= side {
                    #expect(first >= -1e-9 && last <= side + 1e-9)
                } else {
                    #expect(abs(first + last - side) < 1e-6)
                }
            }
        }
    }

    /// Frames whose numbers are their pixels' own coordinates show where a window has looked.
    @Test("reads each pixel from where the window is, bilinearly, the edge repeated") func reading() {
        let (height, width) = (24, 30)
        let ramp = Tensor(
            (0..<16 * height * width).flatMap { [Float($0 / width % height), Float($0 % width)] },
            shape: [16, height, width, 2])
        for (number, path) in (0..<20).map({
            CameraPath(
                frames: 16, size: FrameSize(height: 16, width: 20), inside: FrameSize(height: height, width: width),
                from: stream.at(step: $0))
        }).enumerated() {
            let cut = path.cut(from: ramp)
            #expect(cut.shape == [16, 16, 20, 2])
            let expected = PlainTensor<Double>(cut.shape) { place in
                let window = path.windows[place[0]]
                let y = window.y + (Double(place[1]) + 0.5 - 8) * window.scale - 0.5
                let x = window.x + (Double(place[2]) + 0.5 - 10) * window.scale - 0.5
                return place[3] == 0 ? min(max(y, 0), Double(height - 1)) : min(max(x, 0), Double(width - 1))
            }
            #expect(mismatch(cut, expected, absolute: 1e-4) == nil, "\(number)")
        }
    }
}
