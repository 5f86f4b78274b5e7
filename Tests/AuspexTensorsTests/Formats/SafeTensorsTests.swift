import AuspexSupport
import AuspexTensors
import Foundation
import TestSupport
import Testing

@Suite struct SafeTensorsTests {
    @Test(arguments: [FileAccess.read, .mapped]) func everyElementType(access: FileAccess) throws {
        let file = try SafeTensors(readingFrom: goldenFile("types.safetensors"), access: access)
        #expect(file.metadata == ["note": "quoted \"so\" — twice"])
        #expect(Set(file.tensors.keys) == ["float", "half", "bytes", "whole", "scalar", "empty"])
        #expect(file.tensors["float"]?.shape == [2, 3])
        #expect(file.tensors["float"]?.scalars == [1, -2, 3, 4, 5, 6])
        #expect(file.tensors["bytes"]?.scalars(as: UInt8.self) == [1, 2, 3, 4, 5, 6])
        #expect(file.tensors["whole"]?.scalars(as: Int32.self) == [1, -2, 3, 4, 5, 6])
        #expect(file.tensors["scalar"]?.shape == [])
        #expect(file.tensors["scalar"]?.scalar == 7)
        #expect(file.tensors["empty"]?.shape == [0, 3])
        let half = try #require(file.tensors["half"])
        #expect(half.elementType == .bfloat16)
        let bits: [UInt16] = half.withBytes { Array($0.bindMemory(to: UInt16.self)) }
        #expect(bits.map { Float(bitPattern: UInt32($0) << 16) } == [1, -2, 3, 4, 5, 6])
    }

    /// Rewritten, the reference's file has the reference's tensors bit for bit, and writing is reproducible.
    @Test func whatIsWrittenIsRead() throws {
        let folder = try TemporaryFolder()
        var file = try SafeTensors(readingFrom: goldenFile("types.safetensors"))
        file.tensors["noise"] = RandomStream(seed: 3, name: "files").normal([5, 7])
        try file.write(to: folder.file("a.safetensors"))
        try file.write(to: folder.file("b.safetensors"))
        #expect(try folder.names == ["a.safetensors", "b.safetensors"])
        let first = try Data(contentsOf: URL(fileURLWithPath: folder.file("a.safetensors")))
        #expect(try first == Data(contentsOf: URL(fileURLWithPath: folder.file("b.safetensors"))))
        let again = try SafeTensors(readingFrom: folder.file("a.safetensors"))
        #expect(again.metadata == file.metadata)
        #expect(again.tensors.keys.sorted() == file.tensors.keys.sorted())
        for (name, tensor) in file.tensors {
            let read = try #require(again.tensors[name])
            #expect(read.shape == tensor.shape && read.elementType == tensor.elementType)
            #expect(read.withBytes { Array($0) } == tensor.withBytes { Array($0) }, "\(name)")
        }
    }

    @Test func otherElementTypesAreRefusedByName() throws {
        let error = try fileError { _ = try SafeTensors(readingFrom: goldenFile("double.safetensors")) }
        #expect(error.kind == .unsupported)
        #expect(error.found == "tensor 'double' of element type F64")
    }

    @Test func nearestNameIsOffered() throws {
        let reader = try SafeTensorsReader(path: goldenFile("types.safetensors"))
        let error = try fileError { _ = try reader.tensor(named: "flaot") }
        #expect(error.advice == "did you mean 'float'?")
    }

    @Test func cutAnywhere() throws {
        let folder = try TemporaryFolder()
        let whole = try Data(contentsOf: URL(fileURLWithPath: goldenFile("types.safetensors")))
        for length in 0..<whole.count {
            let path = try folder.write(whole.prefix(length), as: "cut.safetensors")
            let error = try fileError { _ = try SafeTensorsReader(path: path) }
            #expect(error.kind == .truncated, "\(length) bytes: \(error)")
            #expect(error.description.contains("cut.safetensors"))
        }
        let longer = try folder.write(whole + [0], as: "longer.safetensors")
        #expect(try fileError { _ = try SafeTensorsReader(path: longer) }.kind == .garbled)
    }

    /// A changed byte gives an error or another tensor, never a stopped program.
    @Test func garbledAnywhere() throws {
        let folder = try TemporaryFolder()
        let whole = try Data(contentsOf: URL(fileURLWithPath: goldenFile("types.safetensors")))
        for place in whole.indices {
            for byte in [UInt8(0), 0x2D, 0x39, 0x7D, 0xFF] {
                var bytes = whole
                bytes[place] = byte
                let path = try folder.write(bytes, as: "garbled.safetensors")
                do { _ = try SafeTensors(readingFrom: path) } catch is FileError {}
            }
        }
    }

    private func file(_ header: String, data: Int) -> [UInt8] {
        withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) } + Array(header.utf8)
            + [UInt8](repeating: 1, count: data)
    }

    @Test(arguments: [
        (
            #"{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}}"#,
            6
        ),
        (#"{"a":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}}"#, 6),
        (#"{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,6]}}"#, 6),
        (#"{"a":{"dtype":"U8","shape":[4],"data_offsets":[4,0]}}"#, 6),
        (#"{"a":{"dtype":"U8","shape":[-4],"data_offsets":[0,4]}}"#, 4),
        (#"{"a":{"dtype":"U8","shape":[4611686018427387904,8],"data_offsets":[0,0]}}"#, 0),
        (#"{"a":{"dtype":"U8","shape":[4]}}"#, 4),
        (#"{"a":{"dtype":"U8","shape":[4],"data_offsets":[0]}}"#, 4),
        (#"{"__metadata__":{"a":3}}"#, 0),
        (#"[1, 2]"#, 0),
        (#"{"a":"#, 0),
    ]) func headersThatContradict(header: String, data: Int) throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(file(header, data: data), as: "bad.safetensors")
        #expect(try fileError { _ = try SafeTensorsReader(path: path) }.kind == .garbled)
    }

    @Test func textIsNoSafeTensors() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(Array("This is a text, and no file of tensors.".utf8), as: "text.safetensors")
        let error = try fileError { _ = try SafeTensorsReader(path: path) }
        #expect(error.kind == .garbled)
        #expect(error.found.contains("a header of"))
        #expect(try fileError { _ = try SafeTensorsReader(path: folder.path) }.found == "a folder")
    }

    @Test func anOlderFileStaysWhereWritingFails() throws {
        struct Interrupted: Error {}
        let folder = try TemporaryFolder()
        let path = try folder.write([1, 2, 3], as: "file")
        #expect(throws: Interrupted.self) {
            try AtomicFile.write(to: path) { sink in
                try sink.write([4, 5])
                throw Interrupted()
            }
        }
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data([1, 2, 3]))
        #expect(try folder.names == ["file"])
    }

    /// Check values of RFC 3720, B.4, and the usual one of "123456789".
    @Test func checksum() {
        #expect(CRC32C(Array("123456789".utf8)).value == 0xE306_9283)
        #expect(CRC32C([UInt8](repeating: 0, count: 32)).value == 0x8A91_36AA)
        #expect(CRC32C([UInt8](repeating: 0xFF, count: 32)).value == 0x62A8_AB43)
        #expect(CRC32C(Array(0..<32)).value == 0x46DD_794E)
        var parts = CRC32C(Array("12345".utf8))
        Array("6789".utf8).withUnsafeBytes { parts.update($0) }
        #expect(parts.value == 0xE306_9283)
    }
}
