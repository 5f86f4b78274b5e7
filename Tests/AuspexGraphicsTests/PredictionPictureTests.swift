import AuspexGraphics
import AuspexSupport
import AuspexTensors
import AuspexVideo
import Foundation
import TestSupport
import Testing

@Suite("Pictures of predictions") struct PredictionPictureTests {
    /// A clip whose every frame is one colour that no other frame has.
    private func flat(_ frames: Int, first: UInt8, side: Int = 16) -> Tensor {
        let bytes = (0..<frames).flatMap { frame in
            (0..<side * side).flatMap { _ in [first, UInt8(10 + frame), 77] as [UInt8] }
        }
        return Tensor(bytes, shape: [frames, side, side, 3])
    }

    private func count(_ colour: [UInt8], in picture: Tensor) -> Int {
        let bytes = picture.scalars(as: UInt8.self)
        return stride(from: 0, to: bytes.count, by: 3).count { Array(bytes[$0..<$0 + 3]) == colour }
    }

    private var picture: PredictionPicture {
        PredictionPicture(
            context: flat(4, first: 1),
            predictions: [
                .init(name: "model", frames: flat(6, first: 2)), .init(name: "copy-last", frames: flat(6, first: 3)),
            ],
            truth: flat(6, first: 4), frameIntervalSeconds: 0.1)
    }

    @Test("A strip shows every frame once, enlarged by whole pixels") func strip() {
        let strip = picture.filmStrip()
        for (first, frames) in [(1, 4), (2, 6), (3, 6), (4, 6)] {
            // 16 pixels reach 72 by five: 80×80.
            for frame in 0..<frames { #expect(count([UInt8(first), UInt8(10 + frame), 77], in: strip) == 6400) }
        }
    }

    @Test("A strip of large frames shows them reduced by a whole number, with arrows as much shorter") func largeStrip()
    {
        func plain(_ count: Int, _ value: UInt8) -> Tensor {
            Tensor([UInt8](repeating: value, count: count * 300 * 520 * 3), shape: [count, 300, 520, 3])
        }
        let large = PredictionPicture(
            context: plain(1, 40), predictions: [.init(name: "model", frames: plain(2, 90))], truth: plain(2, 140),
            frameIntervalSeconds: 0.1)
        let strip = large.filmStrip()
        // 520 pixels are reduced to a third: 173 of them, and 100 rows.
        for (value, frames) in [(UInt8(40), 1), (90, 2), (140, 2)] {
            #expect(count([value, value, value], in: strip) == frames * 100 * 173)
        }
        let arrows = Tensor([Float](repeating: 30, count: 2 * 300 * 520 * 2), shape: [2, 300, 520, 2])
        let moved = PredictionPicture(
            context: plain(1, 40), predictions: [.init(name: "model", frames: plain(2, 90), arrows: arrows)],
            frameIntervalSeconds: 0.1)
        #expect(count([90, 90, 90], in: moved.filmStrip()) < 2 * 100 * 173)
    }

    @Test("A strip of a long clip shows first and last frames") func longStrip() {
        let long = PredictionPicture(
            context: flat(40, first: 1), predictions: [.init(name: "model", frames: flat(100, first: 2))],
            frameIntervalSeconds: 0.04)
        let strip = long.filmStrip(columns: 10)
        for (first, frame) in [(1, 0), (1, 39), (2, 0), (2, 99)] {
            #expect(count([UInt8(first), UInt8(10 + frame), 77], in: strip) == 6400)
        }
        let shown = (0..<100).count { count([2, UInt8(10 + $0), 77], in: strip) > 0 }
        #expect(shown == 7)
    }

    @Test("A film shows context, then predictions, with the truth beside when asked") func film() {
        let frames = Array(picture.film(comparing: true))
        #expect(frames.count == 10)
        #expect(Set(frames.map(\.shape)).count == 1)
        #expect(frames.allSatisfy { $0.shape[0] % 2 == 0 && $0.shape[1] % 2 == 0 })
        let area = 256 * 256
        #expect(count([1, 13, 77], in: frames[3]) == 3 * area)
        for (first, frame) in [(2, 0), (3, 0), (4, 0)] {
            #expect(count([UInt8(first), UInt8(10 + frame), 77], in: frames[4]) == area)
        }
        let alone = Array(picture.film())
        #expect(count([4, 15, 77], in: alone[9]) == 0 && count([2, 15, 77], in: alone[9]) == area)
    }

    @Test("Exact forms hold the predicted frames and nothing else") func exactForms() throws {
        let folder = try TestSupport.TemporaryFolder()
        let one = PredictionPicture(
            context: noise([2, 9, 7, 3]), predictions: [.init(name: "model", frames: noise([3, 9, 7, 3], seed: 2))],
            frameIntervalSeconds: 0.1)
        try one.write(to: folder.file("one.npy"))
        #expect(same(try NumPyArray(path: folder.file("one.npy")).tensor(), noise([3, 9, 7, 3], seed: 2)))
        try one.write(to: folder.file("both.npy"), includingContext: true)
        #expect(try NumPyArray(path: folder.file("both.npy")).shape == [5, 9, 7, 3])
        try picture.write(to: folder.file("several.npy"))
        #expect(try NumPyArray(path: folder.file("several.npy")).shape == [2, 6, 16, 16, 3])
        #expect(throws: VideoError.self) { try picture.write(to: folder.file("several.mkv")) }
        #expect(throws: FileError.self) { try one.write(to: folder.file("one.npy")) }
        #expect(try folder.names == ["both.npy", "one.npy", "several.npy"])
    }

    @Test("Every form of every number of channels that it takes", arguments: [1, 2, 3, 4, 5])
    func channels(channels: Int) throws {
        let folder = try TestSupport.TemporaryFolder()
        let picture = PredictionPicture(
            context: noise([2, 12, 10, channels]),
            predictions: [.init(name: "model", frames: noise([3, 12, 10, channels], seed: 2))],
            truth: noise([2, 12, 10, channels], seed: 3), frameIntervalSeconds: 0.5)
        for name in ["a.mp4", "a.gif", "a.png"] { try picture.write(to: folder.file(name), comparing: true) }
        #expect(try folder.names == ["a.gif", "a.mp4", "a.png"])
    }

    @Test func contactSheet() throws {
        var sheet = ContactSheet(title: "two clips", framesPerClip: 3)
        sheet.add(flat(9, first: 1, side: 32), label: "first")
        sheet.add(flat(2, first: 2, side: 20), label: "second")
        let page = sheet.picture()
        for frame in [0, 4, 8] { #expect(count([1, UInt8(10 + frame), 77], in: page) == 96 * 96) }
        for frame in [0, 1] { #expect(count([2, UInt8(10 + frame), 77], in: page) == 100 * 100) }
        let folder = try TestSupport.TemporaryFolder()
        try sheet.write(to: folder.file("sheet.png"))
        #expect(throws: FileError.self) { try sheet.write(to: folder.file("sheet.png")) }
    }
}
