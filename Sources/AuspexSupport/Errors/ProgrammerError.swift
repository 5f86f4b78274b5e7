/// Stops the program for a mistake in the calling code: an impossible shape, a type that does not fit.
///
/// Built on `fatalError`, because `precondition` drops its message in release builds. Bad user input is never reported here but thrown.
public func stopProgram(
    _ operation: String, _ message: @autoclosure () -> String, file: StaticString = #fileID, line: UInt = #line
) -> Never {
    fatalError("\(operation): \(message())", file: file, line: line)
}

/// `stopProgram` unless the condition holds.
@inline(__always)
package func require(
    _ condition: Bool, _ operation: @autoclosure () -> String, _ message: @autoclosure () -> String,
    file: StaticString = #fileID, line: UInt = #line
) {
    if !condition { stopProgram(operation(), message(), file: file, line: line) }
}
