import AuspexSupport
import AuspexTensors

/// Sources that generate their clips, by name.
public enum SyntheticSources {
    /// The prefix of synthetic sources: `synthetic:moving-shapes`.
    public static let prefix = "synthetic:"

    /// The duration of one frame of a synthetic clip.
    public static let frameIntervalSeconds = 0.1

    /// Names without the prefix, in alphabetical order.
    public static var names: [String] { makers.keys.sorted() }

    private static let makers: [String: @Sendable () -> any ClipSource] = [
        CameraWorld.name: { CameraWorld() }, MovingShapes.name: { MovingShapes() },
    ]

    /// The source of a name, with or without the prefix.
    ///
    /// - Throws: `VideoError` of kind `badSource` that names the nearest source and lists all.
    public static func source(named name: String) throws -> any ClipSource {
        let bare = name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : name
        if let make = makers[bare] { return make() }
        let nearest = NearestName.of(bare, among: names).map { "did you mean \(prefix)\($0)? " } ?? ""
        throw VideoError(
            .badSource, prefix + bare,
            "there is no synthetic source of that name; \(nearest)There are: "
                + names.map { prefix + $0 }.joined(separator: ", "))
    }
}
