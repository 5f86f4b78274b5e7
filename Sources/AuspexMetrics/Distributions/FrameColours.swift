/// How a frame's colours are changed before they reach the network.
public struct FrameColours: Sendable, Hashable {
    /// Which channel comes first.
    public enum Order: String, Sendable, CaseIterable, Codable {
        /// Red first.
        case rgb
        /// Blue first, as OpenCV reads and writes pictures.
        case bgr

        var summary: String { self == .rgb ? "RGB" : "BGR" }
    }

    /// A mistake in the range of the bytes: video's limited range, 16…235, treated as full range or the reverse.
    public enum Levels: String, Sendable, CaseIterable, Codable {
        /// No mistake.
        case kept
        /// 0…255 pressed into 16…235: pale.
        case limited
        /// 16…235 stretched to 0…255, and values outside clipped: harsh.
        case expanded

        var summary: String {
            switch self {
            case .kept: "levels as they are"
            case .limited: "0…255 pressed into 16…235"
            case .expanded: "16…235 stretched to 0…255"
            }
        }
    }

    /// The network's input for bytes x.
    public enum Range: String, Sendable, CaseIterable, Codable {
        /// −1…1, the range it was trained on.
        case signed
        /// 0…1.
        case unit
        /// −½…½.
        case half
        /// 0…255, unscaled.
        case bytes
        /// Numbers of 0…1 treated as bytes: nearly −1 everywhere.
        case scaledTwice
        /// Numbers of −1…1 treated as 0…1: −3…1.
        case shiftedTwice

        var summary: String {
            switch self {
            case .signed: "2x/255 − 1"
            case .unit: "x/255"
            case .half: "x/255 − ½"
            case .bytes: "x as it is"
            case .scaledTwice: "2(x/255)/255 − 1"
            case .shiftedTwice: "2(2x/255 − 1) − 1"
            }
        }
    }

    private let order: Order
    private let levels: Levels
    private let range: Range

    init(_ order: Order, _ levels: Levels, _ range: Range) {
        self.order = order
        self.levels = levels
        self.range = range
    }

    /// The place of channel c of RGB.
    func place(of channel: Int) -> Int { order == .rgb ? channel : 2 - channel }

    /// The result for a value of 0…255.
    func level(_ value: Float) -> Float {
        switch levels {
        case .kept: value
        case .limited: (16 + value * 219 / 255).rounded(.toNearestOrEven)
        case .expanded: min(max(((value - 16) * 255 / 219).rounded(.toNearestOrEven), 0), 255)
        }
    }

    var scale: Float {
        switch range {
        case .signed: 2 / 255
        case .unit, .half: 1 / 255
        case .bytes: 1
        case .scaledTwice: 2 / (255 * 255)
        case .shiftedTwice: 4 / 255
        }
    }

    var offset: Float {
        switch range {
        case .signed, .scaledTwice: -1
        case .unit, .bytes: 0
        case .half: -0.5
        case .shiftedTwice: -3
        }
    }
}
