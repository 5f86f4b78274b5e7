import AuspexSupport
import AuspexTensors
import Foundation
import Testing

/// The path of a golden file of another program's making.
func goldenFile(_ name: String) throws -> String {
    try #require(Bundle.module.url(forResource: "Golden/Files/" + name, withExtension: nil)).path
}

/// The `FileError` that the body throws.
func fileError(_ body: () throws -> Void) throws -> FileError {
    try #require(throws: FileError.self, performing: body)
}
