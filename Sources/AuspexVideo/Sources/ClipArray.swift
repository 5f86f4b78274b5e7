import AuspexSupport
import AuspexTensors
import Synchronization

/// Clips in a `.npy` array, read frame by frame on demand.
final class ClipArray: Sendable {
    let path: String
    private let array: NumPyArray
    private let axes: [Character]
    private let range: ClosedRange<Float>?
    let framesPerSecond: Double?
    private let seen: Mutex<ArrayValues>

    var clipCount: Int { side("B") }
    var frameCount: Int { side("T") }
    var size: FrameSize { FrameSize(height: side("H"), width: side("W")) }
    var channels: Int { side("C") }
    /// The format of its numbers.
    var format: FrameFormat {
        if array.element.isFloatingPoint { return .field(channels: channels, range: range) }
        return .pixels(channels: channels, depth: array.element == .uint16 ? .sixteen : .eight)
    }

    /// Statistics of the values that were read so far.
    var values: ArrayValues { seen.withLock { $0 } }

    /// The name of clip `number` in messages.
    func name(ofClip number: Int) -> String { clipCount > 1 ? "\(path)[\(number)]" : path }

    /// - Parameters:
    ///   - axes: the meaning of each side, as letters B T H W C.
    ///   - range: smallest and largest value of a float array.
    ///   - needsRange: whether a float array without a range is refused; otherwise its values stay as they are.
    /// - Throws: `VideoError.badArray` if something about the array was not specified and is ambiguous, or `FileError` where the file is not an array.
    init(
        path: String, axes text: String?, range: ClosedRange<Float>?, framesPerSecond: Double?, needsRange: Bool = true
    ) throws {
        self.path = path
        self.framesPerSecond = framesPerSecond
        array = try NumPyArray(path: path)
        axes = try Self.axes(text, shape: array.shape, path: path)
        // For whole numbers the element type determines the range.
        self.range = array.element.isFloatingPoint ? range : nil
        seen = Mutex(ArrayValues(path: path, element: array.element, range: self.range))
        guard array.element.tensorElementType != .int32 || array.element == .uint16 else {
            throw VideoError(
                .badArray, path,
                "holds \(array.element), expected uint8, uint16, bool or float: save it with .astype(np.uint8) or np.float32"
            )
        }
        if array.element.isFloatingPoint, range == nil, needsRange {
            throw VideoError(
                .badArray, path,
                "holds floats without a value range: give the smallest and the largest value, for example 0 and 1",
                remedies: [.valueRange([0...1, -1...1])])
        }
        if let range, range.lowerBound >= range.upperBound {
            throw VideoError(.badArray, path, "the range \(range) is empty: give the smallest and the largest value")
        }
        guard array.shape.allSatisfy({ $0 > 0 }) else {
            throw VideoError(.badArray, path, "has the shape \(array.shape), with nothing in it")
        }
    }

    private static func axes(_ text: String?, shape: [Int], path: String) throws -> [Character] {
        if let text {
            let letters = Array(text.uppercased())
            guard Set(letters).count == letters.count, letters.allSatisfy({ "BTHWC".contains($0) }),
                Set("THW").isSubset(of: letters)
            else {
                throw VideoError(
                    .badArray, path,
                    "axes \(text): expected the letters T, H, W and, where there are such sides, B and C, each once",
                    remedies: [.axes(["BTHWC"])])
            }
            guard letters.count == shape.count else {
                throw VideoError(
                    .badArray, path,
                    "axes \(text) name \(letters.count, "side"), the array has \(shape.count): \(shape)",
                    remedies: [.axes([])])
            }
            // Reading a pixel at a time would take hours.
            guard let last = letters.last, "HWC".contains(last) else {
                throw VideoError(
                    .badArray, path,
                    "axes \(text): frames are scattered over the file; save it as np.ascontiguousarray(array.transpose(…)) in the order BTHWC",
                    remedies: [.axes([])])
            }
            return letters
        }
        let examples = shape.count == 4 ? ["BTHW", "TBHW", "THWC"] : ["BTHWC"]
        guard shape.count == 5 else {
            throw VideoError(
                .badArray, path,
                "has \(shape.count, "side"), \(shape): name them in order, for example \(examples.joined(separator: ", "))",
                remedies: [.axes(examples)])
        }
        guard (1...4).contains(shape[4]) || !((1...4).contains(shape[2]) || (1...4).contains(shape[1])) else {
            throw VideoError(
                .badArray, path,
                "has the shape \(shape), whose last side does not look like channels: name the order of the sides, BTCHW, or BTHWC if "
                    + "the last one is channels", remedies: [.axes(["BTCHW", "BTHWC"])])
        }
        return Array("BTHWC")
    }

    private func side(_ axis: Character) -> Int { axes.firstIndex(of: axis).map { array.shape[$0] } ?? 1 }

    private func stride(_ axis: Character) -> Int {
        axes.firstIndex(of: axis).map { array.shape[($0 + 1)...].reduce(1, *) } ?? 0
    }

    /// One frame, `[H, W, C]`: uint8, where bool becomes 0 and 255, or float32: within the range, or uint16 as the same numbers.
    ///
    /// All code that uses arrays reads them here, so that the same values are refused everywhere.
    ///
    /// - Throws: `VideoError` naming clip and frame: `.damaged` where it holds NaN or infinity, `.badArray` where a value is so far outside the range
    ///   that the range must be wrong; `FileError` where the file cannot be read.
    func frame(clip: Int, frame: Int) throws -> Tensor {
        let (pixels, found) = try checkedFrame(clip: clip, frame: frame)
        seen.withLock { $0.add(found) }
        return pixels
    }

    /// Reads every frame of a clip.
    ///
    /// - Returns: the smallest and the largest value in the file; nil for a clip without frames.
    /// - Throws: as `frame(clip:frame:)`.
    func checkedValues(ofClip clip: Int) throws -> ClosedRange<Float>? {
        var all = ArrayValues(path: path, element: array.element, range: range)
        for frame in 0..<frameCount { all.add(try checkedFrame(clip: clip, frame: frame).values) }
        seen.withLock { $0.add(all) }
        return all.count > 0 ? all.lowest...all.highest : nil
    }

    private func checkedFrame(clip: Int, frame: Int) throws -> (pixels: Tensor, values: ArrayValues) {
        var pixels = try stored(clip: clip, frame: frame)
        var found = ArrayValues(path: path, element: array.element, range: range)
        if format.elementType == .float32 {
            do {
                try pixels.withMutableScalars(as: Float.self) { try found.take(clamping: $0) }
            } catch let error as ArrayValues.Refusal {
                throw refusal(error, clip: clip, frame: frame)
            }
        } else {
            pixels.withMutableScalars(as: UInt8.self) { bytes in
                if array.element == .bool {
                    for place in bytes.indices { bytes[place] = bytes[place] == 0 ? 0 : 255 }
                }
                found.take(bytes: UnsafeBufferPointer(bytes))
            }
        }
        return (pixels, found)
    }

    private func refusal(_ refusal: ArrayValues.Refusal, clip: Int, frame: Int) -> VideoError {
        let name = name(ofClip: clip)
        switch refusal {
        case .notFinite:
            return VideoError(
                .damaged, name,
                "frame \(frame) holds NaN or infinity, expected finite numbers: look at what wrote it")
        case .farOutside(let value):
            let (low, high) = (range?.lowerBound ?? 0, range?.upperBound ?? 1)
            return VideoError(
                .badArray, name,
                "frame \(frame) holds \(value), far outside the given range from \(low) to \(high): give the range that the array has",
                remedies: [.valueRange([])])
        }
    }

    /// One frame as stored in the file, `[H, W, C]`.
    private func stored(clip: Int, frame: Int) throws -> Tensor {
        // The sides after the last of B and T are contiguous; those before are visited one by one.
        let tail = axes.suffix(where: { "HWC".contains($0) })
        let blockShape = tail.map(side)
        let outer: [Character] = ["H", "W", "C"].filter { axes.contains($0) && !tail.contains($0) }
        var places = [(offset: clip * stride("B") + frame * stride("T"), H: 0, W: 0, C: 0)]
        for axis in outer {
            places = places.flatMap { place in
                (0..<side(axis)).map { number in
                    var moved = place
                    moved.offset += number * stride(axis)
                    switch axis {
                    case "H": moved.H = number
                    case "W": moved.W = number
                    default: moved.C = number
                    }
                    return moved
                }
            }
        }
        var blocks: [(place: (offset: Int, H: Int, W: Int, C: Int), block: Tensor)] = []
        for place in places { blocks.append((place, try array.elements(from: place.offset, shape: blockShape))) }
        // Steps of one pixel in a block, by axis.
        func step(_ axis: Character) -> Int {
            tail.firstIndex(of: axis).map { tail[($0 + 1)...].map(side).reduce(1, *) } ?? 0
        }
        let steps = (H: step("H"), W: step("W"), C: step("C"))
        let sides = (
            H: tail.contains("H") ? size.height : 1, W: tail.contains("W") ? size.width : 1,
            C: tail.contains("C") ? channels : 1
        )
        func gathered<Scalar: TensorScalar>(_ type: Scalar.Type) -> Tensor {
            var out = Tensor(uninitialized: [size.height, size.width, channels], elementType: Scalar.elementType)
            let (width, depth) = (size.width, channels)
            out.withMutableScalars(as: Scalar.self) { out in
                for (place, block) in blocks {
                    block.withScalars(as: Scalar.self) { block in
                        for y in 0..<sides.H {
                            for x in 0..<sides.W {
                                for c in 0..<sides.C {
                                    out[((place.H + y) * width + place.W + x) * depth + place.C + c] =
                                        block[y * steps.H + x * steps.W + c * steps.C]
                                }
                            }
                        }
                    }
                }
            }
            return out
        }
        if array.element.isFloatingPoint { return gathered(Float.self) }
        guard array.element == .uint16 else { return gathered(UInt8.self) }
        let numbers = gathered(Int32.self)
        return Tensor(numbers.scalars(as: Int32.self).map(Float.init), shape: numbers.shape)
    }
}

extension Array where Element == Character {
    fileprivate func suffix(where isIncluded: (Character) -> Bool) -> [Character] {
        Array(reversed().prefix(while: isIncluded).reversed())
    }
}
