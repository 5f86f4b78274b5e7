import AuspexSupport
import AuspexTensors
import AuspexTraining
import Foundation
import TestSupport
import Testing

@Suite("Verifying a checkpoint")
struct CheckpointVerificationTests {
    private func withCheckpoint(_ body: (CheckpointStore, String) throws -> Void) throws {
        let folder = try TemporaryFolder()
        let store = CheckpointStore(folder: folder.path)
        try store.prepare()
        try store.save(sampleCheckpoint(step: 1))
        try store.save(sampleCheckpoint(step: 2))
        try body(store, store.path(of: 2))
    }

    @Test func anIntactOne() throws {
        try withCheckpoint { _, folder in
            let verified = try CheckpointVerification(folder: folder)
            #expect(verified.step == 2 && verified.version == "1.2.3")
            #expect(
                verified.files == [
                    "configuration.json", "loader.json", "optimiser.safetensors", "spectral.safetensors",
                    "weights.safetensors",
                ])
            #expect(try CheckpointVerification.verify(file: folder + "/weights.safetensors"))
            #expect(try !CheckpointVerification.verify(file: folder + "/other.safetensors"))
        }
    }

    /// One bit at every few bytes of every file, the list of files included: each is noticed, and the intact checkpoint beside it is named.
    @Test func everyFlippedBitIsFound() throws {
        try withCheckpoint { store, folder in
            let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
            #expect(names.count == 6)
            var tried = 0
            for name in names {
                let url = URL(fileURLWithPath: folder + "/" + name)
                let bytes = try Data(contentsOf: url)
                for place in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 97)) {
                    var damaged = bytes
                    damaged[place] ^= 1 << UInt8(place % 8)
                    try damaged.write(to: url)
                    tried += 1
                    let what = "bit \(place % 8) of byte \(place) of \(name)"
                    #expect(throws: (any Error).self, "\(what)") { _ = try CheckpointVerification(folder: folder) }
                    #expect(throws: (any Error).self, "\(what)") { _ = try store.load(.step(2)) }
                }
                try bytes.write(to: url)
            }
            #expect(tried > 500)
            _ = try CheckpointVerification(folder: folder)
        }
    }

    /// Cut anywhere, grown, emptied, swapped with the other checkpoint's file, or gone.
    @Test func everyOtherDamageIsFound() throws {
        try withCheckpoint { store, folder in
            for name in try FileManager.default.contentsOfDirectory(atPath: folder).sorted() {
                let url = URL(fileURLWithPath: folder + "/" + name)
                let bytes = try Data(contentsOf: url)
                let other = try Data(contentsOf: URL(fileURLWithPath: store.path(of: 1) + "/" + name))
                var damages: [(String, Data?)] = [
                    ("gone", nil), ("empty", Data()), ("cut", bytes.dropLast()),
                    ("half", bytes.prefix(bytes.count / 2)),
                    ("grown", bytes + [0]), ("zeros", Data(count: bytes.count)),
                ]
                if name != "checkpoint.json" { damages.append(("the other's", other)) }
                for (damage, content) in damages {
                    try FileManager.default.removeItem(at: url)
                    try content?.write(to: url)
                    let error = try #require(throws: CheckpointError.self, "\(name) \(damage)") {
                        _ = try CheckpointVerification(folder: folder)
                    }
                    #expect("\(error)".hasPrefix(folder) && "\(error)".contains("step 1 is intact"), "\(error)")
                    try bytes.write(to: url)
                }
            }
        }
    }

    /// A digit that makes the list of files look like that of an older version does not switch its checksum off.
    @Test func theListOfFilesCannotBeMadeOlder() throws {
        try withCheckpoint { _, folder in
            let url = URL(fileURLWithPath: folder + "/checkpoint.json")
            let text = try String(contentsOf: url, encoding: .utf8)
            #expect(text.contains("\"format\" : 2"))
            for changed in [
                text.replacing("\"format\" : 2", with: "\"format\" : 1"), text.replacing("1.2.3", with: "1.2.4"),
                text.replacing("\"checksum\"", with: "\"chequesum\""), text + "\n",
            ] {
                try Data(changed.utf8).write(to: url)
                #expect(throws: CheckpointError.self) { _ = try CheckpointVerification(folder: folder) }
            }
        }
    }

    /// Checkpoints of format 1, whose list of files had no checksum, are read as before.
    @Test func theFormatBefore() throws {
        try withCheckpoint { store, folder in
            let url = URL(fileURLWithPath: folder + "/checkpoint.json")
            var fields = try #require(
                try JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [String: Any])
            fields["checksum"] = nil
            fields["format"] = 1
            try JSONSerialization.data(withJSONObject: fields).write(to: url)
            #expect(try CheckpointVerification(folder: folder).step == 2)
            try expectEqual(store.load(), sampleCheckpoint(step: 2))
        }
    }
}
