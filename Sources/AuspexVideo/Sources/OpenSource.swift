import AuspexTensors
import Foundation

/// Opens a source by the text a person gives.
///
/// - Parameter text: a video file; a folder of videos or of folders of numbered images, searched recursively; a list (`.txt`, `.csv`,
///   `.tsv`) of files with optional class, start and end; a `.npy` array; or `synthetic:NAME`.
/// - Throws: `VideoError` that says what was found there and what was expected. Files are looked into only when clips are drawn.
public func openSource(_ text: String, options: SourceOptions = SourceOptions()) throws -> any ClipSource {
    if text.hasPrefix(SyntheticSources.prefix) { return try SyntheticSources.source(named: text) }
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: text, isDirectory: &isFolder) else {
        throw VideoError(
            .noSuchFile, text,
            "no such file or folder; a source is a video, a folder, a list (.txt, .csv), an array (.npy) or "
                + SyntheticSources.names.map { SyntheticSources.prefix + $0 }.joined(separator: ", "))
    }
    let pool = ReaderPool(threads: options.decodingThreads, cache: options.indexCache, logger: options.logger)
    if isFolder.boolValue {
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
        let item = VideoItem(path: text, className: nil, pool: pool)
        // A single file is looked into at once: whoever names a text file should not have to wait for the first clip.
        _ = try Demuxer(path: text)
        return try ItemSource(
            description: text, items: [item], wantsClasses: options.classes, logger: options.logger)
    }
}
