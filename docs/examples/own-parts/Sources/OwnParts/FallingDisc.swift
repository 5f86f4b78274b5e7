import AuspexTensors
import AuspexVideo
import Foundation

/// A custom source of clips: a disc that falls and bounces off the floor, drawn rather than read.
///
/// A clip is a pure function of the stream and its number, so that a run that is resumed sees the clips that it would have seen.
public struct FallingDisc: ClipSource {
    public let description = "falling-disc"
    public let classNames: [String] = []

    private static let frameIntervalSeconds = 0.1

    public init() {}

    public func format(for request: ClipRequest) -> FrameFormat { .pixels(channels: request.colour.channels) }

    /// Clip number `index` of a run.
    public func clip(at index: Int, from stream: RandomStream, request: ClipRequest) -> Clip {
        clip(drawnFrom: stream.at(step: index), name: "\(description)/\(stream.seed)/\(index)", request)
    }

    /// Held-out clips come from a stream that no run draws from.
    public func clip(at place: ClipPlace, request: ClipRequest) -> Clip {
        clip(
            drawnFrom: RandomStream(seed: 0, name: "\(description)/held-out", step: place.item), name: name(at: place),
            request)
    }

    public func places(
        for request: ClipRequest, atMost limit: Int?, progress: (Int, Int) -> Void
    ) throws -> [ClipPlace] {
        guard let limit else {
            throw VideoError(
                .badSource, description, "has clips without end: say how many are wanted", remedies: [.clipCount])
        }
        return (0..<limit).map { ClipPlace(item: $0) }
    }

    public func name(at place: ClipPlace) -> String { "\(description)/held-out/\(place.item)" }

    public func places(ofClips wanted: [(name: String, firstFrame: Int)]) -> [ClipPlace?] {
        wanted.map { clip in clip.name.split(separator: "/").last.flatMap { Int($0) }.map { ClipPlace(item: $0) } }
    }

    private func clip(drawnFrom stream: RandomStream, name: String, _ request: ClipRequest) -> Clip {
        let drawn = stream.uniform([4]).scalars
        let (height, width, channels) = (request.size.height, request.size.width, request.colour.channels)
        var pixels: [UInt8] = []
        for frame in 0..<request.frames {
            let time = Float(frame) * 0.15
            let x = Float(width) * (0.2 + 0.6 * abs((drawn[0] + 0.1 * time).truncatingRemainder(dividingBy: 2) - 1))
            // From its height at rest, and again from every bounce.
            let phase = (drawn[1] + time).truncatingRemainder(dividingBy: 2) - 1
            let y = Float(height) * (0.8 - (0.3 + 0.3 * drawn[2]) * (1 - phase * phase))
            let radius = Float(min(height, width)) * (0.08 + 0.08 * drawn[3])
            for row in 0..<height {
                for column in 0..<width {
                    let distance = hypotf(Float(column) + 0.5 - x, Float(row) + 0.5 - y)
                    let cover = min(max(radius - distance + 0.5, 0), 1)
                    for channel in 0..<channels { pixels.append(UInt8(40 + cover * Float(190 - 50 * channel))) }
                }
            }
        }
        return Clip(
            frames: Tensor(pixels, shape: [request.frames, height, width, channels]), format: format(for: request),
            name: name, frameIndices: Array(0..<request.frames), frameIntervalSeconds: Self.frameIntervalSeconds)
    }
}
