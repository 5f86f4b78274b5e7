import AuspexSupport
import AuspexConfiguration
import AuspexVideo

/// Whether clips have the channels that a model takes, and what to do if they do not.
enum ChannelFit {
    /// Refuses a source whose clips have other channels than a model takes: the network would stop the program.
    ///
    /// - Parameter model: the model's name in messages: `the model of run`.
    /// - Throws: `ConfigurationError` with advice.
    static func check(_ source: any ClipSource, request: ClipRequest, takes channels: Int, model: String) throws {
        let found = try source.channels(for: request)
        guard found != channels else { return }
        throw ConfigurationError(
            "\(source.description): gives frames of \(words(found)), \(model) takes \(channels): "
                + advice(found: found, wanted: channels, isArray: isArray(source)),
            remedies: isArray(source) ? [] : [.source])
    }

    /// The same for a single video.
    static func check(_ video: String, colour: ClipRequest.Colour, takes channels: Int, model: String) throws {
        guard colour.channels != channels else { return }
        throw ConfigurationError(
            "\(video): gives frames of \(words(colour.channels)), \(model) takes \(channels): "
                + advice(found: colour.channels, wanted: channels, isArray: false), remedies: [.source])
    }

    /// Whether a source's channels are fixed, as an array's are, so that the choice of colour does not change them.
    static func isArray(_ source: any ClipSource) -> Bool {
        func channels(_ colour: ClipRequest.Colour) -> Int? {
            try? source.channels(for: ClipRequest(frames: 1, size: FrameSize(8), colour: colour))
        }
        guard let found = channels(.rgb) else { return false }
        return found == channels(.grey)
    }

    static func words(_ channels: Int) -> String { "\(channels, "channel")" }

    /// How to convert clips to another number of channels.
    static func advice(found: Int, wanted: Int, isArray: Bool) -> String {
        guard isArray else { return "give an array (.npy) of \(words(wanted)) instead" }
        if found == 1 {
            return "repeat the channel with np.repeat(array, \(wanted), axis=…), or use a model of 1 channel"
        }
        return "save an array of \(words(wanted))"
            + (wanted == 1 ? ", for example array.mean(axis=…, keepdims=True)" : "")
            + ", or use a model of \(words(found))"
    }
}
