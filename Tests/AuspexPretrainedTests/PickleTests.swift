import AuspexMetrics
import AuspexPretrained
import AuspexSupport
import AuspexTensors
import TestSupport
import Testing

private func read(_ bytes: [UInt8]) throws -> [String: Tensor] {
    try bytes.withUnsafeBytes { try PickleReader.arrays(in: $0, path: "weights.ckpt") }
}

/// Pickles by hand: their bytes are exactly what the machine sees.
private func pickle(_ parts: [UInt8]...) -> [UInt8] { [0x80, 3] + parts.flatMap { $0 } + [0x2E] }
private func ascii(_ text: String) -> [UInt8] { Array(text.utf8) }
private func unicode(_ text: String) -> [UInt8] {
    [0x58] + withUnsafeBytes(of: UInt32(text.utf8.count).littleEndian, Array.init) + ascii(text)
}

@Suite struct PickleTests {
    @Test(arguments: [PackageFixtures.protocol3, PackageFixtures.protocol4])
    func arraysAsNumPyWritesThem(bytes: [UInt8]) throws {
        let arrays = try read(bytes)
        #expect(arrays.keys.sorted() == ["layer/bias", "layer/kernel", "stats/mean/x"])
        let expected = [
            "layer/kernel": Tensor([0, 0.25, 0.5, 0.75, 1, 1.25] as [Float], shape: [1, 2, 3]),
            "layer/bias": Tensor([-1.5] as [Float], shape: [1]),
            "stats/mean/x": Tensor([0, 1, 2, 3] as [Float], shape: [1, 1, 4]),
        ]
        for (name, tensor) in expected {
            #expect(mismatch(try #require(arrays[name]), tensor, absolute: 0, relative: 0) == nil)
        }
    }

    @Test(arguments: [PackageFixtures.protocol3, PackageFixtures.protocol4])
    func cutAnywhere(bytes: [UInt8]) {
        for count in bytes.indices {
            #expect(throws: FileError.self, "\(count) bytes") { try read(Array(bytes.prefix(count))) }
        }
    }

    /// Any wrong byte gives an error or arrays, and nothing else happens.
    @Test(arguments: [PackageFixtures.protocol3, PackageFixtures.protocol4])
    func anyByteMayBeWrong(bytes: [UInt8]) {
        for place in bytes.indices {
            for mask: UInt8 in [0x01, 0x08, 0x41, 0x80, 0xFF] {
                var damaged = bytes
                damaged[place] ^= mask
                do { _ = try read(damaged) } catch { #expect(error is FileError) }
            }
        }
    }

    @Test func anotherGlobal() throws {
        // What `os.system("…")` looks like in a pickle.
        let attack = pickle(ascii("cposix\nsystem\n"), unicode("true"), [0x85, 0x52])
        let error = try #require(throws: FileError.self) { try read(attack) }
        #expect(error.kind == .unsupported && error.found == "a pickle with the global posix.system")
        #expect(error.description.contains("pickles can run programs"))

        var renamed = PackageFixtures.protocol4
        let place = try #require(renamed.firstRange(of: ascii("_reconstruct"))?.lowerBound)
        renamed.replaceSubrange(place..<place + 12, with: ascii("_fromstring_"))
        let other = try #require(throws: FileError.self) { try read(renamed) }
        #expect(other.found.contains("numpy.core.multiarray._fromstring_"))
    }

    @Test(
        arguments: [
            ([0x81], "NEWOBJ"), ([0x69], "INST"), ([0x6F], "OBJ"), ([0x92], "NEWOBJ_EX"), ([0x82], "EXT1"),
            ([0x50], "PERSID"),
            ([0x5D], "EMPTY_LIST"), ([0x47], "BINFLOAT"), ([0x97], "NEXT_BUFFER"), ([0xFE], "0xfe"),
        ] as [([UInt8], String)])
    func otherOpcodes(bytes: [UInt8], name: String) throws {
        let error = try #require(throws: FileError.self) { try read(pickle(bytes)) }
        #expect(error.found == "a pickle with the opcode \(name) at byte 2")
    }

    @Test func knownGlobalsInWrongPlaces() {
        let type = ascii("cnumpy\ndtype\n")
        let array = ascii("cnumpy\nndarray\n")
        let make = ascii("cnumpy.core.multiarray\n_reconstruct\n")
        for attack in [
            // dtype of objects; of other numbers; an array class called; an array made of something else; a call without arguments.
            pickle(type, unicode("O"), [0x89, 0x88, 0x87, 0x52]),
            pickle(type, unicode("f8"), [0x89, 0x88, 0x87, 0x52]),
            pickle(array, unicode("a"), [0x89, 0x88, 0x87, 0x52]),
            pickle(make, type, [0x4B, 0, 0x85, 0x43, 0, 0x87, 0x52]),
            pickle(make, [0x28, 0x74, 0x52]), pickle(make), pickle([0x7D], unicode("a"), type, [0x73]),
            pickle([0x7D, 0x4B, 1, 0x7D, 0x73]), pickle([0x80, 2, 0x7D]), pickle([0x7D, 0x7D]), pickle([0x28, 0x7D]),
            pickle([0x68, 0]), pickle([0x73]), pickle([0x75]), pickle([0x62]), pickle([0x85]), pickle([0x93]),
            pickle([0x94]),
        ] {
            #expect(throws: FileError.self, "\(attack)") { try read(attack) }
        }
    }

    @Test func aDictionaryInItself() throws {
        let attack = pickle([0x7D, 0x71, 0], unicode("a"), [0x68, 0, 0x73])
        let error = try #require(throws: FileError.self) { try read(attack) }
        #expect(error.found == "a pickle with a dictionary used twice")
    }

    @Test func lengthsThatLie() throws {
        for attack in [
            [0x80, 3, 0x42, 0xFF, 0xFF, 0xFF, 0xFF], [0x80, 3, 0x58, 0xFF, 0xFF, 0xFF, 0x7F],
            [0x80, 4, 0x95] + [UInt8](repeating: 0xFF, count: 8),
        ] as [[UInt8]] {
            let error = try #require(throws: FileError.self) { try read(attack) }
            #expect(error.kind == .truncated)
        }
        // A shape of more numbers than there are: BININT1 4 of [1, 1, 4].
        var bytes = PackageFixtures.protocol3
        let place = try #require(bytes.firstRange(of: [0x4B, 1, 0x4B, 1, 0x4B, 4])?.lowerBound)
        bytes[place + 5] = 255
        let error = try #require(throws: FileError.self) { try read(bytes) }
        #expect(error.found == "a pickle with 16 bytes for an array of shape [1, 1, 255]")
    }
}
