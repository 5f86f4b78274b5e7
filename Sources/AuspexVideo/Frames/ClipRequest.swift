import AuspexSupport
import AuspexTensors

/// Height and width of a picture in pixels.
public typealias FrameSize = AuspexSupport.FrameSize

/// What a clip should look like: how many frames, how far apart, how large.
public struct ClipRequest: Sendable, Hashable {
    /// Number of frames T.
    public var frames: Int
    /// Exact size of every frame.
    public var size: FrameSize
    /// How far apart the frames are.
    public var step: FrameStep
    /// Where a picture of another aspect is cropped after it was scaled to cover `size`. Held-out clips are always cropped at the centre.
    public var crop: Crop
    /// How pictures are scaled.
    public var filter: ScalingFilter
    /// Which channels pictures give; arrays keep their own.
    public var colour: Colour

    /// Requests clips of consecutive frames, cropped at the centre, unless specified otherwise.
    public init(
        frames: Int, size: FrameSize, step: FrameStep = .stride(1), crop: Crop = .centre,
        filter: ScalingFilter = .area, colour: Colour = .rgb
    ) {
        self.frames = frames
        self.size = size
        self.step = step
        self.crop = crop
        self.filter = filter
        self.colour = colour
    }

    /// Refuses a clip that does not fit in memory, before a buffer is allocated for it.
    ///
    /// - Parameters:
    ///   - source: the source's name in the message.
    ///   - channels: C of the clip.
    /// - Throws: `VideoError` with the memory that the clip would need.
    func checkMemory(_ source: String, channels: Int) throws {
        // As `Double`, which no size overflows; a byte per number is the least that any clip takes.
        let bytes = Double(frames) * Double(size.height) * Double(size.width) * Double(channels)
        guard bytes <= MachineMemory.bytes else {
            throw VideoError(
                .badSource, source,
                "a clip of \(frames, "frame") of \(size) takes \(HumanUnits.bytes(bytes)) of memory, and this process may use "
                    + "\(HumanUnits.bytes(MachineMemory.bytes)): ask for fewer frames or smaller ones")
        }
    }

    /// The distance from one frame of the clip to the next.
    public enum FrameStep: Sendable, Hashable {
        /// Every n-th frame of the file, whatever its frame rate.
        case stride(Int)
        /// The frame shown nearest to every multiple of this many seconds after the first, whatever the file's frame rate.
        case seconds(Double)
        /// Every n-th frame if these are this many seconds apart, or if there is no clock; otherwise as `seconds`, so that a file of another
        /// frame rate matches.
        case matching(seconds: Double, stride: Int)

        /// The wanted time from one frame to the next; nil if frames are counted.
        package var wantedSeconds: Double? {
            switch self {
            case .stride: nil
            case .seconds(let seconds), .matching(let seconds, _): seconds
            }
        }

        /// How many frames of an endless clip of a given rate are from one wanted frame to the next.
        func framesApart(ownInterval: Double) -> Double {
            if case .stride(let stride) = self { return Double(stride) }
            return (wantedSeconds ?? ownInterval) / ownInterval
        }

        /// The step for an item's frames.
        ///
        /// Frame rates count as equal within 1%, as 29.97 and 30 frames per second do: no frame is then dropped or repeated to compensate.
        ///
        /// - Parameter ownInterval: mean time from one of the item's frames to the next, if it has a clock.
        func resolved(hasClock: Bool, ownInterval: Double?) -> FrameStep {
            guard case .matching(let seconds, let stride) = self else { return self }
            guard hasClock else { return .stride(stride) }
            let isSame = ownInterval.map { abs($0 * Double(stride) - seconds) <= 0.01 * seconds } ?? false
            return isSame ? .stride(stride) : .seconds(seconds)
        }
    }

    /// Which part is kept of a picture that was scaled to cover another aspect.
    public enum Crop: String, Sendable, Hashable, Codable, CaseIterable {
        /// The middle.
        case centre
        /// A random position for each clip, the same for all its frames.
        case random
    }

    /// How pictures are scaled; all but `nearest` average over the area of a smaller picture's pixel, so that nothing aliases.
    public enum ScalingFilter: String, Sendable, Hashable, Codable, CaseIterable {
        /// Only the nearest stored pixel: aliases.
        case nearest
        /// A tent, linear between two pixels.
        case bilinear
        /// FFmpeg's cubic between four pixels.
        case bicubic
        /// The mean over a pixel's area.
        case area
        /// A windowed sinc.
        case lanczos
    }

    /// Which channels a picture gives: three, or its luma stretched to 0…255.
    public enum Colour: String, Sendable, Hashable, Codable, CaseIterable {
        /// Three channels: red, green, blue.
        case rgb
        /// One channel: luma, stretched to 0…255.
        case grey

        /// Channels of a picture: 3 or 1.
        public var channels: Int { self == .rgb ? 3 : 1 }
    }
}
