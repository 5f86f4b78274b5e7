import ArgumentParser
import AuspexEvaluation
import AuspexMetrics
import AuspexSupport
import AuspexTensors
import Foundation

/// Refuses a count that is too small, or so large that it must be a mistake, as part of `validate()`.
func requireAtLeast(_ least: Int, _ value: Int?, _ option: String, atMost most: Int = 1_000_000_000) throws {
    guard let value else { return }
    if value < least { throw ValidationError("\(option) is \(value): it must be at least \(least)") }
    if value > most { throw ValidationError("\(option) is \(value): it must be at most \(most)") }
}

/// The largest numbers that options may have.
enum Most {
    static let clips = 10_000_000
    static let frames = 1_000_000
    static let samples = 100_000
    static let side = ScoringSettings.mostPixelsOfASide
    static let threads = 1_024
    static let adaptSeconds = 1_000_000.0
}

/// Refuses a word that an option or argument does not accept, as part of `validate()`.
///
/// - Parameter place: what the word was given for: `--protocol`.
func requireKnown(_ word: String, among known: [String], _ place: String) throws {
    guard !known.contains(word) else { return }
    let advice =
        NearestName.of(word, among: known).map { "did you mean \($0)?" }
        ?? "expected one of \(known.joined(separator: ", "))"
    throw ValidationError("\(place) \(word): unknown name; \(advice)")
}

/// The names in a list as people write it, `psnr, ssim`: each once, in order.
///
/// - Throws: `ValidationError` for an empty list or an unknown name.
func metricNames(listed list: String, among known: [String] = MetricRegistry.standard.names) throws -> [String] {
    var seen: Set<String> = []
    let names = list.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        .filter { !$0.isEmpty && seen.insert($0).inserted }
    guard !names.isEmpty else { throw ValidationError("--metrics names no metric") }
    for name in names { try requireKnown(name, among: known, "--metrics") }
    return names
}
