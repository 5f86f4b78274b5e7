// Continues a video from a time in it with a trained model, and compares the prediction with what really followed.
import AuspexGraphics
import AuspexMetrics
import AuspexRuns
import AuspexTensors
import Foundation

let arguments = CommandLine.arguments.dropFirst()
guard arguments.count == 4, let seconds = Double(arguments[3]) else {
    print("usage: continue-a-video RUN VIDEO SECONDS OUT")
    print("RUN: a folder that 'auspex train' wrote; OUT: a file that ends in .mp4, .gif, .png, .mkv or .npy")
    exit(64)
}
let (run, video, out) = (arguments[1], arguments[2], arguments[4])

do {
    Kernels.setThreads(ProcessInfo.processInfo.activeProcessorCount)
    let model = try TrainedModel(run: run)
    print("Model: \(model.origin)")

    let pictures = try VideoContinuation(model).pictures(
        of: video, from: seconds, frames: model.configuration.model.predictedFrames)
    let picture = pictures[0]
    try picture.write(to: out, overwriting: true)
    print("Wrote \(out)")

    // The truth is shorter than the prediction where the video ends earlier.
    if let truth = picture.truth {
        // Metrics take batches of clips, `[B, T, H, W, C]`; the picture's frames are `[T, H, W, C]`.
        let known = picture.predictions[0].frames.sliced(0, from: 0, count: truth.shape[0])
        let (real, predicted) = (truth.reshaped(to: [1] + truth.shape), known.reshaped(to: [1] + known.shape))
        for metric in try MetricRegistry.standard.metrics(listed: "psnr,ssim") {
            let accumulator = metric.makeAccumulator()
            try accumulator.add(real: real, predicted: predicted)
            let result = try accumulator.result()
            print("\(metric.name): \(result.value) over \(truth.shape[0]) frames (\(result.convention))")
        }
    }
} catch {
    print("continue-a-video: \(error)")
    exit(1)
}
