import AuspexModels
import AuspexTensors
import AuspexTraining
import AuspexVideo

/// The clips of a run: those it learns from, and those it never does.
public struct TrainingData {
    public let training: any ClipSource
    /// Nil where nothing is held out.
    public let heldOut: (any ClipSource)?
    private let configuration: Configuration

    /// Opens the sources of a configuration and checks that their clips are what the model takes.
    ///
    /// - Throws: `VideoError` for a source that is none, `ConfigurationError` where channels or classes differ.
    public init(_ configuration: Configuration) throws {
        self.configuration = configuration
        let (data, model) = (configuration.data, configuration.model)
        let options = data.sourceOptions(classes: model.classes > 0)
        let source = try openSource(data.source, options: options)
        if let validation = data.validation {
            training = source
            heldOut = try openSource(validation, options: options)
        } else if data.validationShare > 0 {
            let parts = try source.split(heldOut: data.validationShare)
            training = parts.training
            heldOut = parts.heldOut
        } else {
            training = source
            heldOut = nil
        }
        for part in [training, heldOut].compactMap({ $0 }) { try check(part) }
        // Numbers are given in the order of names: other names would be other numbers.
        if model.classes > 0, let heldOut, heldOut.classNames != training.classNames {
            throw ConfigurationError(
                "\(heldOut.description): its classes (\(heldOut.classNames.joined(separator: ", "))) are not those of "
                    + "\(training.description) (\(training.classNames.joined(separator: ", "))): name them alike")
        }
    }

    private func check(_ source: any ClipSource) throws {
        let model = configuration.model
        let channels = try source.channels(for: configuration.clipRequest)
        guard channels == model.frameChannels else {
            throw ConfigurationError(
                "\(source.description): gives frames of \(ChannelFit.words(channels)), model.frameChannels is \(model.frameChannels): "
                    + "set model.frameChannels=\(channels), or "
                    + (ChannelFit.isArray(source)
                        ? ChannelFit.advice(found: channels, wanted: model.frameChannels, isArray: true)
                        : [1, 3].contains(model.frameChannels)
                            ? "data.colour=\(channels == 3 ? "grey" : "rgb")"
                            : "take data from an array (.npy) of \(ChannelFit.words(model.frameChannels))"))
        }
        guard model.classes == 0 || source.classCount == model.classes else {
            throw ConfigurationError(
                "\(source.description): has \(source.classCount) classes, model.classes is \(model.classes): "
                    + "set model.classes=\(source.classCount)")
        }
    }

    /// Reads one clip, so that what no training could use is refused before anything else is done.
    ///
    /// - Throws: `VideoError` where the source gives no clip.
    public func checkReadable() throws {
        _ = try training.clip(
            at: 0, from: RandomStream(seed: configuration.training.seed, name: "clips"),
            request: configuration.clipRequest)
    }

    /// What the clips read so far tell about their source, a line each.
    public var notes: [String] {
        var seen: Set<String> = []
        return ([training.valueNotes] + [heldOut?.valueNotes ?? []]).flatMap { $0 }.filter { seen.insert($0).inserted }
    }

    /// The run's batches from a clip number on.
    func supply(from position: Int) -> any BatchSupply {
        let loader = ClipLoader(
            source: training, stream: RandomStream(seed: configuration.training.seed, name: "clips"),
            request: configuration.clipRequest, batchSize: configuration.training.batch, from: position,
            threads: configuration.data.loaderThreads, queuedBatches: configuration.data.queuedBatches)
        return LoaderSupply(loader)
    }

    /// What a run measures itself on, and what its model is shown.
    ///
    /// A held-out clip that cannot be read is left out with a warning, as a training clip is replaced by another.
    ///
    /// - Parameter progress: is told how many held-out files were looked into, of how many.
    func heldOutClips(progress: (Int, Int) -> Void = { _, _ in }) throws -> (clips: HeldOutClips, shown: ShownClips) {
        var request = configuration.clipRequest
        let (seed, batch) = (configuration.training.seed, configuration.training.batch)
        let stream = RandomStream(seed: seed, name: "standing-clips")
        var intervals: [Double?] = []
        let standing = try (0..<configuration.training.standingStatisticsBatches).map { number in
            let clips = try (0..<batch).map {
                try training.clip(at: number * batch + $0, from: stream, request: request)
            }
            intervals += clips.map(\.frameIntervalSeconds)
            return try ClipBatch(joining: clips)
        }
        request.crop = .centre
        var validation: [ClipBatch] = []
        if let heldOut, configuration.training.validationInterval > 0 || configuration.training.sampleInterval > 0 {
            let places = try heldOut.places(
                for: request, atMost: configuration.training.validationClips, progress: progress)
            for first in stride(from: 0, to: places.count, by: batch) {
                let clips = try places[first..<min(first + batch, places.count)].compactMap {
                    try heldOut.readableClip(at: $0, request: request)
                }
                if !clips.isEmpty { validation.append(try ClipBatch(joining: clips)) }
            }
            if validation.isEmpty, let place = places.first {
                // None can be read: the first one's error says why.
                _ = try heldOut.clip(at: place, request: request)
            }
        }
        return (
            HeldOutClips(validation: validation.map(\.supplied), standing: standing.map(\.supplied)),
            ShownClips(frameIntervals: intervals, classNames: training.classNames)
        )
    }
}

extension ClipBatch {
    fileprivate var supplied: SuppliedBatch {
        SuppliedBatch(clips: frames, classes: classes, waitedSeconds: waitedSeconds)
    }
}

/// The loader as the training loop sees it.
private final class LoaderSupply: BatchSupply {
    private let loader: ClipLoader

    init(_ loader: ClipLoader) { self.loader = loader }

    func next() throws -> SuppliedBatch { try loader.nextBatch().supplied }
}
