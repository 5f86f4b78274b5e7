import AuspexSupport

extension DiscriminatorsConfiguration {
    /// Checks that every view leaves its discriminator something to see.
    public func validate(for model: any ModelOptions) throws(ModelConfigurationError) {
        if let channels, !(1...largestCount).contains(channels) {
            throw ModelConfigurationError(
                "discriminators.channels is \(channels): it must be from 1 to \(largestCount)")
        }
        for (position, view) in resolvedViews.enumerated() {
            let name = "discriminators.views[\(position)]"
            for (field, value) in [("count", view.count), ("scale", view.scale), ("crop", view.crop)]
            where !(1...largestCount).contains(value) {
                throw ModelConfigurationError("\(name).\(field) is \(value): it must be from 1 to \(largestCount)")
            }
            for (field, value) in [("scale", view.scale), ("crop", view.crop)] where value & (value - 1) != 0 {
                throw ModelConfigurationError(
                    "\(name).\(field) is \(value): it must be a power of two")
            }
            let seen = view.size(of: model.size)
            let side = seen.shorterSide
            if side < 4 {
                throw ModelConfigurationError(
                    "\(name) leaves a discriminator \(seen) pixels of \(model.size): at least 4×4 are needed; lower its scale or crop"
                )
            }
            // A discriminator of clips halves time with space in its first two blocks.
            let frames = model.clipFrames
            let needed = side > 8 ? 4 : side > 4 ? 2 : 1
            guard view.kind == .frames || frames >= needed else {
                throw ModelConfigurationError(
                    "\(name) looks at clips of \(frames, "frame") (model.contextFrames + model.predictedFrames): at least \(needed) are needed, as time is halved with space"
                )
            }
        }
    }
}
