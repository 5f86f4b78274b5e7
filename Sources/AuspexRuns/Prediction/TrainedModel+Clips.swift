import AuspexConfiguration
import AuspexSupport
import AuspexTensors
import AuspexVideo

extension TrainedModel {
    /// Time between two frames as the model expects it; nil if unknown.
    public var frameIntervalSeconds: Double? { configuration.data.frameIntervalSeconds ?? shown.frameIntervalSeconds }

    /// Clips of a source other than the training source, sampled in time to match it.
    public func clipRequest(frames: Int) -> ClipRequest {
        var request = configuration.clipRequest(frames: frames)
        request.crop = .centre
        request.colour = configuration.colourOfVideos
        if configuration.data.frameIntervalSeconds == nil, let interval = shown.frameIntervalSeconds {
            request.step = .matching(seconds: interval, stride: configuration.data.frameStride)
        }
        return request
    }

    /// Opens clips of a source other than the training source.
    ///
    /// - Parameters:
    ///   - text: the source.
    ///   - options: how it is opened; the model decides whether it has classes.
    /// - Throws: as `openSource`, and `ConfigurationError` where the clips have other channels than the model takes.
    public func openClips(_ text: String, options: SourceOptions) throws -> (
        clips: any ClipSource, request: ClipRequest
    ) {
        var options = options
        options.classes = configuration.model.classes > 0
        let (source, request) = (try openSource(text, options: options), clipRequest(frames: 1))
        try ChannelFit.check(
            source, request: request, takes: configuration.model.frameChannels, model: "the model of \(run)")
        return (source, request)
    }

    /// Compares the format of clips with the one that the model was trained on.
    ///
    /// Pixels of 8 and of 16 bits have one scale. Pixels and a field do not, but their limits can only correspond to the field's: this gives a
    /// note. Two fields of different ranges do not correspond: the same number would mean another value to the model.
    ///
    /// - Parameter source: the source's name in messages.
    /// - Returns: a note for readers of the results; nil if the scales are the same, or the checkpoint does not record one.
    /// - Throws: `ConfigurationError` for a field of another range, `VideoError.badSource` for one without.
    public func scaleNote(on format: FrameFormat, of source: String) throws -> String? {
        guard let known = shown.input else { return nil }
        let found = try InputTransform(of: format, from: source)
        guard found.name == .range || known.name == .range, found != known else { return nil }
        guard found.name == .range, known.name == .range else {
            return
                "\(source): gives \(found), the model of \(run) was trained on \(known): the limits of the one are "
                + "mapped to those of the other"
        }
        throw ConfigurationError(
            "\(source): gives \(found), the model of \(run) was trained on \(known): the same number would mean another value to it; "
                + "give the range from \(known.range.lowerBound) to \(known.range.upperBound) as in training, with the values in the same "
                + "unit, or train a model on the other range", remedies: [.valueRange([known.range])])
    }

    /// The number of the class that a user names.
    ///
    /// - Parameter text: a class's name, or its number if no class has that name; nil if none was given.
    /// - Returns: nil for a model without classes.
    /// - Throws: `ConfigurationError` if a model with classes is given none or an unknown one, or a model without classes is given one.
    public func classNumber(named text: String?) throws -> Int? {
        let count = configuration.model.classes
        guard count > 0 else {
            guard let text else { return nil }
            throw ConfigurationError(
                "class \(text): \(run) is a model without classes; do not name one", remedies: [.className])
        }
        guard let text else {
            throw ConfigurationError(
                "\(run): the model has classes; choose one: \(classesInWords)", remedies: [.className])
        }
        if let number = shown.classNames.firstIndex(of: text) { return number }
        if let number = Int(text), (0..<count).contains(number) { return number }
        let near = NearestName.of(text, among: shown.classNames).map { "did you mean \($0)? " } ?? ""
        throw ConfigurationError(
            "class \(text): \(run) has no such class; \(near)expected \(classesInWords)", remedies: [.className])
    }

    /// The model's number for each class of a source.
    ///
    /// - Returns: nil for a model without classes.
    /// - Throws: `ConfigurationError` where the source has no classes, or one that the model does not know.
    public func classNumbers(of source: any ClipSource) throws -> [Int]? {
        guard configuration.model.classes > 0 else { return nil }
        guard source.classCount > 0 else {
            throw ConfigurationError(
                "\(source.description): has no classes, which the model needs: sort files into folders named by class, or name it in a list"
            )
        }
        // A checkpoint without class names: only their order is known.
        guard !shown.classNames.isEmpty else { return Array(source.classNames.indices) }
        return try source.classNames.map { name in
            guard let number = shown.classNames.firstIndex(of: name) else {
                throw ConfigurationError(
                    "\(source.description): has a class \(name) that \(run) does not know; it knows \(classesInWords)")
            }
            return number
        }
    }

    private var classesInWords: String {
        let names = shown.classNames
        let numbers = "a number from 0 to \(configuration.model.classes - 1)"
        guard !names.isEmpty else { return numbers }
        return names.prefix(8).joined(separator: ", ") + (names.count > 8 ? " … (\(names.count) in all)" : "")
            + ", or \(numbers)"
    }
}
