import AuspexSupport
import AuspexTensors
import Foundation
import TestSupport
import Testing

@Suite struct NumPyTests {
    @Test(
        arguments: ["i1", "little-i2", "big-i2", "little-i4", "big-i4", "little-i8", "big-i8"],
        [FileAccess.read, .mapped])
    func signedNumbers(name: String, access: FileAccess) throws {
        let array = try NumPyArray(path: goldenFile(name + ".npy"), access: access)
        #expect(array.shape == [2, 3])
        let tensor = try array.tensor()
        #expect(tensor.shape == [2, 3])
        #expect(tensor.scalars(as: Int32.self) == [1, -2, 3, 4, 5, 6])
    }

    @Test(
        arguments: [
            "little-f2", "big-f2", "little-f4", "big-f4", "little-f8", "big-f8", "version2", "version3",
        ])
    func floatingPoint(name: String) throws {
        let array = try NumPyArray(path: goldenFile(name + ".npy"))
        #expect(try array.tensor().scalars == [1, -2, 3, 4, 5, 6])
        #expect(try array.rows(1..<2).scalars == [4, 5, 6])
        #expect(try array.row(1).shape == [3])
    }

    @Test(arguments: ["little-u2", "big-u4", "little-u8"]) func unsignedNumbers(name: String) throws {
        let tensor = try NumPyArray(path: goldenFile(name + ".npy")).tensor()
        #expect(tensor.scalars(as: Int32.self) == [1, 2, 3, 4, 5, 6])
    }

    @Test func bytesAndFlags() throws {
        #expect(try NumPyArray(path: goldenFile("u1.npy")).tensor().scalars(as: UInt8.self) == [1, 2, 3, 4, 5, 6])
        #expect(try NumPyArray(path: goldenFile("bool.npy")).tensor().scalars(as: UInt8.self) == [0, 1, 0, 1, 0, 1])
    }

    @Test func otherRanks() throws {
        let scalar = try NumPyArray(path: goldenFile("scalar.npy"))
        #expect(scalar.shape == [])
        #expect(try scalar.tensor().scalar == 7)
        #expect(try NumPyArray(path: goldenFile("vector.npy")).tensor().scalars == [0, 1, 2, 3, 4])
    }

    @Test func halfPrecisionLimits() throws {
        let numbers = try NumPyArray(path: goldenFile("half-special.npy")).tensor().scalars
        #expect(numbers == [.infinity, -.infinity, 0x1p-24, -0.0, 65504, 0.0999755859375])
        #expect(numbers[3].sign == .minus)
    }

    @Test(arguments: [
        ("fortran.npy", "Fortran order"), ("objects.npy", "pickled Python objects"), ("records.npy", "records"),
        ("complex.npy", "'<c8'"), ("archive.npz", "zip archive"), ("pickle.npy", "another kind of file"),
    ]) func refused(name: String, reason: String) throws {
        let error = try fileError { _ = try NumPyArray(path: goldenFile(name)) }
        #expect(error.kind == .unsupported)
        #expect(error.found.contains(reason))
        #expect(error.description.contains(name))
    }

    @Test func missingFile() throws {
        let error = try fileError { _ = try NumPyArray(path: "/no/such/array.npy") }
        #expect(error.description == "/no/such/array.npy: found no such file, expected a readable file; check the path")
    }

    @Test func cutAnywhere() throws {
        let folder = try TemporaryFolder()
        let whole = try Data(contentsOf: URL(fileURLWithPath: goldenFile("little-f4.npy")))
        for length in 0..<whole.count {
            let path = try folder.write(whole.prefix(length), as: "cut.npy")
            let error = try fileError { _ = try NumPyArray(path: path) }
            #expect(error.kind == .truncated, "\(length) bytes: \(error)")
        }
        let longer = try folder.write(whole + [0], as: "longer.npy")
        #expect(try fileError { _ = try NumPyArray(path: longer) }.found == "25 bytes of data")
    }

    /// A changed byte gives an error or another array, never a stopped program.
    @Test func garbledHeader() throws {
        let folder = try TemporaryFolder()
        let whole = try Data(contentsOf: URL(fileURLWithPath: goldenFile("little-f8.npy")))
        for place in 0..<128 {
            for byte in [UInt8(0), 0x27, 0x28, 0x39, 0xFF] {
                var bytes = whole
                bytes[place] = byte
                let path = try folder.write(bytes, as: "garbled.npy")
                do { _ = try NumPyArray(path: path).tensor() } catch is FileError {}
            }
        }
    }

    @Test func absurdShapes() throws {
        let folder = try TemporaryFolder()
        for shape in ["(4611686018427387904, 8)", "(0, 4611686018427387904, 8)", "(-1, 2)", "(99999999999999999999,)"] {
            let header = "{'descr': '<f4', 'fortran_order': False, 'shape': \(shape), }\n"
            let bytes = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0] + Array(header.utf8)
            let path = try folder.write(bytes, as: "absurd.npy")
            #expect(try fileError { _ = try NumPyArray(path: path) }.kind == .garbled)
        }
    }

    @Test func whatIsWrittenIsRead() throws {
        let folder = try TemporaryFolder()
        let noise = RandomStream(seed: 5, name: "files").normal([7, 3, 5])
        try noise.writeNumPy(to: folder.file("noise.npy"))
        #expect(try NumPyArray(path: folder.file("noise.npy")).tensor().scalars == noise.scalars)
        let scalar = Tensor(3.5)
        try scalar.writeNumPy(to: folder.file("scalar.npy"))
        #expect(try NumPyArray(path: folder.file("scalar.npy")).tensor().scalar == 3.5)
        #expect(try folder.names == ["noise.npy", "scalar.npy"])
    }

    /// Our bytes are the ones that NumPy writes.
    @Test func sameBytesAsNumPy() throws {
        let folder = try TemporaryFolder()
        try Tensor([1, -2, 3, 4, 5, 6] as [Float], shape: [2, 3]).writeNumPy(to: folder.file("ours.npy"))
        let ours = try Data(contentsOf: URL(fileURLWithPath: folder.file("ours.npy")))
        #expect(try ours == Data(contentsOf: URL(fileURLWithPath: goldenFile("little-f4.npy"))))
    }

    @Test func rowByRow() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("rows.npy")
        let writer = try NumPyWriter(path: path, rowShape: [2, 2], elementType: .uint8)
        for row in 0..<70_000 {
            try writer.append(Tensor([UInt8](repeating: UInt8(row % 251), count: 4), shape: [2, 2]))
        }
        #expect(!FileManager.default.fileExists(atPath: path))
        try writer.append(Tensor([UInt8](repeating: 9, count: 8), shape: [2, 2, 2]))
        try writer.finish()
        let array = try NumPyArray(path: path, access: .mapped)
        #expect(array.shape == [70_002, 2, 2])
        #expect(try array.row(69_999).scalars(as: UInt8.self) == [UInt8](repeating: UInt8(69_999 % 251), count: 4))
        #expect(try array.rows(70_000..<70_002).scalars(as: UInt8.self) == [UInt8](repeating: 9, count: 8))
    }

    @Test func largeFloat64IsConvertedByParts() throws {
        let folder = try TemporaryFolder()
        let count = 200_001
        let header = "{'descr': '>f8', 'fortran_order': False, 'shape': (\(count),), }\n"
        var bytes = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0] + Array(header.utf8)
        for index in 0..<count { withUnsafeBytes(of: (Double(index) / 4).bitPattern.bigEndian) { bytes += $0 } }
        let array = try NumPyArray(path: folder.write(bytes, as: "large.npy"))
        #expect(try array.tensor().scalars == (0..<count).map { Float($0) / 4 })
    }

    @Test func unfinishedWritingLeavesNothing() throws {
        let folder = try TemporaryFolder()
        do {
            let writer = try NumPyWriter(path: folder.file("rows.npy"), rowShape: [2], elementType: .float32)
            try writer.append(Tensor([1, 2] as [Float], shape: [2]))
        }
        #expect(try folder.names == [])
    }

    @Test func placesThatCannotBeWritten() throws {
        let error = try fileError { try Tensor(1).writeNumPy(to: "/no/such/folder/a.npy") }
        #expect(error.kind == .unwritable)
        #expect(error.description.hasPrefix("/no/such/folder/a.npy: found \"No such file or directory\""))
    }
}
