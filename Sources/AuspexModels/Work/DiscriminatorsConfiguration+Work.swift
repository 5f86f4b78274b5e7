extension DiscriminatorsConfiguration {
    /// The work of all judges on so many clips.
    public func workAsWritten(clips: Int, model: TrIVDGANConfiguration) -> WorkAsWritten {
        var work = WorkAsWritten()
        for view in resolvedViews { addJudge(of: view, clips: clips, model: model, to: &work) }
        return work
    }

    private func addJudge(of view: View, clips: Int, model: TrIVDGANConfiguration, to work: inout WorkAsWritten) {
        let width = channels ?? model.channels
        var side = view.side(of: model.size)
        var time =
            view.kind == .clip ? model.contextFrames + model.predictedFrames : min(view.count, model.predictedFrames)
        var (inputs, multiplier, position) = (model.frameChannels, 1, 0)
        var isLast = false
        while !isLast {
            isLast = side <= 4
            let isVolume = view.kind == .clip && position < 2
            let places = clips * time * side * side
            if !isLast {
                side /= 2
                if isVolume { time /= 2 }
            }
            work.addJudgeBlock(
                places: places, pooledPlaces: clips * time * side * side, inputs: inputs, outputs: multiplier * width,
                dimensions: isVolume ? 3 : 2, isFirst: position == 0)
            (inputs, multiplier, position) = (multiplier * width, min(2 * multiplier, 8), position + 1)
        }
        work.addConvolution(places: clips * time, taps: 1, inputs: inputs, outputs: 1)
    }
}
