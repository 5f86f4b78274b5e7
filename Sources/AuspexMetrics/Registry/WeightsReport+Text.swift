import AuspexSupport

extension WeightsReport: Report {
    /// Five lines for each file.
    public var text: String {
        weights.flatMap { entry in
            let known = entry.knownValue.map { ", black beside white \($0)" } ?? ""
            return [
                "\(entry.name): \(entry.status.rawValue)\(known)", "  \(entry.path)", "  SHA-256 \(entry.checksum)",
                "  source: \(entry.source)", "  licence: \(entry.licence)",
            ]
        }.joined(separator: "\n")
    }
}
