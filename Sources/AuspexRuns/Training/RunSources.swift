import AuspexConfiguration
import AuspexVideo

/// Where a run's clips come from: the sources named in its configuration, or the caller's own.
public struct RunSources: Sendable {
    /// Training clips; a share of them is held out if `validation` is nil.
    public var training: any ClipSource
    /// Held-out clips, if they have their own source.
    public var validation: (any ClipSource)?
    /// Other sources, each with the share of the training clips that it gives.
    public var others: [(source: any ClipSource, share: Double)] = []

    /// The caller's own sources, instead of those that the configuration names.
    public init(training: any ClipSource, validation: (any ClipSource)? = nil) {
        self.training = training
        self.validation = validation
    }

    /// Opens the sources that a configuration names.
    ///
    /// - Throws: `VideoError` for a text that is not a source.
    public init(opening configuration: Configuration) throws {
        let data = configuration.data
        let options = data.sourceOptions(classes: configuration.model.classes > 0)
        training = try openSource(data.source, options: options)
        validation = try data.validation.map { try openSource($0, options: options) }
        // The frame rate is of the source alone, and of no use to others that know theirs.
        var mixed = options
        mixed.framesPerSecond = nil
        others = try data.mix.map { (try openSource($0.source, options: mixed), $0.share) }
    }
}
