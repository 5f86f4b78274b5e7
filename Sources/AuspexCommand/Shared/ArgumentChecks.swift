import ArgumentParser
import AuspexExperiments
import Foundation

/// Refuses a count that is too small, or so large that no work could be meant by it, as part of `validate()`.
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
}

/// The names in a list as people write it, `psnr, ssim`: each once, in order.
///
/// - Throws: `ValidationError` where there is none.
func metricNames(listed list: String) throws -> [String] {
    var seen: Set<String> = []
    let names = list.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        .filter { !$0.isEmpty && seen.insert($0).inserted }
    guard !names.isEmpty else { throw ValidationError("--metrics names no metric") }
    return names
}
