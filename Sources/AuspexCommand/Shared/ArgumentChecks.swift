import ArgumentParser
import Foundation

/// Refuses a count that is too small, as part of `validate()`.
func requireAtLeast(_ least: Int, _ value: Int?, _ option: String) throws {
    if let value, value < least { throw ValidationError("\(option) is \(value): it must be at least \(least)") }
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
