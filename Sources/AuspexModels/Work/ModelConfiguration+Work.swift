import AuspexLayers

extension TrIVDGANConfiguration {
    /// The work of a generator that continues so many clips.
    public func workAsWritten(clips: Int) -> WorkAsWritten {
        var work = WorkAsWritten()
        let widths = stageMultipliers.map { $0 * channels }
        let (given, images) = (clips * contextFrames, clips * predictedFrames)

        var (side, inputs) = (size, frameChannels)
        for (position, width) in widths.reversed().enumerated() {
            work.addJudgeBlock(
                places: given * side * side, pooledPlaces: given * side * side / 4, inputs: inputs, outputs: width,
                dimensions: 2, isFirst: position == 0)
            (side, inputs) = (side / 2, width)
        }
        work.addConvolution(places: clips, taps: 1, inputs: conditionSize, outputs: 16 * widths[0], readsInput: true)
        for (width, next) in zip(widths, widths.dropFirst() + [channels]) {
            work.addConvolution(places: clips * side * side, taps: 9, inputs: contextFrames * width, outputs: width)
            for part in unitConvolutions(width: width) {
                work.addConvolution(
                    places: images * side * side, taps: part.taps, inputs: part.inputs, outputs: part.outputs)
            }
            work.addGeneratorBlock(
                places: images * side * side, inputs: width, outputs: width, upsamples: false, clips: clips,
                conditionSize: conditionSize)
            side *= 2
            work.addGeneratorBlock(
                places: images * side * side, inputs: width, outputs: next, upsamples: true, clips: clips,
                conditionSize: conditionSize)
        }
        let maps = output == .paint ? frameChannels : outputKernelSize * outputKernelSize + 1 + frameChannels
        work.addConvolution(places: images * side * side, taps: 9, inputs: channels, outputs: maps)
        return work
    }

    /// What a recurrent unit convolves at each step, where state and input are of one width.
    private func unitConvolutions(width: Int) -> [(taps: Int, inputs: Int, outputs: Int)] {
        let gate = (taps: 9, inputs: 2 * width, outputs: width)
        switch unit.name {
        case "conv-gru": return [gate, gate, gate]
        case "conv-lstm": return [gate, gate, gate, gate]
        case "traj-gru":
            let input = (taps: 9, inputs: width, outputs: width)
            let link = (taps: 1, inputs: links * width, outputs: width)
            return [(25, 2 * width, 32), (25, 32, 2 * links), input, input, input, link, link, link]
        default:
            return [gate, (9, width, warp == .kernel ? kernelSize * kernelSize : 2), gate, gate]
        }
    }
}
