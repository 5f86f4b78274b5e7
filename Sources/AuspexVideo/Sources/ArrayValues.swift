import AuspexTensors

/// What is known of an array's values from the frames that have been read.
package struct ArrayValues: Sendable, Hashable {
    /// The array's file.
    package let path: String
    package let element: NumPyElement
    /// Smallest and largest value that floats were declared to have.
    package let range: ClosedRange<Float>?
    /// Values read so far.
    package fileprivate(set) var count = 0
    /// Values of a float array that were outside `range` and were clamped.
    package fileprivate(set) var clamped = 0
    /// Smallest value read, as stored in the file; bool counts as 0 and 255.
    package fileprivate(set) var lowest = Float.infinity
    /// Largest value read.
    package fileprivate(set) var highest = -Float.infinity

    init(path: String, element: NumPyElement, range: ClosedRange<Float>?) {
        (self.path, self.element, self.range) = (path, element, range)
    }

    /// Adds the statistics of other frames of the same array.
    mutating func add(_ other: ArrayValues) {
        count += other.count
        clamped += other.clamped
        lowest = min(lowest, other.lowest)
        highest = max(highest, other.highest)
    }

    /// Adds the values of a frame of bytes.
    mutating func take(bytes: UnsafeBufferPointer<UInt8>) {
        guard let least = bytes.min(), let most = bytes.max() else { return }
        count += bytes.count
        lowest = min(lowest, Float(least))
        highest = max(highest, Float(most))
    }

    /// Why a frame of floats cannot be used.
    enum Refusal: Error {
        case notFinite
        /// A value further outside the range than half its width: a wrong range, not an overshooting network.
        case farOutside(Float)
    }

    /// Adds the values of a frame of floats, which stay unchanged within their range.
    ///
    /// Values slightly outside the range are clamped and counted.
    ///
    /// - Throws: `Refusal` for NaN, infinity, and values far outside the range.
    mutating func take(clamping floats: UnsafeMutableBufferPointer<Float>) throws {
        for value in floats {
            guard value.isFinite else { throw Refusal.notFinite }
            lowest = min(lowest, value)
            highest = max(highest, value)
        }
        count += floats.count
        guard let range else { return }
        let span = range.upperBound - range.lowerBound
        for place in floats.indices {
            let value = (floats[place] - range.lowerBound) / span * 2 - 1
            guard abs(value) <= 2 else { throw Refusal.farOutside(floats[place]) }
            // The end of the range itself may be missed by rounding.
            if abs(value) > 1 + 1e-5 { clamped += 1 }
            floats[place] = min(range.upperBound, max(range.lowerBound, floats[place]))
        }
    }
}

extension ItemSource {
    /// Statistics of the values of the source's arrays from the frames read so far; empty if it has no arrays.
    package var arrayValues: [ArrayValues] {
        var seen: Set<ObjectIdentifier> = []
        return items.compactMap { item in
            guard let array = (item as? ArrayItem)?.array, seen.insert(ObjectIdentifier(array)).inserted else {
                return nil
            }
            return array.values
        }
    }

    package var valueNotes: [String] { arrayValues.flatMap(\.notes) }
}
