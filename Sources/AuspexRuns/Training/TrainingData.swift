import AuspexSupport
import AuspexConfiguration
import AuspexModels
import AuspexTensors
import AuspexTraining
import AuspexVideo

/// The clips of a run: those it learns from, and those it never sees in training.
public struct TrainingData {
    /// Clips to learn from.
    public let training: any ClipSource
    /// Other sources that give a share of the training clips each: those of `data.mix`.
    public let others: [(source: any ClipSource, share: Double)]
    /// Nil if nothing is held out.
    public let heldOut: (any ClipSource)?
    /// What to save with the run.
    let record: RunData
    /// Notes for the reader: files that were added or removed, frame rates that differ.
    public let splitNotes: [String]
    /// What a training clip looks like.
    public let request: ClipRequest
    private let configuration: Configuration

    /// Opens the sources of a configuration, splits them, and checks that their clips are what the model takes.
    ///
    /// - Parameter sources: clips to use instead of those that the configuration names.
    /// - Throws: `VideoError` for a text that is not a source, `ConfigurationError` where channels or classes differ.
    public init(_ configuration: Configuration, sources: RunSources? = nil) throws {
        try self.init(configuration, sources: sources, beginning: .now)
    }

    /// When the run began.
    enum Beginning {
        /// It begins now.
        case now
        /// It began earlier and saved its split.
        case saved(RunData)
        /// It was begun by a version that saved no split and took the files' own frames.
        case earlierVersion

        init(ofRun run: String, dataDigest: String?) throws {
            self = try RunData(ofRun: run, digest: dataDigest).map { .saved($0) } ?? .earlierVersion
        }
    }

    /// The clips that a model's run trains on and holds out, as the run saved them.
    ///
    /// - Parameter sources: clips to use instead of those that the configuration names.
    /// - Throws: as `init(_:sources:)`; `VideoError` where a held-out file is a training file now, `ConfigurationError` where the run's saved data are gone.
    public init(of model: TrainedModel, sources: RunSources? = nil) throws {
        try self.init(
            model.configuration, sources: sources,
            beginning: try Beginning(ofRun: model.run, dataDigest: model.shown.dataDigest))
    }

    init(_ configuration: Configuration, sources: RunSources?, beginning: Beginning) throws {
        self.configuration = configuration
        let (data, model) = (configuration.data, configuration.model)
        let sources = try sources ?? RunSources(opening: configuration)
        let (source, validation) = (sources.training, sources.validation)
        others = sources.others
        var notes: [String] = []
        let interval: Double? =
            switch beginning {
            case .now:
                data.frameIntervalSeconds == nil && !data.ownFrameRate ? source.commonFrameIntervalSeconds : nil
            case .saved(let record): record.frameIntervalSeconds
            case .earlierVersion: nil
            }
        var request = configuration.clipRequest
        if case .now = beginning, let interval {
            request.step = .matching(seconds: interval * Double(data.frameStride), stride: data.frameStride)
        } else if let interval {
            request.step = .matching(seconds: interval, stride: data.frameStride)
        }
        var split: SourceSplit?
        if case .saved(let record) = beginning, let saved = record.split {
            let (parts, changes) = try saved.restored(from: source, validation: validation)
            (training, heldOut, split) = (parts.training, saved.heldOut.isEmpty ? nil : parts.heldOut, saved)
            notes += changes.notes
        } else if let validation {
            split = try SourceSplit(training: source, heldOut: validation)
            (training, heldOut) = (source, validation)
        } else if data.validationShare > 0 {
            var parts: SourceParts
            if case .earlierVersion = beginning {
                parts = source.splitAsEarlierVersions(heldOut: data.validationShare)
                notes.append(
                    "an earlier version of Auspex began the run and did not save which clips it holds out: they are worked out from "
                        + "today's files of \(source.description)")
            } else {
                parts = try source.split(heldOut: data.validationShare, for: request)
            }
            (training, heldOut, split) = (parts.training, parts.heldOut, parts.record)
        } else {
            (training, heldOut) = (source, nil)
        }
        if case .now = beginning {
            notes += (split?.copies ?? []).prefix(1).map {
                "\($0.heldOut) is held out and has the same bytes as \($0.training), which is trained on"
            }
        }
        for note in training.frameRateNotes(for: request) + (heldOut?.frameRateNotes(for: request) ?? [])
        where !notes.contains(note) && !data.ownFrameRate { notes.append(note) }
        let step: Double? = if case .matching(let seconds, _) = request.step { seconds } else { nil }
        record = RunData(split: split, frameIntervalSeconds: step)
        self.request = request
        splitNotes = notes
        for part in [training, heldOut].compactMap({ $0 }) + others.map(\.source) { try check(part) }
        // What is mixed in is trained on as well. Runs of versions that did not look go on.
        if case .now = beginning, let heldOut {
            for other in others {
                try SourceSplit.check(
                    heldOut, isApartFrom: other.source,
                    advice: "leave it out of data.mix, or name other clips by data.validation")
            }
        }
        // Classes are numbered in the order of their names: other names would have other numbers.
        for other in [heldOut].compactMap({ $0 }) + others.map(\.source)
        where model.classes > 0 && other.classNames != training.classNames {
            throw ConfigurationError(
                "\(other.description): its classes (\(other.classNames.joined(separator: ", "))) are not those of "
                    + "\(training.description) (\(training.classNames.joined(separator: ", "))): name them alike")
        }
    }

    private func check(_ source: any ClipSource) throws {
        let model = configuration.model
        let channels = try source.channels(for: request)
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
                "\(source.description): has \(source.classCount, "class", "classes"), model.classes is \(model.classes): "
                    + "set model.classes=\(source.classCount)")
        }
    }

    /// Reads one clip, so that unusable data are refused before anything else is done.
    ///
    /// - Throws: `VideoError` where the source gives no clip.
    public func checkReadable() throws {
        for source in [training] + others.map(\.source) {
            _ = try source.clip(
                at: 0, from: RandomStream(seed: configuration.training.seed, name: "clips"), request: request)
        }
    }

    /// Notes on the source from the clips read so far, a line each.
    public var notes: [String] {
        var seen: Set<String> = []
        return ([training.valueNotes] + [heldOut?.valueNotes ?? []]).flatMap { $0 }.filter { seen.insert($0).inserted }
    }

    /// What is trained on and what is held out, in one line.
    public var summary: String {
        func inWords(_ items: [SourceSplit.Item], of source: any ClipSource) -> String {
            guard items.count != 1 else { return items[0].name }
            let noun = items.first?.name.hasSuffix("]") == true ? "elements" : "files"
            return "\(items.count) \(noun) of \(source.description)"
        }
        guard let heldOut else { return "Trains on \(training.description), holds nothing out." }
        guard let split = record.split else {
            return
                "Trains on clips drawn from \(training.description), holds out others that are drawn for validation only."
        }
        let trained = "Trains on \(inWords(split.training, of: training)), holds out "
        guard split.isOfTime else { return trained + "\(inWords(split.heldOut, of: heldOut))." }
        let shares = split.heldOut.compactMap { $0.share?[0] }.map { Int(((1 - $0) * 100).rounded()) }
        let (least, most) = (shares.min() ?? 0, shares.max() ?? 0)
        let whose =
            if split.training.count == 1 { "its time" } else if split.training.count == split.heldOut.count {
                "the time of each"
            } else { "the time of \(split.heldOut.count); the others are too short for that, or cannot be read" }
        return trained + "the last \(least == most ? "" : "\(least) to ")\(most)% of \(whose)."
    }

    /// What a run draws its clips from.
    private var clips: TrainingClips {
        var clips = TrainingClips(of: training)
        clips.others = others
        clips.camera = CameraMotion(share: configuration.data.camera)
        clips.augmentation = configuration.data.augmentation.values
        return clips
    }

    /// The run's batches, starting at a clip number.
    func supply(from position: Int) -> any BatchSupply {
        let loader = ClipLoader(
            clips, stream: RandomStream(seed: configuration.training.seed, name: "clips"),
            request: request, batchSize: configuration.training.batch, from: position,
            threads: configuration.data.loaderThreads, queuedBatches: configuration.data.queuedBatches)
        return LoaderSupply(loader)
    }

    /// What validation uses, and the properties of the training clips.
    ///
    /// A held-out clip that cannot be read is left out with a warning, as a training clip is replaced by another.
    ///
    /// - Parameter progress: is given how many held-out files were searched, of how many.
    func heldOutClips(progress: (Int, Int) -> Void = { _, _ in }) throws -> (
        clips: HeldOutClips, shown: TrainingClipInfo
    ) {
        var request = request
        let (seed, batch) = (configuration.training.seed, configuration.training.batch)
        let stream = RandomStream(seed: seed, name: "standing-clips")
        var intervals: [Double?] = []
        let drawn = clips
        let standing = try (0..<configuration.training.standingStatisticsBatches).map { number in
            let clips = try (0..<batch).map {
                try drawn.clip(at: number * batch + $0, from: stream, request: request)
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
                // If none can be read, the first one's error says why.
                _ = try heldOut.clip(at: place, request: request)
            }
        }
        return (
            HeldOutClips(validation: validation, standing: standing),
            try TrainingClipInfo(
                frameIntervals: configuration.data.ownFrameRate ? [] : intervals, in: record,
                classNames: training.classNames, input: standing.first?.input)
        )
    }
}

/// The loader, adapted to the training loop.
private final class LoaderSupply: BatchSupply {
    private let loader: ClipLoader

    init(_ loader: ClipLoader) { self.loader = loader }

    func next() throws -> ClipBatch { try loader.nextBatch() }
}
