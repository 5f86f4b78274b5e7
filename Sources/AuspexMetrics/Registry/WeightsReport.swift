import AuspexPretrained

/// Which weights of metric networks a store contains.
public struct WeightsReport: Encodable, Sendable {
    /// One file of weights.
    public struct Entry: Encodable, Sendable {
        /// The file's name without its ending.
        public let name: String
        /// Where it is, or would be.
        public let path: String
        /// Whether it is present and intact.
        public let status: WeightsStore.Status
        /// SHA-256 that the file should have, in hexadecimal.
        public let checksum: String
        /// The licence of the package that the weights come from.
        public let licence: String
        /// Where the package is published.
        public let source: String
        /// The network's value for black beside white, see `WeightsFile.knownValue`; nil if it was not computed.
        public let knownValue: Double?
    }

    /// The version of the fields.
    public let schema = 1
    /// The store's folder.
    public let folder: String
    /// One entry per file, in the order requested.
    public let weights: [Entry]

    private enum CodingKeys: String, CodingKey { case schema, folder, weights }

    /// Checks files of a store.
    ///
    /// - Parameter provingThem: runs each network on a pair with a known value.
    /// - Throws: `FileError` where a file cannot be read, or is to be proved and missing or damaged; `WeightsError.wrongValue` where a network's value
    /// differs from the known one.
    public init(_ files: [WeightsFile], in store: WeightsStore, provingThem: Bool) throws {
        folder = store.folder
        weights = try files.map { file in
            Entry(
                name: file.rawValue, path: store.path(of: file), status: try store.status(of: file),
                checksum: file.checksum, licence: file.package.licence, source: file.package.source,
                knownValue: provingThem ? try file.verifyKnownValue(in: store) : nil)
        }
    }
}
