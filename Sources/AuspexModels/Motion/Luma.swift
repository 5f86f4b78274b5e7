import AuspexTensors

/// Luma of RGB, or the mean of any other channels, on the scale 0…255: the input of optical flow.
///
/// - Parameter pictures: `[…, C]`, in [−1, 1].
/// - Returns: `[…]`.
package func luma(_ pictures: Tensor) -> Tensor {
    let channels = pictures.shape[pictures.rank - 1]
    let weights: [Float] =
        channels == 3 ? [0.299, 0.587, 0.114] : [Float](repeating: 1 / Float(channels), count: channels)
    return pictures.withScalars(as: Float.self) { values in
        Tensor(Array(pictures.shape.dropLast())) { out in
            weights.withUnsafeBufferPointer { weights in
                for pixel in 0..<values.count / channels {
                    var sum: Float = 0
                    for channel in 0..<channels { sum += weights[channel] * values[pixel * channels + channel] }
                    out[pixel] = (sum + 1) * 127.5
                }
            }
        }
    }
}

/// Displacements clamped so that they end at the edge instead of outside the picture: `warpedByFlow` then reads the nearest edge and never zero.
///
/// - Parameter way: (dy, dx) in pixels, `[N, H, W, 2]`.
package func keptInside(_ way: Tensor) -> Tensor {
    let (height, width) = (way.shape[1], way.shape[2])
    return way.withScalars(as: Float.self) { values in
        Tensor(way.shape) { out in
            for row in 0..<way.shape[0] * height {
                let y = Float(row % height)
                let (top, bottom, right) = (-y, Float(height - 1) - y, Float(width - 1))
                for x in 0..<width {
                    let (place, left) = (2 * (row * width + x), -Float(x))
                    out[place] = min(max(values[place], top), bottom)
                    out[place + 1] = min(max(values[place + 1], left), right + left)
                }
            }
        }
    }
}
