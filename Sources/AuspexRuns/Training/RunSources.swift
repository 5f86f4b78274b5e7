import AuspexConfiguration
import AuspexVideo

/// Where a run's clips come from: what its configuration names, or a program's own sources.
public struct RunSources: Sendable {
    /// What is trained on; where `validation` is nil a share of it is held out.
    public var training: any ClipSource
    /// What is held out, where it has a source of its own.
    public var validation: (any ClipSource)?

    /// A program's own sources in place of those that the configuration names.
    public init(training: any ClipSource, validation: (any ClipSource)? = nil) {
        self.training = training
        self.validation = validation
    }

    /// Opens what a configuration names.
    ///
    /// - Throws: `VideoError` for a source that is none.
    public init(opening configuration: Configuration) throws {
        let data = configuration.data
        let options = data.sourceOptions(classes: configuration.model.classes > 0)
        training = try openSource(data.source, options: options)
        validation = try data.validation.map { try openSource($0, options: options) }
    }
}
