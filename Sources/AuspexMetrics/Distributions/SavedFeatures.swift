import AuspexPretrained
import AuspexStatistics
import AuspexSupport
import AuspexTensors
import Foundation

/// Features of two sets of clips in a safetensors file: every clip's numbers, not only their mean and covariance, so that FVD and its variants, KVD, FVD∞,
/// subsets and intervals can all be computed from them without the clips and without the network.
///
/// Tensors are called `real/PREPARATION` and `predicted/PREPARATION`, `[N, 400]` float32, one for each way frames were prepared; `real/clips` and
/// `predicted/clips` are text (UTF-8), a JSON object on a line for each clip, with the digest of its pixels. The notes name the network, its weights' SHA-256,
/// what each preparation is, and the SHA-256 of each preparation's rows. Features stay in the file's pages: the file must not be truncated while it is used.
public struct SavedFeatures: Sendable {
    /// One set of clips and the network's features of them.
    public struct Side: Sendable {
        /// Where the clips came from.
        public var source: String
        /// Whether pixels are exactly those that were written.
        public var isLossless: Bool
        /// The element type of the network's products.
        public var precision: I3D.Precision
        /// The clips, in the order of the features' rows.
        public var clips: [ClipRecord]
        /// By the name of the preparation, a row for each clip.
        package var features: [String: ClipFeatures]

        package init(
            source: String, isLossless: Bool, precision: I3D.Precision = .float32, clips: [ClipRecord],
            features: [String: ClipFeatures]
        ) {
            self.source = source
            self.isLossless = isLossless
            self.precision = precision
            self.clips = clips
            self.features = features
        }
    }

    private let reader: SafeTensorsReader
    /// The sets in the file.
    private let sides: [MetricSide]

    /// The file, as it was given.
    public var path: String { reader.path }
    private static let (format, version) = ("auspex-features", "2")
    private static let clipsName = "clips"
    private static let advice = "score the clips again and keep their features"

    /// - Parameters:
    ///   - preparations: a description of each preparation that features are named by.
    ///   - version: of the program.
    /// - Throws: `FileError` where the place cannot be written.
    package static func write(
        _ sides: [MetricSide: Side], preparations: [FramePreparation], version: String, to path: String
    ) throws {
        var notes = [
            "format": format, "version": Self.version, "program": "auspex \(version)",
            "network": WeightsFile.i3d.rawValue, "weights-sha256": WeightsFile.i3d.checksum,
        ]
        for preparation in preparations { notes["preparation.\(preparation.rawValue)"] = preparation.summary }
        var parts: [SafeTensors.Part] = []
        for (side, set) in sides {
            let name = side.rawValue
            notes[name + ".source"] = set.source
            notes[name + ".lossless"] = "\(set.isLossless)"
            notes[name + ".precision"] = set.precision.rawValue
            var length = 0
            try ClipRecordText.write(set.clips, separator: "\n") { length += $0.count }
            parts.append(
                .init(name: "\(name)/\(clipsName)", elementType: .uint8, shape: [length]) { sink in
                    try ClipRecordText.write(set.clips, separator: "\n") { text in
                        try text.withUnsafeBytes { try sink.write($0) }
                    }
                })
            for (preparation, features) in set.features {
                notes["\(name)/\(preparation).sha256"] = checksum(features)
                parts.append(
                    .init(
                        name: "\(name)/\(preparation)", elementType: .float32, shape: [features.count, features.size]
                    ) { sink in
                        try features.forEachRow { _, row in try sink.write(UnsafeRawBufferPointer(row)) }
                    })
            }
        }
        try AtomicFile.write(to: path) { try SafeTensors.write(parts, metadata: notes, into: $0) }
    }

    /// Reads the file's index; a set's clips and features are read when it is requested.
    ///
    /// - Throws: `FileError` where the file does not contain features, or contains features of another network.
    public init(readingFrom path: String) throws {
        let reader = try SafeTensorsReader(path: path, access: .mapped)
        let notes = reader.metadata
        guard notes["format"] == Self.format else {
            throw FileError(
                .unsupported, path: path, found: "tensors that are not features of clips",
                expected: "features of clips",
                advice: Self.advice, remedies: [.keepFeatures])
        }
        guard notes["version"] == Self.version else {
            throw FileError(
                .unsupported, path: path, found: "version \(notes["version"] ?? "none") of features of clips",
                expected: "version \(Self.version)", advice: Self.advice, remedies: [.keepFeatures])
        }
        let (network, checksum) = (notes["network"] ?? "an unnamed network", notes["weights-sha256"] ?? "none")
        guard network == WeightsFile.i3d.rawValue, checksum == WeightsFile.i3d.checksum else {
            throw FileError(
                .unsupported, path: path, found: "features of \(network) with weights of SHA-256 \(checksum)",
                expected: "\(WeightsFile.i3d.rawValue) with \(WeightsFile.i3d.checksum)",
                advice: "features of other weights cannot be compared: \(Self.advice)", remedies: [.keepFeatures])
        }
        sides = MetricSide.allCases.filter { reader.entries["\($0.rawValue)/\(Self.clipsName)"] != nil }
        guard !sides.isEmpty else {
            throw FileError(
                .garbled, path: path, found: "features of no set", expected: "of real or of predicted clips",
                advice: Self.advice, remedies: [.keepFeatures])
        }
        self.reader = reader
    }

    private static func side(_ side: MetricSide, _ reader: SafeTensorsReader) throws -> Side {
        func garbled(_ found: String, _ expected: String) -> FileError {
            FileError(
                .garbled, path: reader.path, found: found, expected: expected, advice: "copy or save the file again")
        }
        let clips: [ClipRecord]
        do { clips = try records(named: "\(side.rawValue)/\(clipsName)", reader) } catch is DecodingError {
            throw garbled("a list of \(side.rawValue) clips that cannot be read", "one object a line")
        }
        var features: [String: ClipFeatures] = [:]
        for (name, entry) in reader.entries.sorted(by: { $0.key < $1.key })
        where name.hasPrefix(side.rawValue + "/") && name != "\(side.rawValue)/\(clipsName)" {
            guard entry.elementType == .float32, entry.shape == [clips.count, I3D.logitCount] else {
                throw garbled(
                    "'\(name)' of \(entry.elementType) \(entry.shape)", "float32 [\(clips.count), \(I3D.logitCount)]")
            }
            let preparation = String(name.dropFirst(side.rawValue.count + 1))
            let stated = reader.metadata["preparation.\(preparation)"] ?? "nothing"
            guard let known = FramePreparation(rawValue: preparation), known.summary == stated else {
                throw FileError(
                    .unsupported, path: reader.path, found: "frames prepared as '\(preparation)', which is \(stated)",
                    expected: FramePreparation(rawValue: preparation)?.summary ?? "a known preparation",
                    advice: "features of other preprocessing cannot be compared: \(advice)", remedies: [.keepFeatures])
            }
            let rows = try rows(named: name, reader)
            if let row = rows.firstNotFinite {
                throw garbled("NaN or infinity in row \(row) of '\(name)'", "finite numbers")
            }
            guard checksum(rows) == reader.metadata[name + ".sha256"] else {
                throw garbled("'\(name)' with other numbers than its checksum is of", "those that were written")
            }
            features[preparation] = rows
        }
        let stated = reader.metadata[side.rawValue + ".precision"] ?? I3D.Precision.float32.rawValue
        guard let precision = I3D.Precision(rawValue: stated) else {
            throw garbled(
                "features in \(stated)", I3D.Precision.allCases.map(\.rawValue).joined(separator: " or "))
        }
        return Side(
            source: reader.metadata[side.rawValue + ".source"] ?? reader.path,
            isLossless: reader.metadata[side.rawValue + ".lossless"] != "false", precision: precision, clips: clips,
            features: features)
    }

    private static func checksum(_ features: ClipFeatures) -> String {
        var hash = SHA256()
        features.forEachRow { _, row in hash.update(UnsafeRawBufferPointer(row)) }
        return hash.hexadecimal
    }

    private static func records(named name: String, _ reader: SafeTensorsReader) throws -> [ClipRecord] {
        let length = try reader.entry(named: name).shape.product
        var done = 0
        return try ClipRecordText.records {
            guard done < length else { return nil }
            let piece = done..<min(done + 1 << 16, length)
            done = piece.upperBound
            return try reader.bytes(piece, ofTensor: name)
        }
    }

    private static func rows(named name: String, _ reader: SafeTensorsReader) throws -> ClipFeatures {
        guard let (values, file) = try reader.mappedScalars(named: name) else {
            return ClipFeatures(size: I3D.logitCount, values: try reader.tensor(named: name).scalars)
        }
        return ClipFeatures(size: I3D.logitCount, FeatureBlock(values, in: file))
    }

    /// The features for one side of a comparison: those of that side, or the only ones in the file.
    ///
    /// - Throws: `FileError` where the requested side is not in the file or is damaged.
    public func side(_ side: MetricSide, named: MetricSide? = nil) throws -> Side {
        if sides.contains(named ?? side) { return try Self.side(named ?? side, reader) }
        if named == nil, let only = sides.first { return try Self.side(only, reader) }
        throw FileError(
            .unsupported, path: path, found: "no features of \((named ?? side).rawValue) clips",
            expected: "those that '@\((named ?? side).rawValue)' names",
            advice: "it has \(sides.map(\.rawValue).joined())")
    }
}

extension SavedFeatures.Side {
    /// Features prepared as a metric needs them.
    ///
    /// - Parameters:
    ///   - precision: the element type of the metric's network.
    ///   - path: the file, for the error.
    ///   - metric: the metric that needs them.
    /// - Throws: `FileError` naming what the file contains.
    package func features(
        _ preparation: FramePreparation, _ precision: I3D.Precision, for metric: String, in path: String
    ) throws -> ClipFeatures {
        guard self.precision == precision else {
            throw FileError(
                .unsupported, path: path, found: "features computed in \(self.precision.rawValue)",
                expected: "\(precision.rawValue), as the other side's",
                advice: "compare features of one precision, \(self.precision.rawValue), or save them again",
                remedies: [.precision(self.precision.rawValue), .keepFeatures])
        }
        guard let found = features[preparation.rawValue] else {
            throw FileError(
                .unsupported, path: path,
                found: "features of frames prepared as \(features.keys.sorted().joined(separator: ", "))",
                expected: "\(preparation.rawValue) for \(metric) (\(preparation.summary))",
                advice: "save them with \(metric) among the metrics", remedies: [.metrics([metric]), .keepFeatures])
        }
        return found
    }
}
