import ArgumentParser
import Foundation

/// Refuses an option that has no effect with the other options given: the user would not notice that it was ignored.
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

/// Whether any of these metrics uses features of a network that takes whole clips.
func haveNetworkMetric(_ metrics: [String]) -> Bool {
    metrics.contains { $0.hasPrefix("fvd") || $0.hasPrefix("kvd") }
}
