import AuspexSupport

/// A recurrent unit that a configuration can name: how one is made, and what makes it large.
///
/// Read and written as its name. A decoder finds it in the registry that its `userInfo` holds, or among the package's own units.
public struct RecurrentUnitKind: Sendable {
    /// What `model.unit` calls it: `tsru-c`.
    public let name: String
    private let factory: @Sendable (RecurrentUnitOptions, Int, Int, inout Initializer) -> any RecurrentUnit
    private let sizes: @Sendable (RecurrentUnitOptions, Double) -> [LeastUnitSize]

    /// - Parameters:
    ///   - sizes: of the options that may make a unit of a width large; none by default.
    ///   - make: from options, the state's channels and the input's.
    public init(
        _ name: String,
        sizes: @escaping @Sendable (RecurrentUnitOptions, _ width: Double) -> [LeastUnitSize] = { _, _ in [] },
        make:
            @escaping @Sendable (
                _ options: RecurrentUnitOptions, _ stateChannels: Int, _ inputChannels: Int,
                _ initializer: inout Initializer
            ) -> any RecurrentUnit
    ) {
        self.name = name
        self.sizes = sizes
        factory = make
    }

    /// Makes a unit.
    ///
    /// - Parameters:
    ///   - options: of all units; the kind reads its own.
    ///   - stateChannels: C of the state.
    ///   - inputChannels: channels of each step's input.
    public func make(
        _ options: RecurrentUnitOptions, stateChannels: Int, inputChannels: Int, using initializer: inout Initializer
    ) -> any RecurrentUnit {
        factory(options, stateChannels, inputChannels, &initializer)
    }

    /// Lower bounds of the parameters that options bring, where state and input have so many channels.
    public func leastSizes(_ options: RecurrentUnitOptions, width: Double) -> [LeastUnitSize] { sizes(options, width) }
}

/// The options of all units together: each reads its own.
public struct RecurrentUnitOptions: Codable, Sendable, Equatable {
    /// How a TSRU moves its state.
    public var warp: Warp = .kernel
    /// K of a TSRU's K×K kernels, odd.
    public var kernelSize: Int = 3
    /// What a TSRU's gate keeps.
    public var mix: TSRU.Mix = .warped
    /// L of a TrajGRU.
    public var links: Int = 13
    /// Whether an untrained unit keeps its state.
    public var startsStill: Bool = false

    /// The defaults.
    public init() {}
}

/// The parameters that one option of a unit brings at least.
public struct LeastUnitSize: Sendable, Equatable {
    /// The option, as the configuration names it: `kernelSize`.
    public let field: String
    /// What it is set to.
    public let value: Int
    /// Weights that it brings at least.
    public let parameters: Double
    /// What to do where they are too many.
    public let advice: String
}

extension RecurrentUnitKind: Equatable {
    public static func == (a: RecurrentUnitKind, b: RecurrentUnitKind) -> Bool { a.name == b.name }
}

extension RecurrentUnitKind: CustomStringConvertible {
    public var description: String { name }
}

extension RecurrentUnitKind: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let name = try container.decode(String.self)
        let registry = decoder.userInfo[RecurrentUnitRegistry.key] as? RecurrentUnitRegistry ?? .standard
        guard let kind = registry.kind(named: name) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: registry.refusal(of: name))
        }
        self = kind
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(name)
    }
}

/// The recurrent units that a configuration can name.
public struct RecurrentUnitRegistry: Sendable {
    /// In the order in which they are listed to people.
    public private(set) var kinds: [RecurrentUnitKind]

    /// A registry of these kinds, in the order in which people see them.
    public init(_ kinds: [RecurrentUnitKind]) { self.kinds = kinds }

    /// Every unit of this package.
    public static let standard = RecurrentUnitRegistry([.convGRU, .convLSTM, .trajGRU, .tsruC, .tsruP, .tsruS])

    /// Names of all kinds, as a configuration writes them.
    public var names: [String] { kinds.map(\.name) }

    /// Adds a unit, or replaces the one of its name.
    public mutating func register(_ kind: RecurrentUnitKind) {
        kinds.removeAll { $0 == kind }
        kinds.append(kind)
    }

    /// The kind that a configuration calls by this name; nil where there is none.
    public func kind(named name: String) -> RecurrentUnitKind? { kinds.first { $0.name == name } }

    /// `is tsru; expected one of conv-gru, …; did you mean tsru-c?`
    func refusal(of name: String) -> String {
        let near = NearestName.of(name, among: names).map { "; did you mean \($0)?" } ?? ""
        return "is \(name); expected one of \(names.joined(separator: ", "))\(near)"
    }

    /// What a decoder that reads a unit's name needs to know.
    public var userInfo: [CodingUserInfoKey: any Sendable] { [Self.key: self] }

    static var key: CodingUserInfoKey { CodingUserInfoKey(rawValue: "auspex.recurrentUnits").unsafelyUnwrapped }
}
