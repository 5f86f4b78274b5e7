import ArgumentParser
import Foundation

/// Refuses an option that cannot have an effect beside the others: somebody gave it for a purpose, and would not notice that nothing came of it.
///
/// - Parameters:
///   - isGiven: whether the option is on the command line.
///   - hasEffect: whether it changes anything.
///   - reason: follows the option's name in the message and names the option it needs: `needs --data SOURCE`.
/// - Throws: `ValidationError`, which is status 64.
func refuse(_ option: String, ifGiven isGiven: Bool, unless hasEffect: Bool, _ reason: @autoclosure () -> String) throws
{
    if isGiven, !hasEffect { throw ValidationError("\(option) \(reason())") }
}

/// Whether some of these metrics look at features of a network that takes whole clips.
func haveNetworkMetric(_ metrics: [String]) -> Bool {
    metrics.contains { $0.hasPrefix("fvd") || $0.hasPrefix("kvd") }
}
