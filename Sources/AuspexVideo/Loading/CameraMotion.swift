import AuspexTensors
import Foundation

/// Camera motion added to training clips: a share of them is cut from larger frames by a window that pans, zooms and shakes.
///
/// A model that has only seen resting cameras fails when the camera moves. Frames are read half as large again as the model takes them, and the
/// window moves inside them; where it leaves them the edge is repeated. Four in five windows pan, by an exponentially distributed speed of mean 0.6 and at
/// most 1.6 pixels per frame at 32×32, and in proportion at other sizes; two in five zoom, by a normally distributed rate of deviation 0.008 per frame in the
/// logarithm of the scale; three in ten shake, by normal numbers of half a pixel, smoothed over three frames.
///
/// The motion is a pure function of the stream's seed and name and of the clip's number.
public struct CameraMotion: Sendable, Equatable {
    /// The share of the clips, from 0 to 1.
    public let share: Double

    /// The factor by which the frames that windows are cut from are larger.
    private static let enlargement = 1.5

    /// Motion for a share of the clips, from 0 to 1.
    public init(share: Double) { self.share = share }

    /// Clip number `index` of a run: the source's own, or one cut from its larger frames.
    ///
    /// - Throws: what the source throws.
    public func clip(
        at index: Int, of source: any ClipSource, from stream: RandomStream, request: ClipRequest
    ) throws -> Clip {
        let draws = stream.named("camera").at(step: index)
        guard Double(draws.uniform(at: 0)) < share else {
            return try source.clip(at: index, from: stream, request: request)
        }
        var larger = request
        func enlarged(_ side: Int) -> Int { Int((Double(side) * Self.enlargement).rounded()) }
        larger.size = FrameSize(height: enlarged(request.size.height), width: enlarged(request.size.width))
        var clip = try source.clip(at: index, from: stream, request: larger)
        clip.frames = CameraPath(frames: request.frames, size: request.size, inside: larger.size, from: draws)
            .cut(from: clip.frames)
        return clip
    }
}

/// The path of a moving window, frame by frame.
package struct CameraPath: Sendable {
    /// One frame's window: its centre in pixels of the frame that it is cut from, counted from the corner of the first pixel, and the size of
    /// one of its pixels in pixels of that frame.
    package struct Window: Sendable, Equatable {
        package var y: Double
        package var x: Double
        package var scale: Double
    }

    package private(set) var windows: [Window]
    private let size: FrameSize

    /// - Parameters:
    ///   - size: of the window.
    ///   - whole: of the frames that it is cut from.
    ///   - draws: number 0 was already used: whether there is a path at all.
    package init(frames: Int, size: FrameSize, inside whole: FrameSize, from draws: RandomStream) {
        self.size = size
        // Speeds are for frames of 32 pixels.
        let unit = Double(min(size.height, size.width)) / 32
        func uniform(_ place: Int) -> Double { Double(draws.uniform(at: place)) }
        let (speed, heading) = (min(1.6, -0.6 * log(1 - uniform(2))) * unit, 2 * Double.pi * uniform(3))
        let pan = uniform(1) < 0.8 ? (y: speed * sin(heading), x: speed * cos(heading)) : (y: 0, x: 0)
        let normals = draws.named("shake").normal([1 + 2 * (frames + 2)]).scalars.map(Double.init)
        let rate = uniform(4) < 0.4 ? 0.008 * normals[0] : 0
        let shake = uniform(5) < 0.3 ? 0.5 * unit : 0
        // Smoothed over three frames, 1 : 2 : 1, which leaves √(6/16) of the deviation.
        func shaken(_ frame: Int, _ axis: Int) -> Double {
            func jolt(_ number: Int) -> Double { normals[1 + 2 * number + axis] }
            return shake * (jolt(frame) + 2 * jolt(frame + 1) + jolt(frame + 2)) / 4 / (6.0 / 16).squareRoot()
        }
        windows = (0..<frames).map { frame in
            let time = Double(frame) - Double(frames - 1) / 2
            return Window(
                y: pan.y * time + shaken(frame, 0), x: pan.x * time + shaken(frame, 1), scale: exp(rate * time))
        }
        let y = Self.offset(windows.map { ($0.y, $0.scale * Double(size.height) / 2) }, whole.height, uniform(6))
        let x = Self.offset(windows.map { ($0.x, $0.scale * Double(size.width) / 2) }, whole.width, uniform(7))
        for frame in windows.indices {
            windows[frame].y += y
            windows[frame].x += x
        }
    }

    /// The shift of a path along one side: random so that all windows are inside; to the middle if they cannot be.
    private static func offset(_ windows: [(centre: Double, reach: Double)], _ side: Int, _ share: Double) -> Double {
        let first = windows.map { $0.centre - $0.reach }.min() ?? 0
        let last = windows.map { $0.centre + $0.reach }.max() ?? 0
        let room = Double(side) - (last - first)
        return -first + (room > 0 ? room * share : room / 2)
    }

    /// The windows of frames, bilinearly, the edge repeated: `[T, H, W, C]` to `[T, height, width, C]` of the same element type.
    package func cut(from frames: Tensor) -> Tensor {
        let shape = [frames.shape[0], size.height, size.width, frames.shape[3]]
        guard frames.elementType == .uint8 else {
            return frames.withScalars(as: Float.self) { values in
                Tensor(shape) { out in read(values, frames.shape) { out[$0] = $1 } }
            }
        }
        var cut = Tensor(uninitialized: shape, elementType: .uint8)
        frames.withScalars(as: UInt8.self) { values in
            cut.withMutableScalars(as: UInt8.self) { out in
                // Interpolated between two bytes: rounding needs no limits.
                read(values, frames.shape) { out[$0] = UInt8($1 + 0.5) }
            }
        }
        return cut
    }

    private func read<Scalar>(
        _ values: UnsafeBufferPointer<Scalar>, _ shape: [Int], _ write: (Int, Float) -> Void
    ) where Scalar: FloatConvertible {
        let (height, width, channels) = (shape[1], shape[2], shape[3])
        for (frame, window) in windows.enumerated() {
            let columns = (0..<size.width).map {
                Between(window.x + (Double($0) + 0.5 - Double(size.width) / 2) * window.scale - 0.5, width)
            }
            let start = frame * height * width * channels
            for row in 0..<size.height {
                let rows = Between(
                    window.y + (Double(row) + 0.5 - Double(size.height) / 2) * window.scale - 0.5, height)
                let (above, below) = (start + rows.first * width * channels, start + rows.second * width * channels)
                for (column, between) in columns.enumerated() {
                    let out = ((frame * size.height + row) * size.width + column) * channels
                    let (left, right) = (between.first * channels, between.second * channels)
                    for channel in 0..<channels {
                        func mixed(_ line: Int) -> Float {
                            let (a, b) = (values[line + left + channel].float, values[line + right + channel].float)
                            return a + (b - a) * between.share
                        }
                        let (high, low) = (mixed(above), mixed(below))
                        write(out + channel, high + (low - high) * rows.share)
                    }
                }
            }
        }
    }
}

/// A position between two pixels of a side.
private struct Between {
    let first: Int
    let second: Int
    let share: Float

    /// - Parameter place: counted from the middle of the first pixel; clamped at the edges.
    init(_ place: Double, _ count: Int) {
        let held = min(max(place, 0), Double(count - 1))
        first = Int(held)
        second = min(first + 1, count - 1)
        share = Float(held - Double(first))
    }
}

/// Frames as floats, for interpolation.
private protocol FloatConvertible {
    var float: Float { get }
}

extension UInt8: FloatConvertible { fileprivate var float: Float { Float(self) } }
extension Float: FloatConvertible { fileprivate var float: Float { self } }
