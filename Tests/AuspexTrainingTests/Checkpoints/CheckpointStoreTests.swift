import AuspexSupport
import AuspexTensors
import AuspexTraining
import Foundation
import Synchronization
import TestSupport
import Testing

/// A checkpoint whose every number follows from its step.
func sampleCheckpoint(step: Int) throws -> Checkpoint {
    let stream = RandomStream(seed: 9, name: "checkpoint", step: step)
    var checkpoint = Checkpoint(
        step: step,
        groups: [
            .weights: ["generator.a.weight": stream.normal([3, 5]), "generator.a.bias": stream.normal([5])],
            .optimiser: ["generator.a.weight.mean": stream.named("mean").normal([3, 5])],
            .spectral: ["generator.a.u": stream.named("u").normal([5])],
        ], version: "1.2.3")
    try checkpoint.set(["seed": step * 7], as: "configuration")
    try checkpoint.set([step, step + 1], as: "loader")
    return checkpoint
}

func expectEqual(_ a: Checkpoint, _ b: Checkpoint) throws {
    #expect(a.step == b.step)
    #expect(a.version == b.version)
    #expect(a.documents == b.documents)
    #expect(a.groups.keys.sorted() == b.groups.keys.sorted())
    for (group, tensors) in a.groups {
        let others = try #require(b.groups[group])
        #expect(tensors.keys.sorted() == others.keys.sorted())
        for (name, tensor) in tensors {
            #expect(tensor.shape == others[name]?.shape)
            #expect(tensor.scalars == others[name]?.scalars)
        }
    }
}

@Suite struct CheckpointStoreTests {
    @Test func whatIsSavedIsLoaded() throws {
        let folder = try TemporaryFolder()
        let store = CheckpointStore(folder: folder.file("checkpoints"))
        try store.prepare()
        let checkpoint = try sampleCheckpoint(step: 12000)
        try store.save(checkpoint)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: store.folder).sorted() == ["last", "step-00012000"])
        let loaded = try store.load()
        try expectEqual(loaded, checkpoint)
        #expect(try loaded.document([String: Int].self, "configuration") == ["seed": 84000])
        #expect(try loaded.document([Int].self, "loader") == [12000, 12001])
        #expect(throws: FileError.self) { _ = try loaded.document([Int].self, "choices") }
        #expect(throws: FileError.self) { _ = try loaded.document([Int].self, "configuration") }
        let some = try store.load(groups: [.spectral])
        #expect(Array(some.groups.keys) == [.spectral])
    }

    @Test func lastBestAndByStep() throws {
        let folder = try TemporaryFolder()
        let store = CheckpointStore(folder: folder.path, keep: 2)
        try store.prepare()
        #expect(store.step(of: .preferred) == nil)
        for step in 1...6 { try store.save(sampleCheckpoint(step: step), isBest: step == 2) }
        #expect(store.steps == [2, 4, 5, 6])
        #expect(store.step(of: .last) == 6)
        #expect(store.step(of: .best) == 2)
        #expect(store.step(of: .preferred) == 2)
        #expect(store.step(of: .step(5)) == 5)
        #expect(store.step(of: .step(3)) == nil)
        try store.save(sampleCheckpoint(step: 7), isBest: true)
        #expect(store.steps == [5, 6, 7])
        #expect(try folder.names == ["best", "last", "step-00000005", "step-00000006", "step-00000007"])
        try expectEqual(store.load(.best), sampleCheckpoint(step: 7))
        let error = try #require(throws: CheckpointError.self) { _ = try store.load(.step(3)) }
        #expect(
            error.description
                == "\(folder.path): found no checkpoint '3', expected one; there are steps 5, 6, 7")
    }

    @Test func theSameStepAgain() throws {
        let folder = try TemporaryFolder()
        let store = CheckpointStore(folder: folder.path)
        try store.prepare()
        try store.save(sampleCheckpoint(step: 3))
        var other = try sampleCheckpoint(step: 3)
        other.groups[.weights]?["generator.a.bias"] = Tensor([1, 2, 3, 4, 5] as [Float], shape: [5])
        try store.save(other)
        try expectEqual(store.load(), other)
        #expect(try folder.names == ["last", "step-00000003"])
    }

    /// Cut in half, changed in one byte, or taken away: the error names the file and the checkpoint that is whole.
    @Test(arguments: ["weights.safetensors", "loader.json", "checkpoint.json"], ["cut", "changed", "removed"])
    func damaged(file: String, damage: String) throws {
        let folder = try TemporaryFolder()
        let store = CheckpointStore(folder: folder.path)
        try store.prepare()
        try store.save(sampleCheckpoint(step: 1))
        try store.save(sampleCheckpoint(step: 2))
        let path = store.path(of: 2) + "/" + file
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        switch damage {
        case "cut": bytes = bytes.prefix(bytes.count / 2)
        case "changed": bytes[bytes.count - 6] ^= 0x10
        default: break
        }
        try FileManager.default.removeItem(atPath: path)
        if damage != "removed" { try bytes.write(to: URL(fileURLWithPath: path)) }
        let error = try #require(throws: CheckpointError.self) { _ = try store.load() }
        #expect(error.description.hasPrefix(store.path(of: 2)))
        // A changed list of files accuses one of the files it lists.
        #expect(error.description.contains(file) || (file, damage) == ("checkpoint.json", "changed"))
        #expect(
            error.description.hasSuffix(
                "this checkpoint is damaged; the checkpoint of step 1 is intact: name it as RUN@1, "
                    + "or remove \(store.path(of: 2)) and resume"))
        #expect(store.newestIntact() == 1)
        try expectEqual(store.load(.step(1)), sampleCheckpoint(step: 1))
        try FileManager.default.removeItem(atPath: store.path(of: 1))
        let alone = try #require(throws: CheckpointError.self) { _ = try store.load() }
        #expect(alone.description.hasSuffix("no other checkpoint is intact: train again, or bring back a copy"))
    }

    @Test func aLaterFormatIsNoDamage() throws {
        let folder = try TemporaryFolder()
        let store = CheckpointStore(folder: folder.path)
        try store.prepare()
        try store.save(sampleCheckpoint(step: 1))
        try Data("{\"format\": 9}".utf8).write(to: URL(fileURLWithPath: store.path(of: 1) + "/checkpoint.json"))
        let error = try #require(throws: FileError.self) { _ = try store.load() }
        #expect(error.kind == .unsupported)
    }

    @Test func whereNothingCanBeWritten() throws {
        let store = CheckpointStore(folder: "/proc/auspex")
        #expect(throws: FileError.self) { try store.prepare() }
        #expect(throws: FileError.self) { try store.save(sampleCheckpoint(step: 1)) }
    }
}

/// A save that ends at any of its system calls, or meets a full disk there.
@Suite struct CheckpointFaultTests {
    /// Three checkpoints, of which the first is the best.
    private func storeOfThree(in folder: String) throws -> CheckpointStore {
        let store = CheckpointStore(folder: folder, keep: 1)
        try store.prepare()
        for step in 1...3 { try store.save(sampleCheckpoint(step: step), isBest: step == 1) }
        return store
    }

    private func save(
        _ step: Int, in store: CheckpointStore, failingAt number: Int, _ code: Int32, goingOn: Bool
    ) throws -> (error: (any Error)?, calls: Int) {
        let calls = Mutex(0)
        let checkpoint = try sampleCheckpoint(step: step)
        let result = FileCall.withFault({ _, _ in
            let call = calls.withLock { count in
                count += 1
                return count
            }
            return call == number || (goingOn && call > number) ? code : nil
        }) { Result { try store.save(checkpoint, isBest: true) } }
        return (result.failure, calls.withLock { $0 })
    }

    /// From that call on nothing reaches the disk, as after a kill.
    @Test(arguments: [4, 3]) func lastAndBestMoveTogether(step: Int) throws {
        var outcomes: Set<[Int?]> = []
        var number = 1
        while true {
            let folder = try TemporaryFolder()
            let store = try storeOfThree(in: folder.path)
            if try save(step, in: store, failingAt: number, EIO, goingOn: true).calls < number { break }
            let found = [store.step(of: .last), store.step(of: .best)]
            outcomes.insert(found)
            for reference in [CheckpointReference.last, .best] { _ = try store.load(reference) }
            // The next start removes half-written folders and makes the links consistent.
            try store.prepare()
            #expect([store.step(of: .last), store.step(of: .best)] == found)
            for (name, step) in zip(["last", "best"], found) {
                let target = try FileManager.default.destinationOfSymbolicLink(atPath: folder.file(name))
                #expect(target == "step-0000000\(step ?? 0)", "call \(number)")
            }
            #expect(try folder.names.allSatisfy { !$0.contains("partial") })
            try store.save(sampleCheckpoint(step: 5))
            try expectEqual(store.load(), sampleCheckpoint(step: 5))
            number += 1
        }
        #expect(outcomes == [[3, 1], [step, step]])
        #expect(number > 30)
    }

    @Test func aFullDiskAtAnyCall() throws {
        var number = 1
        while true {
            let folder = try TemporaryFolder()
            let store = try storeOfThree(in: folder.path)
            let (error, calls) = try save(4, in: store, failingAt: number, ENOSPC, goingOn: false)
            if calls < number { break }
            // Old files that cannot be removed must not end a run.
            if let error {
                let text = "\(error)"
                #expect(text.contains("No space left on device") && text.contains("free some space"), "\(text)")
                #expect(text.hasPrefix(folder.path) && !text.contains("partial"), "\(text)")
            }
            let last = try #require(store.step(of: .last))
            try expectEqual(store.load(), sampleCheckpoint(step: last))
            try expectEqual(store.load(.step(3)), sampleCheckpoint(step: 3))
            if last == 3 { #expect(try folder.names.allSatisfy { !$0.contains("partial") }, "call \(number)") }
            number += 1
        }
        #expect(number > 30)
    }
}

extension Result {
    fileprivate var failure: (any Error)? {
        if case .failure(let error) = self { error } else { nil }
    }
}

/// Kills a program at every moment of saving: what has a checkpoint's name is whole, the rest is cleared away.
@Suite struct CheckpointKillTests {
    /// Where the process that is to be killed works: both it and the test know the test's process.
    private static func folder(of process: Int32, _ moment: CheckpointStore.Moment) -> String {
        FileManager.default.temporaryDirectory.path + "/auspex-kill-\(process)-\(moment)"
    }

    private static func saveAndDie(at moment: CheckpointStore.Moment) throws {
        var store = CheckpointStore(folder: folder(of: getppid(), moment), keep: 1)
        store.onMoment = { if $0 == moment { kill(getpid(), SIGKILL) } }
        try store.save(sampleCheckpoint(step: 4), isBest: true)
    }

    /// - Parameter survivors: the checkpoints that may be left.
    private func check(
        _ moment: CheckpointStore.Moment, survivors: [Int], last: Int, _ die: () async throws -> Void
    ) async throws {
        let folder = Self.folder(of: getpid(), moment)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let store = CheckpointStore(folder: folder, keep: 1)
        try store.prepare()
        for step in 1...3 { try store.save(sampleCheckpoint(step: step), isBest: step == 1) }
        #expect(store.steps == [1, 2, 3])
        try await die()
        #expect(store.steps == survivors)
        #expect(store.step(of: .last) == last)
        try expectEqual(store.load(), sampleCheckpoint(step: last))
        // The checkpoint that the killed program saved was the best: it is both or neither.
        #expect(store.step(of: .best) == (last == 4 ? 4 : 1))
        for step in survivors { try expectEqual(store.load(.step(step)), sampleCheckpoint(step: step)) }
        try store.prepare()
        let expected = ["best", "last"] + survivors.map { "step-0000000\($0)" }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == expected)
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder + "/last") == "step-0000000\(last)")
        try store.save(sampleCheckpoint(step: 5))
        try expectEqual(store.load(), sampleCheckpoint(step: 5))
    }

    @Test func folderMade() async throws {
        try await check(.folderMade, survivors: [1, 2, 3], last: 3) {
            await #expect(processExitsWith: .signal(SIGKILL)) { try CheckpointKillTests.saveAndDie(at: .folderMade) }
        }
    }

    @Test func groupWritten() async throws {
        try await check(.groupWritten, survivors: [1, 2, 3], last: 3) {
            await #expect(processExitsWith: .signal(SIGKILL)) { try CheckpointKillTests.saveAndDie(at: .groupWritten) }
        }
    }

    @Test func documentsWritten() async throws {
        try await check(.documentsWritten, survivors: [1, 2, 3], last: 3) {
            await #expect(processExitsWith: .signal(SIGKILL)) {
                try CheckpointKillTests.saveAndDie(at: .documentsWritten)
            }
        }
    }

    @Test func manifestWritten() async throws {
        try await check(.manifestWritten, survivors: [1, 2, 3], last: 3) {
            await #expect(processExitsWith: .signal(SIGKILL)) {
                try CheckpointKillTests.saveAndDie(at: .manifestWritten)
            }
        }
    }

    @Test func renamed() async throws {
        try await check(.renamed, survivors: [1, 2, 3, 4], last: 4) {
            await #expect(processExitsWith: .signal(SIGKILL)) { try CheckpointKillTests.saveAndDie(at: .renamed) }
        }
    }

    @Test func lastMoved() async throws {
        try await check(.lastMoved, survivors: [1, 2, 3, 4], last: 4) {
            await #expect(processExitsWith: .signal(SIGKILL)) { try CheckpointKillTests.saveAndDie(at: .lastMoved) }
        }
    }

    @Test func bestMoved() async throws {
        try await check(.bestMoved, survivors: [1, 2, 3, 4], last: 4) {
            await #expect(processExitsWith: .signal(SIGKILL)) { try CheckpointKillTests.saveAndDie(at: .bestMoved) }
        }
    }

    @Test func pruned() async throws {
        try await check(.pruned, survivors: [3, 4], last: 4) {
            await #expect(processExitsWith: .signal(SIGKILL)) { try CheckpointKillTests.saveAndDie(at: .pruned) }
        }
    }
}
