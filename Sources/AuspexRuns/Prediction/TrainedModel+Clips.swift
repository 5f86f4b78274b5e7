import AuspexConfiguration
import AuspexSupport
import AuspexTensors
import AuspexVideo

extension TrainedModel {
    /// Time between two frames that the model knows; nil where nothing says.
    public var frameIntervalSeconds: Double? { configuration.data.frameIntervalSeconds ?? shown.frameIntervalSeconds }

    /// Clips of another source than the model was trained on, sampled in time to match it.
    public func clipRequest(frames: Int) -> ClipRequest {
        var request = configuration.clipRequest(frames: frames)
        request.crop = .centre
        request.colour = configuration.colourOfVideos
        if configuration.data.frameIntervalSeconds == nil, let interval = shown.frameIntervalSeconds {
            request.step = .matching(seconds: interval, stride: configuration.data.frameStride)
        }
        return request
    }

    /// Opens clips of another source than the model was trained on.
    ///
    /// - Parameters:
    ///   - text: the source.
    ///   - options: how it is opened; whether it has classes follows from the model.
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

    /// Compares what clips' numbers are with what the model was trained on.
    ///
    /// Pixels of 8 and of 16 bits are one scale. Pixels beside a field are not, but their ends can only be meant for the field's: that is for a
    /// note. Of two fields of different ranges nothing says so: the same number would be another value to the model.
    ///
    /// - Parameter source: what messages call the clips' source.
    /// - Returns: what a reader of the results should know; nil where the scales are the same, or the checkpoint does not say.
    /// - Throws: `ConfigurationError` for a field of another range, `VideoError.badSource` for one without.
    public func scaleNote(on format: FrameFormat, of source: String) throws -> String? {
        guard let known = shown.input else { return nil }
        let found = try InputTransform(of: format, from: source)
        guard found.name == .range || known.name == .range, found != known else { return nil }
        guard found.name == .range, known.name == .range else {
            return
                "\(source): gives \(found), the model of \(run) was trained on \(known): the smallest and the largest number of the one are "
                + "taken for those of the other"
        }
        throw ConfigurationError(
            "\(source): gives \(found), the model of \(run) was trained on \(known): the same number would be another value to it; "
                + "give the range from \(known.range.lowerBound) to \(known.range.upperBound) as in training, with the values in the same "
                + "unit, or train a model on the other range", remedies: [.valueRange([known.range])])
    }

    /// The number of the class that a person names.
    ///
    /// - Parameter text: a class's name, or its number where no class is called so; nil where none was named.
    /// - Returns: nil for a model without classes.
    /// - Throws: `ConfigurationError` where a model with classes is given none or one it does not have, or a model without is given one.
    public func classNumber(named text: String?) throws -> Int? {
        let count = configuration.model.classes
        guard count > 0 else {
            guard let text else { return nil }
            throw ConfigurationError(
                "class \(text): \(run) is a model without classes; name none", remedies: [.className])
        }
        guard let text else {
            throw ConfigurationError(
                "\(run): the model has classes; say which is meant: \(classesInWords)", remedies: [.className])
        }
        if let number = shown.classNames.firstIndex(of: text) { return number }
        if let number = Int(text), (0..<count).contains(number) { return number }
        let near = NearestName.of(text, among: shown.classNames).map { "did you mean \($0)? " } ?? ""
        throw ConfigurationError(
            "class \(text): \(run) has no such class; \(near)expected \(classesInWords)", remedies: [.className])
    }

    /// The model's number of each class of a source.
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
        // Who wrote the checkpoint did not say: the order is all there is.
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
