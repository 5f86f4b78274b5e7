import Foundation

/// What is written, as chosen by the ending of an output's name.
public enum OutputForm: String, CaseIterable, Sendable {
    /// For looking.
    case mp4, gif
    /// A film strip for looking: rows of frames with labels and time stamps.
    case png
    /// Lossless video (FFV1), for scoring.
    case mkv
    /// A uint8 array, for scoring.
    case npy
    /// A folder of PNG frames, `00000.png` and on, for scoring.
    case folder

    /// Whether the pixels are kept exactly, without enlargement, borders or labels.
    public var isExact: Bool { self == .mkv || self == .npy || self == .folder }

    /// The form that a path's ending stands for; no ending, a final slash, or a folder that is there already mean a folder of frames.
    ///
    /// - Throws: `VideoError` where the ending stands for no form.
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
                "the ending '.\(ending)' stands for no form: use .mp4, .gif, .png (film strip), .mkv (lossless), .npy, "
                    + "or a folder ('\(path)/')")
        }
    }
}
