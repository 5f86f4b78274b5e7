import Foundation

/// The output format, as chosen by the ending of an output's name.
public enum OutputForm: String, CaseIterable, Sendable {
    /// For viewing.
    case mp4, gif
    /// A film strip for viewing: rows of frames with labels and time stamps.
    case png
    /// Lossless video (FFV1), for scoring.
    case mkv
    /// A uint8 array, for scoring.
    case npy
    /// A folder of PNG frames, `00000.png` and on, for scoring.
    case folder

    /// Whether the pixels are kept exactly, without enlargement, borders or labels.
    public var isExact: Bool { self == .mkv || self == .npy || self == .folder }

    /// The format for a path's ending; no ending, a final slash, or an existing folder mean a folder of frames.
    ///
    /// - Throws: `VideoError` for an unknown ending.
    public init(path: String) throws {
        var isFolder: ObjCBool = false
        let ending = (path as NSString).pathExtension
        if path.hasSuffix("/") || ending.isEmpty
            || FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
        {
            self = .folder
        } else if let form = OutputForm(rawValue: ending.lowercased()), form != .folder {
            self = form
        } else {
            throw VideoError(
                .cannotWrite, path,
                "the ending '.\(ending)' is not a known format: use .mp4, .gif, .png (film strip), .mkv (lossless), .npy, "
                    + "or a folder ('\(path)/')")
        }
    }
}
