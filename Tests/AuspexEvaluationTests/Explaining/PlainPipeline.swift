import AuspexMetrics
import AuspexStatistics
import AuspexTensors

/// Clips to a number by the shortest code that does it: what `explain` is held against where no trained network is at hand.
struct PlainPipeline {
    /// Where output i of `outputs` is sampled along a side of `inputs`.
    typealias Place = @Sendable (_ output: Int, _ inputs: Int, _ outputs: Int) -> Double

    static let corner: Place = { Double($0) * Double($1) / Double($2) }
    static let centred: Place = { (Double($0) + 0.5) * Double($1) / Double($2) - 0.5 }
    static let aligned: Place = { Double($0) * Double($1 - 1) / Double($2 - 1) }

    var place = corner
    /// Nearest takes the pixel before the place.
    var isLinear = true
    var isCropped = false
    var scale = 2.0 / 255
    var offset = -1.0

    /// `[count, features]` of clips `[B, T, H, W, 3]`, uint8.
    func features(_ clips: Tensor) -> ClipFeatures {
        let clip = clips.shape[1...].reduce(1, *)
        let pixels = clips.scalars(as: UInt8.self)
        var features = ClipFeatures(size: Self.featureSize)
        for number in 0..<clips.shape[0] {
            let prepared = prepared(Array(pixels[number * clip..<(number + 1) * clip]), Array(clips.shape[1...]))
            features.append(Self.looks(prepared, frames: clips.shape[1]))
        }
        return features
    }

    private func prepared(_ pixels: [UInt8], _ shape: [Int]) -> [Float] {
        let (frames, height, width, side) = (shape[0], shape[1], shape[2], 224)
        let short = min(height, width)
        func outputs(_ count: Int) -> Int {
            isCropped ? Int((Double(count * side) / Double(short)).rounded(.up)) : side
        }
        func taps(_ count: Int) -> [(Int, Int, Double)] {
            let skipped = (outputs(count) - side) / 2
            return (0..<side).map { output in
                let at = max(0, place(output + skipped, count, outputs(count)))
                let first = min(Int(at), count - 1)
                return (first, min(first + 1, count - 1), isLinear ? at - Double(first) : 0)
            }
        }
        let (vertical, horizontal) = (taps(height), taps(width))
        var values: [Float] = []
        for frame in 0..<frames {
            func pixel(_ y: Int, _ x: Int, _ c: Int) -> Double {
                Double(pixels[((frame * height + y) * width + x) * 3 + c])
            }
            for (top, bottom, down) in vertical {
                for (left, right, along) in horizontal {
                    for c in 0..<3 {
                        let upper = pixel(top, left, c) * (1 - along) + pixel(top, right, c) * along
                        let lower = pixel(bottom, left, c) * (1 - along) + pixel(bottom, right, c) * along
                        values.append(Float((upper * (1 - down) + lower * down) * scale + offset))
                    }
                }
            }
        }
        return values
    }

    static let featureSize = 8

    /// Means of the channels, how much pixels differ from their neighbours across, down and in time, and how bright the corners are.
    static func looks(_ clip: [Float], frames: Int) -> [Float] {
        let (side, frame) = (224, 224 * 224 * 3)
        var sums = [Double](repeating: 0, count: featureSize)
        for time in 0..<frames {
            for y in 0..<side {
                for x in 0..<side {
                    let place = time * frame + (y * side + x) * 3
                    // Nonlinear, like a network: otherwise 0…1 and −½…½ could not be distinguished.
                    for c in 0..<3 { sums[c] += max(0, Double(clip[place + c])) }
                    let value = Double(clip[place + 1])
                    if x + 1 < side { sums[3] += abs(Double(clip[place + 4]) - value) * 10 }
                    if y + 1 < side { sums[4] += abs(Double(clip[place + side * 3 + 1]) - value) * 10 }
                    if time + 1 < frames { sums[5] += abs(Double(clip[place + frame + 1]) - value) * 10 }
                    if x < 40, y < 40 { sums[6] += value * 30 }
                    if x >= 184, y >= 184 { sums[7] += value * 30 }
                }
            }
        }
        // Larger than pixels are, as logits are.
        return sums.map { Float($0 / Double(frames * side * side) * 10) }
    }

    /// What `looks` makes of a batch as it goes through a network.
    static let network: @Sendable (Tensor) -> Tensor = { clips in
        let clip = clips.shape[1...].reduce(1, *)
        let values = clips.scalars
        let rows = (0..<clips.shape[0]).flatMap {
            looks(Array(values[$0 * clip..<($0 + 1) * clip]), frames: clips.shape[1])
        }
        return Tensor(rows, shape: [clips.shape[0], featureSize])
    }
}
