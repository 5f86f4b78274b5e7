import AuspexMetrics
import AuspexTensors
import AuspexVideo

/// One side of a comparison.
enum ScoredSide {
    case clips(ScoredSet)
    case saved(SavedFeatures.Side, path: String)

    private static let ending = ".safetensors"

    /// Whether a text names a file of features, not clips: `FILE.safetensors`, optionally with `@` and the name of one of its sets.
    static func isFeatures(_ text: String) -> Bool { parts(of: text).path.hasSuffix(ending) }

    private static func parts(of text: String) -> (path: String, side: MetricSide?) {
        for side in MetricSide.allCases where text.hasSuffix(ending + "@" + side.rawValue) {
            return (String(text.dropLast(side.rawValue.count + 1)), side)
        }
        return (text, nil)
    }

    init(_ text: String, as side: MetricSide, options: SourceOptions) throws {
        guard Self.isFeatures(text) else {
            self = .clips(try ScoredSet(text, options: options))
            return
        }
        let (path, named) = Self.parts(of: text)
        self = .saved(try SavedFeatures(readingFrom: path).side(side, named: named), path: path)
    }

    var count: Int {
        switch self {
        case .clips(let set): set.items.count
        case .saved(let side, _): side.clips.count
        }
    }

    /// The format of its clips; nil for features, which have none.
    var format: FrameFormat? {
        get throws {
            switch self {
            case .clips(let set): try set.format
            case .saved: nil
            }
        }
    }

    /// The side with its clips converted to a format, if it has clips.
    func scaled(to format: FrameFormat) -> ScoredSide {
        guard case .clips(var set) = self else { return self }
        set.scale = format
        return .clips(set)
    }

    var isLossless: Bool {
        switch self {
        case .clips(let set): set.isLossless
        case .saved(let side, _): side.isLossless
        }
    }

    /// Name, frames and size of a clip.
    func form(of clip: Int) -> (name: String, frames: Int, size: FrameSize?) {
        switch self {
        case .clips(let set): (set.items[clip].name, set.items[clip].frameCount, set.items[clip].size)
        case .saved(let side, let path):
            ("\(path): \(side.clips[clip].name)", side.clips[clip].frames, side.clips[clip].size)
        }
    }
}
