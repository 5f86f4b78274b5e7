import AuspexSupport
import AuspexTensors
import CAuspexFFmpeg
import Foundation
import Synchronization

/// Frame indices of known files, kept in the user's cache for later runs of the program.
///
/// Each index is a separate file, named by the video's path and valid for one size and date of the video, one format of the cache and one
/// version of FFmpeg. It is written under another name and renamed, and ends with a checksum, so several programs may write at once, and a file that
/// is truncated or damaged counts as absent. A cache that cannot be read or written only costs time.
package final class IndexCache: Sendable {
    /// Increased whenever `FrameIndex`, its meaning or this file's layout changes.
    private static let version: UInt32 = 1
    private static let magic = Array("AUSPEXIX".utf8)

    package let folder: String
    private let mostBytes: Int
    private let mostFiles: Int
    private let writes = Atomic<Int>(0)

    /// - Parameters:
    ///   - folder: is made when the first index is kept.
    ///   - mostBytes: of all indices together; if there are more, the older half is removed.
    package init(folder: String, mostBytes: Int = 512 << 20, mostFiles: Int = 200_000) {
        self.folder = folder
        self.mostBytes = mostBytes
        self.mostFiles = mostFiles
    }

    /// `auspex/indices` in the user's cache, `$XDG_CACHE_HOME` or `~/.cache`.
    package static let standard = IndexCache(
        folder: UserCache.folder("indices", environment: ProcessInfo.processInfo.environment))

    /// The index of a file; nil if it is not cached, or the file has changed since.
    func index(of path: String, stamp: FileStamp) -> FrameIndex? {
        guard let place = place(of: path), let bytes = FileManager.default.contents(atPath: place.file) else {
            return nil
        }
        var reader = ByteReader(bytes)
        guard reader.checkEnd(), reader.values(UInt8.self) == Self.magic + heading(place.video, stamp),
            let index = FrameIndex(from: &reader), reader.isAtEnd
        else { return nil }
        keepYoung(place.file)
        return index
    }

    /// Stores an index, unless the file is damaged or so new that it may still be written.
    func keep(_ index: FrameIndex, of path: String, stamp: FileStamp) {
        // A later write within the clock's resolution would not change the date.
        guard index.damage == nil, stamp.isKnown, stamp.ageSeconds > 2, FileStamp(of: path) == stamp,
            let place = place(of: path)
        else { return }
        var writer = ByteWriter()
        writer.put(values: Self.magic + heading(place.video, stamp))
        index.write(to: &writer)
        writer.putChecksum()
        guard (try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)) != nil
        else {
            return
        }
        let temporary = "\(folder)/\(Self.temporaryMark)\(getpid())-\(UInt64.random(in: 0...UInt64.max))"
        guard FileManager.default.createFile(atPath: temporary, contents: Data(writer.bytes)),
            rename(temporary, place.file) == 0
        else {
            unlink(temporary)
            return
        }
        if writes.add(1, ordering: .relaxed).oldValue % 256 == 0 { prune() }
    }

    private static let temporaryMark = ".partial-"

    /// The real path of a video, with links resolved, and the path of its index.
    private func place(of path: String) -> (video: String, file: String)? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        let video = String(cString: real)
        let name = Array(video.utf8).withUnsafeBytes { SHA256.hexadecimal(of: $0) }
        return (video, "\(folder)/\(name.prefix(40)).index")
    }

    /// Everything that an index is valid for.
    private func heading(_ video: String, _ stamp: FileStamp) -> [UInt8] {
        var writer = ByteWriter()
        writer.put(Self.version)
        writer.put(avformat_version())
        writer.put(avcodec_version())
        writer.put(Int64(stamp.size))
        writer.put(Int64(stamp.modifiedSeconds))
        writer.put(Int64(stamp.modifiedNanoseconds))
        writer.put(values: Array(video.utf8))
        return writer.bytes
    }

    /// Marks a used index as recent, so that `prune` keeps it; once a day is enough.
    private func keepYoung(_ file: String) {
        let stamp = FileStamp(of: file)
        if stamp.ageSeconds > 86400 { _ = utimes(file, nil) }
    }

    /// Removes the older half if there are too many, and what killed programs left.
    private func prune() {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else { return }
        var files = names.map { name in
            (path: "\(folder)/\(name)", stamp: FileStamp(of: "\(folder)/\(name)"), name: name)
        }
        for file in files where file.name.hasPrefix(Self.temporaryMark) && file.stamp.ageSeconds > 3600 {
            unlink(file.path)
        }
        files = files.filter { $0.name.hasSuffix(".index") }
        var bytes = files.reduce(0) { $0 + $1.stamp.size }
        guard bytes > mostBytes || files.count > mostFiles else { return }
        var count = files.count
        for file in files.sorted(by: { $0.stamp.ageSeconds > $1.stamp.ageSeconds }) {
            guard bytes > mostBytes / 2 || count > mostFiles / 2 else { break }
            unlink(file.path)
            bytes -= file.stamp.size
            count -= 1
        }
    }
}
