import AuspexPretrained

/// Which weights of metrics' networks a store has.
public struct WeightsReport: Encodable, Sendable {
    /// One file of weights.
    public struct Entry: Encodable, Sendable {
        /// What the file is called without its ending.
        public let name: String
        /// Where it is, or would be.
        public let path: String
        /// Whether it is there and intact.
        public let status: WeightsStore.Status
        /// SHA-256 that the file should have, in hexadecimal.
        public let checksum: String
        /// The licence of the package that the weights come from.
        public let licence: String
        /// Where the package is published.
        public let source: String
        /// What the network says of black beside white, see `WeightsFile.knownValue`; nil where it was not asked.
        public let knownValue: Double?
    }

    /// The version of the fields.
    public let schema = 1
    /// The store's folder.
    public let folder: String
    /// A file each, in the order asked for.
    public let weights: [Entry]

    private enum CodingKeys: String, CodingKey { case schema, folder, weights }

    /// Looks at files of a store.
    ///
    /// - Parameter provingThem: runs each network on a pair of which the answer is known.
    /// - Throws: `FileError` where a file cannot be read, or is to be proved and absent or damaged; `WeightsError.wrongValue` where a network gives another value
    ///   than the known one.
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
