import Foundation
import Testing

/// Runs copies of the scripts, because they work on the folder that contains them.
@Suite("tools/install removes what it installed")
struct InstallScriptTests {
    private func uninstall(_ folder: URL, _ arguments: [String] = []) throws -> (status: Int32, errors: String) {
        let process = Process()
        process.executableURL = folder.appendingPathComponent("copy/tools/install")
        process.arguments = ["--uninstall"] + arguments
        var environment = ProcessInfo.processInfo.environment
        environment["HOME"] = folder.path
        environment["XDG_CACHE_HOME"] = nil
        environment["AUSPEX_WEIGHTS"] = nil
        process.environment = environment
        let errors = Pipe()
        process.standardError = errors
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, text)
    }

    @Test func uninstalling() throws {
        try withTemporaryFolder { folder in
            let files = FileManager.default
            let tools = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent().appendingPathComponent("tools")
            for name in ["install", "lib/setup.sh"] {
                let copy = folder.appendingPathComponent("copy/tools/" + name)
                try files.createDirectory(at: copy.deletingLastPathComponent(), withIntermediateDirectories: true)
                try files.copyItem(at: tools.appendingPathComponent(name), to: copy)
            }
            func write(_ name: String) throws {
                let file = folder.appendingPathComponent(name)
                try files.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data("x".utf8).write(to: file)
            }
            func isThere(_ name: String) -> Bool { files.fileExists(atPath: folder.appendingPathComponent(name).path) }
            for name in [
                ".local/bin/auspex", ".local/bin/other", "my apps/bin/auspex", ".cache/auspex/features/a",
                "copy/.build-install/b", "copy/.build/c",
            ] { try write(name) }

            let first = try uninstall(folder)
            #expect(first.status == 0, "\(first.errors)")
            #expect(!isThere(".local/bin/auspex") && !isThere("copy/.build-install"))
            #expect(isThere(".local/bin/other") && isThere("my apps/bin/auspex") && isThere("copy/.build/c"))
            // What the user may want to keep is left, and named with the command that removes it.
            #expect(isThere(".cache/auspex/features/a") && first.errors.contains(".cache/auspex ("))
            #expect(first.errors.contains("To remove them: rm -r "))

            let again = try uninstall(folder)
            #expect(again.status == 1 && again.errors.contains("/.local/bin/auspex is not there"), "\(again.errors)")
            #expect(try uninstall(folder, ["--prefix", folder.path + "/my apps"]).status == 0)
            #expect(!isThere("my apps/bin/auspex"))
        }
    }
}
