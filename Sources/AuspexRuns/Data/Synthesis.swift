import AuspexSupport
import AuspexTensors
import AuspexVideo
import Foundation

/// Writes clips of a synthetic source as files, to be looked at or used like any videos.
public struct Synthesis: Sendable {
    /// The file format.
    public enum Format: String, CaseIterable, Sendable {
        /// One lossless video a clip.
        case mkv
        /// One H.264 or MPEG-4 video per clip, which every player plays.
        case mp4
        /// One animated GIF a clip, 256 colours.
        case gif
        /// One array `[clip, time, height, width, channel]`, uint8.
        case npy
    }

    /// What was written.
    public struct Result: Encodable, Sendable {
        /// The version of the fields.
        public let schema = 1
        /// The source's name.
        public let source: String
        /// Paths of the files, in the order of the clips.
        public let files: [String]
        /// How many clips were written.
        public let clips: Int
        /// Frames of each clip.
        public let frames: Int

        private enum CodingKeys: String, CodingKey { case schema, source, files, clips, frames }
    }

    /// How many clips to write.
    public var clips = 8
    /// Frames of each clip.
    public var frames = 32
    /// Height and width of the frames, in pixels.
    public var size = FrameSize(64)
    /// Seed for the clips.
    public var seed: UInt64 = 1
    /// Whether they have three channels or one.
    public var colour = ClipRequest.Colour.rgb
    /// The file format.
    public var format = Format.mkv
    /// Whether existing files may be replaced.
    public var overwriting = false

    /// The defaults: eight clips of 32 frames of 64×64.
    public init() {}

    /// - Parameters:
    ///   - name: the source, with or without `synthetic:`.
    ///   - folder: is made if it is not there.
    ///   - progress: is given the number of finished clips after each clip.
    /// - Throws: `VideoError` for an unknown source, `FileError` for a folder that can't be written or a file that is there.
    public func write(_ name: String, to folder: String, progress: (Int) -> Void = { _ in }) throws -> Result {
        let source = try SyntheticSources.source(named: name)
        let request = ClipRequest(frames: frames, size: size, colour: colour)
        let stream = RandomStream(seed: seed, name: "clips")
        try FolderMaking.make(folder)
        let digits = max(4, String(clips - 1).count)
        var files: [String] = []
        var array: NumPyWriter?
        for index in 0..<clips {
            let clip = try source.clip(at: index, from: stream, request: request)
            if format == .npy {
                if array == nil {
                    let path = folder + "/" + name.replacing(SyntheticSources.prefix, with: "") + ".npy"
                    // Checks that the path is free.
                    _ = try OutputPlace(path, overwriting: overwriting)
                    array = try NumPyWriter(path: path, rowShape: clip.frames.shape, elementType: .uint8)
                    files.append(path)
                }
                try array?.append(clip.frames.reshaped(to: [1] + clip.frames.shape))
            } else {
                let path = "\(folder)/\(String(index, digits: digits)).\(format.rawValue)"
                let interval = clip.frameIntervalSeconds ?? MovingShapes.frameIntervalSeconds
                try VideoWriter(path, frameIntervalSeconds: interval, overwriting: overwriting).write(clip.frames)
                files.append(path)
            }
            progress(index + 1)
        }
        try array?.finish()
        return Result(source: source.description, files: files, clips: clips, frames: frames)
    }
}
