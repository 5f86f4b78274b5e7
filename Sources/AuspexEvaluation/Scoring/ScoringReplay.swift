import AuspexMetrics
import AuspexSupport
import AuspexTensors
import Foundation

/// Repeats a comparison from its report, and lists the differences.
///
/// Numbers are equal if they differ by no more than a ten-thousandth of the earlier one plus a millionth: another processor or number of threads
/// changes a network's features in the sixth digit. Features are recomputed, not taken from the cache: the whole computation is repeated.
public struct ScoringReplay {
    /// The result to repeat.
    public let earlier: ScoringReport
    /// How far numbers may differ and count as equal, as a share of the earlier one.
    public static let relativeTolerance = 1e-4
    /// How far numbers may differ and count as equal, beside the relative tolerance.
    public static let absoluteTolerance = 1e-6

    /// The outcome of a repetition.
    public struct Outcome: Codable, Sendable, Equatable {
        /// The version of the fields.
        public var schema = 1
        /// Whether the same clips gave the same numbers, within the tolerance.
        public var isEqual: Bool
        /// Whether every number is the same to the last bit.
        public var isBitForBit: Bool
        /// How far numbers may differ and count as equal, as a share of the earlier one.
        public var relativeTolerance = ScoringReplay.relativeTolerance
        /// How far numbers may differ and count as equal, beside the relative tolerance.
        public var absoluteTolerance = ScoringReplay.absoluteTolerance
        /// What differs, a line each.
        public var differences: [String]
        /// Differences that need not change a number: versions, processors.
        public var remarks: [String]
        /// The comparison as it is now.
        public var now: ScoringReport
    }

    /// - Throws: `FileError` where the file is not a `ScoringReport` in JSON.
    public init(readingFrom path: String) throws {
        let bytes = try FileReading.bytes(of: path)
        do {
            earlier = try ReportFile.decoder.decode(ScoringReport.self, from: bytes)
        } catch {
            throw FileError(
                .unsupported, path: path, found: "something else", expected: "the result of a scoring as JSON",
                advice: "score the clips and keep the result", remedies: [.score])
        }
        guard earlier.schema == 1 else {
            throw FileError(
                .unsupported, path: path, found: "a result of schema \(earlier.schema)", expected: "schema 1",
                advice: "repeat it with auspex \(earlier.version), which wrote it")
        }
        if let problem = earlier.settings.problem {
            throw FileError(
                .garbled, path: path, found: "settings with \(problem)", expected: "settings as a scoring writes them",
                advice: "score the clips again", remedies: [.score])
        }
    }

    /// Repeats the comparison.
    ///
    /// - Parameter progress: is given how many clips or pairs are done, of how many.
    /// - Throws: as `Scoring.score`, where the clips are no longer there or cannot be compared.
    public func run(progress: (Int, Int) -> Void = { _, _ in }) throws -> Outcome {
        compare(
            with: try Scoring(earlier.settings).score(
                real: earlier.real, predicted: earlier.predicted, progress: progress))
    }

    package func compare(with now: ScoringReport) -> Outcome {
        var differences = Self.differences("real", earlier.sets.real, now.sets.real)
        differences += Self.differences("predicted", earlier.sets.predicted, now.sets.predicted)
        var isBitForBit = true
        for name in earlier.settings.metrics {
            guard let before = earlier.metrics[name], let after = now.metrics[name] else {
                differences.append("\(name): in one of the two results only")
                continue
            }
            if before.convention != after.convention || before.weights != after.weights {
                differences.append(
                    "\(name): was \(before.convention), \(before.weights ?? "no weights"); is \(after.convention), "
                        + (after.weights ?? "no weights"))
            }
            for (what, old, new) in Self.numbers(before, after) {
                isBitForBit = isBitForBit && old == new
                if !Self.areEqual(old, new) {
                    differences.append(
                        "\(name)\(what): was \(old.map { "\($0)" } ?? "absent"), is \(new.map { "\($0)" } ?? "absent")")
                }
            }
        }
        return Outcome(
            isEqual: differences.isEmpty, isBitForBit: isBitForBit && differences.isEmpty, differences: differences,
            remarks: remarks(now), now: now)
    }

    private func remarks(_ now: ScoringReport) -> [String] {
        var remarks = [
            ("real", earlier.sets.real, now.sets.real), ("predicted", earlier.sets.predicted, now.sets.predicted),
        ]
        .compactMap { Self.remark($0, $1, $2) }
        if earlier.version != now.version { remarks.append("auspex \(earlier.version) then, \(now.version) now") }
        if earlier.machine != now.machine {
            remarks.append(
                "\(earlier.machine.instructionSet) and \(earlier.machine.threads, "thread") then, "
                    + "\(now.machine.instructionSet) and \(now.machine.threads) now")
        }
        return remarks
    }

    private static func areEqual(_ old: Double?, _ new: Double?) -> Bool {
        guard let old, let new else { return old == nil && new == nil }
        if old == new || old.isNaN && new.isNaN { return true }
        return abs(new - old) <= relativeTolerance * abs(old) + absoluteTolerance
    }

    private static func numbers(
        _ before: MetricResult, _ after: MetricResult
    ) -> [(what: String, old: Double?, new: Double?)] {
        func steps(_ what: String, _ old: [Double]?, _ new: [Double]?) -> [(String, Double?, Double?)] {
            let (old, new) = (old ?? [], new ?? [])
            return (0..<max(old.count, new.count)).map { step in
                (
                    " \(what) \(step + 1)", step < old.count ? old[step] : nil,
                    step < new.count ? new[step] : nil
                )
            }
        }
        return [
            ("", before.value, after.value), (" at n = ∞", before.atInfinity, after.atInfinity),
            (" deviation", before.deviation, after.deviation),
        ] + steps("interval end", before.interval, after.interval) + steps("step", before.perStep, after.perStep)
    }

    /// Whether an earlier digest was computed from floats rounded to bytes: it cannot be compared with a digest of floats.
    private static func cannotBeTold(_ old: ClipRecord, _ new: ClipRecord) -> Bool {
        old.elementType == nil && new.elementType == ElementType.float32.rawValue && old.sha256 != new.sha256
    }

    private static func remark(
        _ side: String, _ old: ScoringReport.ScoredClips, _ new: ScoringReport.ScoredClips
    ) -> String? {
        guard old.count == new.count else { return nil }
        let count = zip(old.list, new.list).count { cannotBeTold($0, $1) }
        guard count > 0 else { return nil }
        return
            "it cannot be checked that \(count) of \(old.count) \(side) clips still have the same values: they are floats, which "
            + "the earlier auspex rounded to bytes; that alone may change numbers"
    }

    private static func differences(
        _ side: String, _ old: ScoringReport.ScoredClips, _ new: ScoringReport.ScoredClips
    ) -> [String] {
        if old.count != new.count { return ["the \(side) set had \(old.count, "clip") and has \(new.count)"] }
        if old.sha256 == new.sha256 { return [] }
        if old.list.isEmpty {
            return ["the \(side) file is a different one (SHA-256 was \(old.sha256), is \(new.sha256))"]
        }
        let changed = zip(old.list, new.list).filter { $0.sha256 != $1.sha256 && !cannotBeTold($0, $1) }
        guard !changed.isEmpty else { return [] }
        let named = changed.prefix(3).map { $1.name }.joined(separator: ", ")
        let more = changed.count > 3 ? " and \(changed.count - 3) more" : ""
        let have = changed.count == 1 ? "has" : "have"
        return ["\(changed.count) of \(old.count) \(side) clips \(have) different pixels now: \(named)\(more)"]
    }
}
