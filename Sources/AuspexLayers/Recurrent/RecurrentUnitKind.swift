import AuspexSupport

/// A recurrent unit that a configuration can name: how to make one, and which options make it large.
///
/// Encoded as its name. A decoder looks it up in the registry in its `userInfo`, or among the package's own units.
public struct RecurrentUnitKind: Sendable {
    /// Its name in `model.unit`: `tsru-c`.
    public let name: String
    private let factory: @Sendable (RecurrentUnitOptions, Int, Int, inout Initializer) -> any RecurrentUnit
    private let sizes: @Sendable (RecurrentUnitOptions, Double) -> [LeastUnitSize]

    /// - Parameters:
    ///   - sizes: sizes of the options that may make a unit of a given width large; none by default.
    ///   - make: makes a unit from options, the state's channels and the input's.
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
    ///   - options: of all units; each kind reads its own.
    ///   - stateChannels: C of the state.
    ///   - inputChannels: channels of each step's input.
    public func make(
        _ options: RecurrentUnitOptions, stateChannels: Int, inputChannels: Int, using initializer: inout Initializer
    ) -> any RecurrentUnit {
        factory(options, stateChannels, inputChannels, &initializer)
    }

    /// Lower bounds of the parameters that options add, for this many channels of state and input.
    public func leastSizes(_ options: RecurrentUnitOptions, width: Double) -> [LeastUnitSize] { sizes(options, width) }
}

/// The options of all units together; each kind reads its own.
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

/// A lower bound of the parameters that one option of a unit adds.
public struct LeastUnitSize: Sendable, Equatable {
    /// The option's name in the configuration: `kernelSize`.
    public let field: String
    /// Its value.
    public let value: Int
    /// The least number of weights that it adds.
    public let parameters: Double
    /// What to do if there are too many.
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
    /// In the order in which they are listed to users.
    public private(set) var kinds: [RecurrentUnitKind]

    /// A registry of these kinds, in the order in which users see them.
    public init(_ kinds: [RecurrentUnitKind]) { self.kinds = kinds }

    /// Every unit of this package.
    public static let standard = RecurrentUnitRegistry([.convGRU, .convLSTM, .trajGRU, .tsruC, .tsruP, .tsruS])

    /// Names of all kinds, as a configuration writes them.
    public var names: [String] { kinds.map(\.name) }

    /// Adds a unit, replacing one of the same name.
    public mutating func register(_ kind: RecurrentUnitKind) {
        kinds.removeAll { $0 == kind }
        kinds.append(kind)
    }

    /// The kind of this name; nil if there is none.
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
