import AuspexSupport
import AuspexTensors
import Foundation

extension VideoItem {
    var files: [String] { [path] }
    var part: String { window.map { "\($0.lowerBound) s to \($0.upperBound) s" } ?? "" }
}

extension ImageSequenceItem {
    var files: [String] { images }
    var part: String { "" }
}

extension ArrayItem {
    var files: [String] { [array.path] }
    // The name includes the element's number.
    var part: String { "" }
}

extension ClipItem {
    /// What distinguishes the item from all others of its source.
    var key: String { part.isEmpty ? name : "\(name) \(part)" }

    /// Total bytes of its files; those that cannot be read count as 0.
    var sizeBytes: Int {
        files.reduce(0) { sum, file in
            var status = stat()
            return stat(file, &status) == 0 ? sum + Int(status.st_size) : sum
        }
    }

    /// SHA-256 of samples of the item's bytes and of which part of them it is; nil if they cannot be read.
    ///
    /// Copies of an item have the same digest under any name. Files of terabytes need not be read completely.
    var digest: String? {
        // An item that is gone has no bytes, and is not a copy of anything.
        guard !files.isEmpty else { return nil }
        var hash = SHA256()
        func update(_ text: String) { Array(text.utf8).withUnsafeBytes { hash.update($0) } }
        update((self as? ArrayItem).map { "element \($0.number) " } ?? "")
        update(part)
        // For a folder of images the first, the last and some in between represent all.
        for file in Self.spread(files, atMost: 8) {
            guard let opened = try? RandomAccessFile(path: file) else { return nil }
            update("\(opened.sizeBytes) ")
            for place in Self.samples(of: opened.sizeBytes) {
                guard let bytes = try? opened.bytes(at: place.lowerBound, count: place.count) else { return nil }
                bytes.withUnsafeBytes { hash.update($0) }
            }
        }
        return hash.hexadecimal
    }

    /// All of a small file; of a larger one 64 KiB at either end and 4 KiB at sixteen places in between.
    private static func samples(of sizeBytes: Int) -> [Range<Int>] {
        let (end, piece, count) = (65_536, 4_096, 16)
        guard sizeBytes > 2 * end + count * piece else { return sizeBytes > 0 ? [0..<sizeBytes] : [] }
        let room = sizeBytes - 2 * end - piece
        let between = (0..<count).map { number in
            let first = end + number * room / (count - 1)
            return first..<first + piece
        }
        return [0..<end] + between + [sizeBytes - end..<sizeBytes]
    }

    private static func spread(_ files: [String], atMost limit: Int) -> [String] {
        guard files.count > limit else { return files }
        return (0..<limit).map { files[$0 * (files.count - 1) / (limit - 1)] }
    }

    /// The item as a run records it.
    func noted(share: [Double]? = nil, withDigest: Bool) -> SourceSplit.Item {
        SourceSplit.Item(
            name: name, part: part, sizeBytes: sizeBytes, digest: withDigest ? digest : nil, share: share)
    }
}

/// An item that a run began with and that is gone: its draws fail as those of a broken file do, so that all others stay the same.
struct MissingItem: ClipItem {
    let name: String
    let part: String
    var className: String? { nil }
    var files: [String] { [] }

    private var error: VideoError {
        VideoError(.noSuchFile, name, "is gone since the run began: bring it back, or go on without its clips")
    }

    func timeline() throws -> Timeline { throw error }
    func format(for request: ClipRequest) throws -> FrameFormat { throw error }
    func frames(at numbers: [Int], request: ClipRequest, crop: CropPlace, continuing: Bool) throws -> Tensor {
        throw error
    }
    func limited(to share: Range<Double>) -> any ClipItem { self }
    func pictureSize() throws -> FrameSize { throw error }
    func information() throws -> VideoInfo? { throw error }
}
