import Foundation
import Testing

/// Compares a text with the file `Snapshots/NAME.txt`.
///
/// With `AUSPEX_RECORD_SNAPSHOTS` in the environment the file is written instead, and the test fails all the same: recording is not a success.
func expectSnapshot(_ text: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Snapshots")
    let file = folder.appendingPathComponent(name + ".txt")
    if ProcessInfo.processInfo.environment["AUSPEX_RECORD_SNAPSHOTS"] != nil {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
        Issue.record("recorded \(name).txt: look at it, then run without recording", sourceLocation: sourceLocation)
        return
    }
    let expected = try String(contentsOf: file, encoding: .utf8)
    #expect(text == expected, "differs from Snapshots/\(name).txt", sourceLocation: sourceLocation)
}
