import ArgumentParser

/// The frame rate of sources that have none.
struct FrameRateOption: ParsableArguments {
    @Option(help: "Frames a second of image folders and arrays, which do not say it.")
    var frameRate: Double?

    func validate() throws {
        if let frameRate, !(frameRate > 0 && frameRate.isFinite) {
            throw ValidationError("--frame-rate is \(frameRate): it must be above 0, for example 25")
        }
    }

    /// The same as a field of a configuration.
    var assignments: [String] { frameRate.map { ["data.framesPerSecond=\($0)"] } ?? [] }
}
