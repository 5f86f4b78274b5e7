import AuspexConfiguration
import AuspexGraphics
import AuspexLayers
import AuspexModels
import AuspexSupport
import AuspexTensors
import AuspexVideo

extension VideoContinuation {
    /// The motion that a model predicts in a video: displacement as colours and arrows and, if the model has layers, what is in
    /// front, what is behind, and where pixels of the last given frame turn round.
    ///
    /// - Parameters: as for `pictures`.
    /// - Returns: a picture whose rows, or panels, are `prediction`, `motion`, `in front`, `behind` and `turning`.
    /// - Throws: `ConfigurationError` for a model that does not predict motion; what `pictures` throws.
    public func motionPicture(
        of path: String, from seconds: Double? = nil, frames: Int, seed: UInt64 = 0, classNumber: Int? = nil,
        note: (String) -> Void = { _ in }
    ) throws -> PredictionPicture {
        guard let model else {
            throw ConfigurationError("motion can be drawn for trained models only, and this forecaster is not one")
        }
        let passage = try passage(of: path, from: seconds, frames: frames, note: note)
        let generator = model.generator
        let output = generator(
            context: passage.values, horizon: frames,
            noise: generator.noise(clips: 1, from: Self.randomness(seed: seed, sample: 0)),
            classes: classNumber.map { [$0] }, Pass(.inference))
        guard let displacement = output.maps[GeneratorOutput.displacement] else {
            throw ConfigurationError(
                "\(model.run): the model is a \(configuration.model.name) that does not predict motion; motion-layers does, and "
                    + "trivd-gan with model.output advect")
        }
        let channels = passage.context.shape[3]
        func shown(_ colours: Tensor) -> Tensor { channels == 3 ? colours : Self.grey(colours, channels: channels) }
        let arrows = displacement.unstacked()[0]
        var rows: [PredictionPicture.Prediction] = [
            .init(name: "prediction", frames: Self.pixels(of: output.frames)),
            .init(name: "motion", frames: shown(Self.colours(of: arrows)), arrows: arrows),
        ]
        if let opacity = output.maps[GeneratorOutput.opacity] {
            let front = Self.repeated(opacity.unstacked()[0] * 2 - 1, channels: channels)
            rows.append(.init(name: "in front", frames: InputTransform.pixels.inverse(front)))
        }
        if let canvas = output.maps[GeneratorOutput.canvas] {
            let behind = joined([Tensor](repeating: canvas * 2 - 1, count: frames), along: 0)
            rows.append(.init(name: "behind", frames: InputTransform.pixels.inverse(behind)))
        }
        if let turns = output.maps[GeneratorOutput.turns] {
            let along = turns.unstacked()[0].split(3, counts: [1, 1])
            // Both axes in one picture: bright if the velocity turns round along either.
            let either = 1 - (1 - along[0]) * (1 - along[1])
            let turning = Self.repeated(either * 2 - 1, channels: channels)
            rows.append(.init(name: "turning", frames: InputTransform.pixels.inverse(turning)))
        }
        return passage.picture(rows)
    }

    /// `[T, H, W, 3]` of (dy, dx) `[T, H, W, 2]`; lengths are relative to the longest of all frames.
    private static func colours(of displacement: Tensor) -> Tensor {
        let (dy, dx) = (displacement.sliced(3, from: 0, count: 1), displacement.sliced(3, from: 1, count: 1))
        return MotionColours.colours(of: joined([dx, dy], along: 3))
    }

    /// One channel as many times as frames have.
    private static func repeated(_ x: Tensor, channels: Int) -> Tensor {
        joined([Tensor](repeating: x, count: channels), along: 3)
    }

    /// Colours as pictures of one channel, or as many as frames have, show them: by their luma.
    private static func grey(_ colours: Tensor, channels: Int) -> Tensor {
        let bytes = colours.scalars(as: UInt8.self)
        let luma = stride(from: 0, to: bytes.count, by: 3).flatMap { place -> [UInt8] in
            let (red, green, blue) = (Float(bytes[place]), Float(bytes[place + 1]), Float(bytes[place + 2]))
            return [UInt8](repeating: UInt8(0.299 * red + 0.587 * green + 0.114 * blue), count: channels)
        }
        return Tensor(luma, shape: colours.shape.dropLast() + [channels])
    }
}
