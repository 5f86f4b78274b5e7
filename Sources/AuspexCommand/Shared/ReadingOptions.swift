import ArgumentParser
import AuspexVideo

/// How long to wait for videos to be read.
struct ReadingOptions: ParsableArguments {
    @Option(help: "Seconds that opening a video, or one read from it, may take.")
    var timeout = MediaLimits.standardTimeLimitSeconds

    func validate() throws {
        guard timeout > 0, timeout.isFinite else {
            throw ValidationError("--timeout is \(timeout): it must be a number of seconds above 0")
        }
    }

    /// Sets the limit for all files that are opened from now on.
    func apply() { MediaLimits.setTimeLimit(seconds: timeout) }
}
