import AuspexSupport
import CAuspexEngine

/// Frames picked from each clip by number, in the given order; a frame may be repeated.
///
/// - Parameters:
///   - clips: `[B, T, …]`, any element type.
///   - frames: B lists of K numbers in `0..<T`.
/// - Returns: `[B, K, …]`.
public func gatheredInTime(_ clips: Tensor, frames: [[Int]]) -> Tensor {
    require(clips.rank >= 2, "gatheredInTime", "\(clips.shape) has no batch and time")
    let (batch, time) = (clips.shape[0], clips.shape[1])
    let picked = frames.first?.count ?? 0
    require(
        frames.count == batch && frames.allSatisfy { $0.count == picked && $0.allSatisfy { (0..<time).contains($0) } },
        "gatheredInTime", "frames \(frames) do not fit clips \(clips.shape): a list of numbers below \(time) a clip")
    let frame = Array(clips.shape.dropFirst(2))
    let places = frames.enumerated().flatMap { clip, numbers in numbers.map { Int64(clip * time + $0) } }
    let result = Tensor(uninitialized: [batch, picked] + frame, elementType: clips.elementType)
    withExtendedLifetime((clips.storage, result.storage)) {
        if !result.hasMemory { return }
        ax_gather_runs(
            result.rawPointer, clips.rawPointer, places, places.count, frame.product * clips.elementType.sizeBytes)
    }
    let source = clips.shape
    return result.recorded("gatheredInTime", from: clips) { gradient in
        let atClips = Tensor(source) { out in
            withFloats(gradient) {
                ax_scatter_add_runs(out, $0, places, places.count, frame.product, batch * time)
            }
        }
        return [atClips]
    }
}

/// One window per clip, at the same place in all frames.
///
/// - Parameters:
///   - clips: `[B, T, H, W, C]`, any element type.
///   - places: the window's first row and column, one pair per clip.
/// - Returns: `[B, T, height, width, C]`.
public func croppedPerClip(
    _ clips: Tensor, places: [(top: Int, left: Int)], height: Int, width: Int
) -> Tensor {
    require(clips.rank == 5, "croppedPerClip", "\(clips.shape) is not [B, T, H, W, C]")
    let source = clips.shape
    require(
        places.count == source[0]
            && places.allSatisfy {
                $0.top >= 0 && $0.left >= 0 && $0.top + height <= source[2] && $0.left + width <= source[3]
            }, "croppedPerClip", "windows of \(height)×\(width) at \(places) do not fit clips \(source)")
    let target = [source[0], source[1], height, width, source[4]]
    let window = Array(target.dropFirst())
    let (large, small) = (source.denseStrides, target.denseStrides)
    let result = Tensor(uninitialized: target, elementType: clips.elementType)
    for (clip, place) in places.enumerated() {
        copyStrided(
            from: clips, at: clip * large[0] + place.top * large[2] + place.left * large[3],
            strides: Array(large.dropFirst()), to: result, targetStart: clip * small[0],
            targetStrides: Array(small.dropFirst()),
            sizes: window)
    }
    return result.recorded("croppedPerClip", from: clips) { gradient in
        let atClips = Tensor(zeros: source)
        for (clip, place) in places.enumerated() {
            copyStrided(
                from: gradient, at: clip * small[0], strides: Array(small.dropFirst()), to: atClips,
                targetStart: clip * large[0] + place.top * large[2] + place.left * large[3],
                targetStrides: Array(large.dropFirst()), sizes: window)
        }
        return [atClips]
    }
}
