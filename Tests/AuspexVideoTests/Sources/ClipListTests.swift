import AuspexSupport
import AuspexVideo
import Foundation
import TestSupport
import Testing

@Suite struct ClipListTests {
    private func list(_ text: String, _ name: String = "list.csv", files: [String] = []) throws -> (
        folder: TemporaryFolder, list: Result<ClipList, VideoError>
    ) {
        let folder = try TemporaryFolder()
        for file in files { try Data().write(to: URL(fileURLWithPath: folder.file(file))) }
        try Data(text.utf8).write(to: URL(fileURLWithPath: folder.file(name)))
        do throws(VideoError) {
            return (folder, .success(try read(folder.file(name))))
        } catch {
            return (folder, .failure(error))
        }
    }

    private func read(_ path: String) throws(VideoError) -> ClipList {
        do { return try ClipList(path: path) } catch let error as VideoError { throw error } catch {
            throw VideoError(.badList, path, "another error: \(error)")
        }
    }

    private func problem(_ text: String) throws -> String? {
        guard case .failure(let error) = try list(text).list else { return nil }
        #expect(error.kind == .badList && !error.message.contains("\n"))
        return error.message
    }

    @Test func withoutAHeadingTheOrderIsPathClassStartEnd() throws {
        let (folder, result) = try list("a.mp4\nb.mp4,walk\n/abs/c.mp4, run , 1.5 ,3\nd.mp4,,2\ne.mp4,,,4.5\n")
        let entries = try result.get().entries
        #expect(
            entries == [
                .init(path: folder.file("a.mp4"), className: nil, window: nil, line: 1),
                .init(path: folder.file("b.mp4"), className: "walk", window: nil, line: 2),
                .init(path: "/abs/c.mp4", className: "run", window: 1.5..<3, line: 3),
                .init(path: folder.file("d.mp4"), className: nil, window: 2..<Double.infinity, line: 4),
                .init(path: folder.file("e.mp4"), className: nil, window: 0..<4.5, line: 5),
            ])
    }

    @Test(arguments: ["path", "file", "video", "Path"]) func aHeadingMayPutColumnsInAnyOrder(_ name: String) throws {
        let (folder, result) = try list("end,\(name),start\n2,a.mp4,1\n,b.mp4,\n")
        #expect(
            try result.get().entries == [
                .init(path: folder.file("a.mp4"), className: nil, window: 1..<2, line: 2),
                .init(path: folder.file("b.mp4"), className: nil, window: nil, line: 3),
            ])
    }

    @Test func aHeadingOfOneColumnIsNoFile() throws {
        let (folder, result) = try list("path\na.mp4\n")
        #expect(try result.get().entries.map(\.path) == [folder.file("a.mp4")])
    }

    @Test func commentsEmptyLinesMarksAndLineEndsDoNoHarm() throws {
        let (folder, result) = try list("\u{FEFF}# videos\r\n\r\n  a.mp4  \r\n#b.mp4\r\nc.mp4")
        let entries = try result.get().entries
        #expect(entries.map(\.path) == [folder.file("a.mp4"), folder.file("c.mp4")])
        #expect(entries.map(\.line) == [3, 5])
    }

    @Test func namesWithCommasQuotesAndTabs() throws {
        let (folder, result) = try list(
            "\"b, c.mp4\",walk\n\"say \"\"hi\"\".mp4\"\nd, e.mp4\nf.mp4\trun\t1\t2\n", files: ["d, e.mp4"])
        #expect(
            try result.get().entries == [
                .init(path: folder.file("b, c.mp4"), className: "walk", window: nil, line: 1),
                .init(path: folder.file("say \"hi\".mp4"), className: nil, window: nil, line: 2),
                // A file of that name exists, so the line is not split.
                .init(path: folder.file("d, e.mp4"), className: nil, window: nil, line: 3),
                .init(path: folder.file("f.mp4"), className: "run", window: 1..<2, line: 4),
            ])
    }

    @Test(arguments: [
        ("a.mp4,x,zero\n", "line 1: start is 'zero'"), ("a.mp4,x,-1\n", "line 1: start is '-1'"),
        ("a.mp4\nb.mp4,x,1,nan\n", "line 2: end is 'nan'"), ("a.mp4,x,2,2\n", "line 1: ends at 2.0 s"),
        ("path,colour\na.mp4,red\n", "line 1: unknown column 'colour'"), ("path,start,start\n", "line 1: a column"),
        ("class,start\n", "line 1: no column is called path"), ("a.mp4,x,1,2,3\n", "line 1: 5 fields"),
        ("\"a.mp4\n", "line 1: a double quote"), (",x\n", "line 1: no path"), ("# nothing\n\n", "no video in it"),
    ]) func whatCannotBeReadIsNamedWithItsLine(_ text: String, _ expected: String) throws {
        let message = try #require(try problem(text), "\(text)")
        #expect(message.hasPrefix(expected), "\(message)")
    }

    @Test func whatIsNoTextIsRefused() throws {
        let folder = try TemporaryFolder()
        try Data([0xFF, 0xFE, 0x00, 0xD8]).write(to: URL(fileURLWithPath: folder.file("list.txt")))
        let error = #expect(throws: VideoError.self) { try ClipList(path: folder.file("list.txt")) }
        #expect(error?.kind == .notReadable)
    }
}
