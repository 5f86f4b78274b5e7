extension Explanation {
    /// How many clips go through the network.
    public struct Cost: Sendable {
        /// For the metric's definition.
        public let definition: Int
        /// For all single deviations.
        public let singles: Int
        /// For a first look at them; nil if everything is computed at once.
        public let screening: Int?
        /// Ways of preparing a set's clips other than the definition's.
        public let passes: Int

        init(definition: Int, singles: Int, screening: Int?, passes: Int) {
            (self.definition, self.singles, self.screening, self.passes) = (definition, singles, screening, passes)
        }

        init(of found: ExplainedCase, settings: Explanation) {
            let screen = settings.screen
            let isScreened = max(found.count(.real), found.count(.predicted)) > 2 * screen
            self.init(
                definition: found.count(.real) + found.count(.predicted),
                singles: found.passes.reduce(0) { $0 + found.count($1.side) },
                screening: isScreened ? found.passes.reduce(0) { $0 + min(screen, found.count($1.side)) } : nil,
                passes: found.passes.count)
        }
    }

    /// How long the deviations will take, estimated from what was measured so far.
    public struct Expectation: Sendable {
        /// Clips not requested yet.
        public let clips: Int
        /// Seconds per clip; nil if all clips so far were in the cache.
        public let secondsPerClip: Double?
        /// Whether this covers the first look only, which more work follows.
        public let isFirstLook: Bool

        /// - Parameter work: the measured time, and the number of clips that went through the network in it.
        package init(clips: Int, after work: (seconds: Double, clips: Int), isFirstLook: Bool) {
            self.clips = clips
            secondsPerClip = work.clips > 0 ? work.seconds / Double(work.clips) : nil
            self.isFirstLook = isFirstLook
        }
    }
}
