import AuspexMetrics
import AuspexTensors
import AuspexVideo

/// One clip of a set as it is read, whole or in pieces, and its record.
struct ClipReading {
    private let set: ScoredSet
    private let number: Int
    private let form: ComparisonShape
    private var done = 0
    private var channels = 0
    private var elementType = ElementType.uint8
    private var digesting = ClipDigesting()

    init(_ number: Int, of set: ScoredSet, as form: ComparisonShape) {
        (self.set, self.number, self.form) = (set, number, form)
    }

    /// The next frames as metrics take them, `[1, T, H, W, C]`: at most as many as requested.
    mutating func next(_ count: Int) throws -> Tensor {
        let frames = done..<min(done + count, form.frames)
        let piece = try set.clip(number, frames: frames, size: form.size)
        done = frames.upperBound
        channels = piece.format.channels
        elementType = piece.frames.elementType
        digesting.add(piece.frames)
        return try set.measured(piece)
    }

    /// The record of what was read.
    var record: ClipRecord {
        let item = set.items[number]
        return ClipRecord(
            name: item.name, firstFrame: item.firstFrame, frames: done, size: form.size, channels: channels,
            sha256: digesting.digest.hexadecimal, elementType: elementType.rawValue)
    }
}
