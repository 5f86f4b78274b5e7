import AuspexTensors
import Foundation

/// Opens a source from a user's text.
///
/// - Parameter text: a video file; a folder of videos or of folders of numbered images, searched recursively; a list (`.txt`, `.csv`,
///   `.tsv`) of files with optional class, start and end; a `.npy` array; or `synthetic:NAME`.
/// - Throws: `VideoError` that says what was found there and what was expected. Files are inspected only when clips are drawn.
public func openSource(_ text: String, options: SourceOptions = SourceOptions()) throws -> any ClipSource {
    if text.hasPrefix(SyntheticSources.prefix) {
        let source = try SyntheticSources.source(named: text)
        if options.framesPerSecond != nil { throw idleFrameRate(text, "its scenes have their own") }
        return source
    }
    guard let kind = try VideoError.kind(of: text) else {
        throw VideoError(
            .noSuchFile, text,
            "no such file or folder; a source is a video, a folder, a list (.txt, .csv), an array (.npy) or "
                + SyntheticSources.names.map { SyntheticSources.prefix + $0 }.joined(separator: ", "))
    }
    let source = try openItems(text, isFolder: kind == .folder, options: options)
    if options.framesPerSecond != nil, source.items.allSatisfy({ $0 is VideoItem }) {
        throw idleFrameRate(text, "its videos say when each frame is shown")
    }
    return source
}

private func idleFrameRate(_ source: String, _ reason: String) -> VideoError {
    VideoError(
        .badSource, source, "takes no frame rate, \(reason): it is for image folders and arrays", remedies: [.frameRate]
    )
}

private func openItems(_ text: String, isFolder: Bool, options: SourceOptions) throws -> ItemSource {
    let pool = ReaderPool(threads: options.decodingThreads, cache: options.indexCache, logger: options.logger)
    if isFolder {
        let found = try FolderScan(of: text)
        return try ItemSource(
            description: text, items: found.items(pool: pool, framesPerSecond: options.framesPerSecond),
            wantsClasses: options.classes, ignored: found.ignored, logger: options.logger)
    }
    switch (text as NSString).pathExtension.lowercased() {
    case "txt", "csv", "tsv", "lst", "list":
        let items = try ClipList(path: text).items(pool: pool, framesPerSecond: options.framesPerSecond)
        return try ItemSource(
            description: text, items: items, wantsClasses: options.classes, logger: options.logger)
    case "npy":
        let array = try ClipArray(
            path: text, axes: options.axes, range: options.range, framesPerSecond: options.framesPerSecond,
            needsRange: options.needsRange)
        return try ItemSource(
            description: text, items: (0..<array.clipCount).map { ArrayItem(array: array, number: $0) },
            wantsClasses: options.classes, logger: options.logger)
    case "npz":
        throw VideoError(
            .badSource, text, "is an archive of arrays, expected one array: save it with np.save as .npy")
    default:
        // A single file is inspected at once: a text file is refused before work begins, and a picture is read as one.
        let isPicture = try Demuxer(path: text).holdsOnePicture()
        let item: any ClipItem =
            isPicture
            ? ImageSequenceItem(
                path: text, images: [text], className: nil, framesPerSecond: options.framesPerSecond)
            : VideoItem(path: text, className: nil, pool: pool)
        return try ItemSource(
            description: text, items: [item], wantsClasses: options.classes, logger: options.logger)
    }
}

extension Demuxer {
    /// Whether the file is a still picture, which FFmpeg reads by one of its picture demuxers; several concatenated pictures are a video.
    fileprivate func holdsOnePicture() throws -> Bool {
        guard containerName == "image2" || containerName.hasSuffix("_pipe") else { return false }
        let packet = try PacketBox(path: path)
        guard (try? read(into: packet.pointer)) == true else { return true }
        return (try? read(into: packet.pointer)) != true
    }
}
