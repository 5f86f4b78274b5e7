import AuspexTensors

/// One clip of an array.
///
/// Channels stay unchanged: a requested colour does not apply to fields, whose channels may not be colours.
struct ArrayItem: ClipItem {
    let array: ClipArray
    let number: Int
    var share = 0.0..<1.0

    init(array: ClipArray, number: Int) {
        self.array = array
        self.number = number
    }

    var name: String { array.name(ofClip: number) }
    var className: String? { nil }

    func timeline() -> Timeline {
        let rate = array.framesPerSecond
        return Timeline(
            seconds: rate.map { rate in (0..<array.frameCount).map { Double($0) / rate } },
            frameCount: array.frameCount,
            frameIntervalSeconds: rate.map { 1 / $0 }, share: share)
    }

    func format(for request: ClipRequest) -> FrameFormat { array.format }

    func frames(at numbers: [Int], request: ClipRequest, crop: CropPlace, continuing: Bool) throws -> Tensor {
        let plan = ScalingPlan(
            stored: array.size, size: request.size, crop: crop, orientation: .upright, pixelAspect: 1)
        let resizing =
            plan.scaled == array.size
            ? nil : FieldResizing(from: array.size, plan: plan, filter: request.filter, range: array.format.range)
        var frames: [Tensor] = []
        for number in numbers {
            let frame = try array.frame(clip: self.number, frame: number)
            frames.append(resizing?.resized(frame) ?? plan.cut(frame))
        }
        return stackedFrames(frames)
    }

    func limited(to share: Range<Double>) -> any ClipItem {
        var part = self
        part.share = share
        return part
    }

    func pictureSize() -> FrameSize { array.size }

    func information() throws -> VideoInfo? { nil }

    func checkedValues() throws -> ClosedRange<Float>? { try array.checkedValues(ofClip: number) }
}

extension ScalingPlan {
    /// The kept part of a frame `[H, W, C]` that already has the scaled size.
    func cut(_ frame: Tensor) -> Tensor {
        guard target != scaled else { return frame }
        let rowBytes = scaled.width * frame.shape[2] * frame.elementType.sizeBytes
        let out = Tensor(
            uninitialized: [target.height, target.width, frame.shape[2]], elementType: frame.elementType)
        frame.withBytes { bytes in
            cut(
                bytes.bindMemory(to: UInt8.self).baseAddress!, rowBytes: rowBytes,
                channels: frame.shape[2] * frame.elementType.sizeBytes,
                to: out.rawPointer.assumingMemoryBound(to: UInt8.self))
        }
        return out
    }
}
