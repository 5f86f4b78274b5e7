import AuspexGraphics
import AuspexModels
import AuspexTensors
import AuspexVideo

/// Film strips of the same held-out clips, step after step.
struct SampleWriter {
    /// How many clips a strip shows.
    private static let shown = 4

    let folder: String
    let clips: ClipBatch?
    let model: any ModelOptions
    let frameIntervalSeconds: Double
    let seed: UInt64

    /// Writes `step-00012000-clip-0.png` and so on: context, truth and prediction.
    ///
    /// - Returns: the first clip's strip, for TensorBoard; nil if there are no clips.
    func write(step: Int, forecaster: any Forecaster) throws -> EventFile.Picture? {
        guard let clips else { return nil }
        let count = min(Self.shown, clips.count)
        let shown = clips.frames.sliced(0, from: 0, count: count)
        let context = shown.sliced(1, from: 0, count: model.contextFrames)
        let predicted = clips.input.inverse(
            forecaster.future(
                of: clips.input(context), horizon: model.predictedFrames,
                classes: clips.classes.map { Array($0.prefix(count)) },
                drawnFrom: RandomStream(seed: seed, name: "samples")))
        let truth = shown.sliced(1, from: model.contextFrames, count: model.predictedFrames)
        var first: EventFile.Picture?
        for clip in 0..<count {
            func frames(_ x: Tensor) -> Tensor {
                x.sliced(0, from: clip, count: 1).reshaped(to: Array(x.shape[1...]))
            }
            let picture = PredictionPicture(
                context: frames(context), predictions: [.init(name: forecaster.name, frames: frames(predicted))],
                truth: frames(truth), format: clips.format, frameIntervalSeconds: frameIntervalSeconds)
            let name = "\(CheckpointStore.name(of: step))-clip-\(clip).png"
            try picture.write(to: "\(folder)/\(name)", overwriting: true)
            if clip == 0 {
                let strip = picture.filmStrip()
                first = EventFile.Picture(
                    png: Array(pngData(from: strip)), height: strip.shape[0], width: strip.shape[1],
                    channels: strip.shape[2])
            }
        }
        return first
    }
}
