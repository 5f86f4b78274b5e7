import AuspexSupport
import AuspexTensors

/// The frames of a clip, as separate pictures.
///
/// - Parameter clip: `[T, H, W, C]`, of any element type.
/// - Returns: T tensors `[H, W, C]` that share the clip's memory.
package func frames(of clip: Tensor) -> [Tensor] {
    let size = clip.shape.dropFirst().reduce(1, *)
    return (0..<clip.shape[0]).map { clip.viewed(as: Array(clip.shape.dropFirst()), from: $0 * size) }
}

/// One clip `[T, H, W, C]` from its frames, all of one shape and element type.
package func stackedFrames(_ frames: [Tensor]) -> Tensor {
    require(!frames.isEmpty, "stackedFrames", "there are no frames")
    let out = Tensor(uninitialized: [frames.count] + frames[0].shape, elementType: frames[0].elementType)
    for (number, frame) in frames.enumerated() {
        require(
            frame.shape == frames[0].shape && frame.elementType == out.elementType, "stackedFrames",
            "\(frame.elementType) \(frame.shape) beside \(out.elementType) \(frames[0].shape)")
        frame.withBytes { bytes in
            (out.rawPointer + number * frame.sizeBytes).copyMemory(from: bytes.baseAddress!, byteCount: bytes.count)
        }
    }
    return out
}

/// Pictures of one shape in a row without gaps: `[H, n·W, C]`.
package func sideBySide(_ pictures: [Tensor]) -> Tensor {
    require(!pictures.isEmpty, "sideBySide", "there are no pictures")
    let (height, line) = (pictures[0].shape[0], pictures[0].shape[1] * pictures[0].shape[2])
    var scalars = [UInt8](repeating: 0, count: height * line * pictures.count)
    for (number, picture) in pictures.enumerated() {
        require(picture.shape == pictures[0].shape, "sideBySide", "\(picture.shape) beside \(pictures[0].shape)")
        picture.withScalars(as: UInt8.self) { pixels in
            for row in 0..<height {
                for place in 0..<line {
                    scalars[(row * pictures.count + number) * line + place] = pixels[row * line + place]
                }
            }
        }
    }
    return Tensor(scalars, shape: [height, pictures[0].shape[1] * pictures.count, pictures[0].shape[2]])
}

/// Channels of a field that are shown side by side: more would be wider than a picture can be, and nobody would look at them.
private let mostVisibleChannels = 16

/// A frame for display: 1 and 3 channels unchanged; 4 as colour, without the alpha; any other number as grey pictures side by side,
/// `[H, min(C, 16)·W, 1]`.
///
/// - Parameter frame: `[H, W, C]`, uint8.
package func visible(_ frame: Tensor) -> Tensor {
    let (height, width, channels) = (frame.shape[0], frame.shape[1], frame.shape[2])
    if channels == 1 || channels == 3 { return frame }
    return frame.withScalars(as: UInt8.self) { pixels in
        if channels == 4 {
            let scalars = (0..<height * width * 3).map { pixels[$0 / 3 * 4 + $0 % 3] }
            return Tensor(scalars, shape: [height, width, 3])
        }
        let shown = min(channels, mostVisibleChannels)
        var scalars = [UInt8](repeating: 0, count: height * width * shown)
        for row in 0..<height {
            for channel in 0..<shown {
                for column in 0..<width {
                    scalars[(row * shown + channel) * width + column] =
                        pixels[(row * width + column) * channels + channel]
                }
            }
        }
        return Tensor(scalars, shape: [height, shown * width, 1])
    }
}

/// The whole factor by which a small frame is enlarged so that its longer side has at least `side` pixels.
package func enlargement(of frame: Tensor, toReach side: Int) -> Int {
    let longer = max(frame.shape[0], frame.shape[1])
    return max(1, (side + longer - 1) / longer)
}
