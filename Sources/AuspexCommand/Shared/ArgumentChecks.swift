import ArgumentParser

/// Refuses a count that is too small, as part of `validate()`.
func requireAtLeast(_ least: Int, _ value: Int?, _ option: String) throws {
    if let value, value < least { throw ValidationError("\(option) is \(value): it must be at least \(least)") }
}
