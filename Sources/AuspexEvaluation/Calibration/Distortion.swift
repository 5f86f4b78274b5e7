import AuspexModels
import AuspexTensors

/// A way to damage a clip, by grades: a metric's values show whether it notices this kind of damage.
public enum Distortion: String, Codable, Sendable, CaseIterable {
    /// Gaussian noise on every number.
    case noise
    /// A Gaussian blur of every frame.
    case blur
    /// The last frames are frozen.
    case frozen
    /// Lost frames, each replaced by a repetition of the frame before.
    case dropped
    /// Neighbouring frames in the wrong order.
    case swapped

    /// Five grades, the weakest first; those that count frames are parts of a clip of T frames.
    public func grades(frames: Int) -> [Double] {
        func parts(_ shares: [Double], of whole: Int, atMost most: Int) -> [Double] {
            let counts = shares.map { Double(min(most, max(1, Int(($0 * Double(whole)).rounded())))) }
            // Short clips have fewer grades than there are shares.
            return counts.enumerated().filter { $0.offset == 0 || counts[$0.offset - 1] < $0.element }.map(\.element)
        }
        return switch self {
        case .noise: [4, 8, 16, 32, 64]
        case .blur: [0.5, 1, 2, 3, 4]
        case .frozen: parts([1 / 8, 1 / 4, 1 / 2, 3 / 4, 1], of: frames, atMost: frames - 1)
        case .dropped: parts([1 / 16, 1 / 8, 1 / 4, 1 / 2, 3 / 4], of: frames, atMost: frames - 1)
        case .swapped: parts([1 / 8, 1 / 4, 1 / 2, 3 / 4, 1], of: frames / 2, atMost: frames / 2)
        }
    }

    /// The unit of the grades.
    public var unit: String {
        switch self {
        case .noise: "σ of Gaussian noise, in 255ths"
        case .blur: "σ of a Gaussian blur, in pixels"
        case .frozen: "frozen last frames"
        case .dropped: "lost frames, replaced by the frame before"
        case .swapped: "pairs of neighbouring frames in the wrong order"
        }
    }

    /// The clip, damaged.
    ///
    /// - Parameters:
    ///   - clip: `[T, H, W, C]`, uint8.
    ///   - grade: in the distortion's `unit`.
    ///   - stream: source of the random draws.
    public func applied(to clip: Tensor, grade: Double, from stream: RandomStream) -> Tensor {
        let frames = clip.shape[0]
        switch self {
        case .noise: return Self.noisy(clip, deviation: Float(grade), stream)
        case .blur: return Self.blurred(clip, deviation: grade)
        case .frozen:
            let last = frames - 1 - Int(grade)
            return Self.rearranged(clip, (0..<frames).map { min($0, last) })
        case .dropped:
            // The first frame has none before it.
            let lost = Set(stream.sample(Int(grade), below: frames - 1).map { $0 + 1 })
            var shown = 0
            return Self.rearranged(
                clip,
                (0..<frames).map { frame in
                    if !lost.contains(frame) { shown = frame }
                    return shown
                })
        case .swapped:
            var order = Array(0..<frames)
            for pair in stream.sample(Int(grade), below: frames / 2) { order.swapAt(2 * pair, 2 * pair + 1) }
            return Self.rearranged(clip, order)
        }
    }

    private static func rearranged(_ clip: Tensor, _ order: [Int]) -> Tensor {
        joined(order.map { clip.sliced(0, from: $0, count: 1) }, along: 0)
    }

    private static func noisy(_ clip: Tensor, deviation: Float, _ stream: RandomStream) -> Tensor {
        let noise = stream.normal(clip.shape)
        return noise.withScalars(as: Float.self) { noise in
            clip.withScalars(as: UInt8.self) { pixels in
                Tensor(zip(pixels, noise).map { pixel(Float($0) + deviation * $1) }, shape: clip.shape)
            }
        }
    }

    private static func blurred(_ clip: Tensor, deviation: Double) -> Tensor {
        // Beyond four deviations a Gaussian changes no pixel by 1/255.
        let window = gaussianWindow(reach: Int((4 * deviation).rounded(.up)), deviation: deviation).map(Float.init)
        let (frames, height, width, channels) = (clip.shape[0], clip.shape[1], clip.shape[2], clip.shape[3])
        var blurred = clip.scalars(as: UInt8.self)
        for frame in 0..<frames {
            for channel in 0..<channels {
                func place(_ pixel: Int) -> Int { (frame * height * width + pixel) * channels + channel }
                let plane = Plane(
                    height: height, width: width, values: (0..<height * width).map { Float(blurred[place($0)]) })
                let smooth = plane.filtered(vertical: window, horizontal: window, border: .mirrored)
                for (number, value) in smooth.values.enumerated() { blurred[place(number)] = pixel(value) }
            }
        }
        return Tensor(blurred, shape: clip.shape)
    }

    private static func pixel(_ value: Float) -> UInt8 { UInt8(min(max(value.rounded(), 0), 255)) }
}
