/// Which views of a clip get a discriminator: a preset's, or a list.
public struct DiscriminatorsConfiguration: Codable, Sendable, Equatable {
    /// The decompositions that the literature names.
    public enum Preset: String, Codable, Sendable, CaseIterable {
        /// One frame, and the whole clip. Source: Tulyakov et al. 2018, arXiv:1707.04993.
        case mocogan
        /// Eight frames, and the clip at half size. Source: Clark et al. 2019, arXiv:1907.06571.
        case dvd
        /// Eight frames at half size, and one crop of the clip: the fewest pixels.
        case fast
        /// Eight frames, the clip at half size, and one crop of the clip. Source: Luc et al. 2020, arXiv:2003.04035, section 3.3.
        case trivd

        /// The views of the decomposition, a discriminator each.
        public var views: [View] {
            switch self {
            case .mocogan: [.frames(count: 1), .clip()]
            case .dvd: [.frames(count: 8), .clip(scale: 2)]
            case .fast: [.frames(count: 8, scale: 2), .clip(crop: 2)]
            case .trivd: [.frames(count: 8), .clip(scale: 2), .clip(crop: 2)]
            }
        }
    }

    /// A decomposition by name.
    public var preset: Preset? = .trivd
    /// The views themselves; if there are any, the preset is ignored.
    public var views: [View] = []
    /// ch of the discriminators; nil for the generator's.
    public var channels: Int? = nil

    /// The defaults: TrIVD-GAN's three views.
    public init() {}

    /// The views, whether listed or from the preset.
    public var resolvedViews: [View] { views.isEmpty ? (preset ?? .trivd).views : views }
}
