import AuspexSupport
import AuspexTensors
import AuspexVideo

/// Films and film strips of an evaluation's first clips, with every forecaster's predictions.
public final class Gallery {
    private let folder: String
    private let clips: Int
    private let overwriting: Bool

    /// - Parameters:
    ///   - folder: is made if it is not there.
    ///   - clips: how many clips are kept.
    /// - Throws: `FileError` where the folder can't be written, or holds what would be replaced.
    public init(_ folder: String, clips: Int, overwriting: Bool = false) throws {
        self.folder = folder
        self.clips = clips
        self.overwriting = overwriting
        try FolderMaking.make(folder)
        // Before the work, not after it.
        for ending in ["mp4", "png"] { _ = try OutputPlace(path(0, ending), overwriting: overwriting) }
    }

    /// Keeps a clip, if there is still room for it.
    public func add(_ example: Evaluation.Example) throws {
        guard example.index < clips else { return }
        for ending in ["mp4", "png"] {
            try example.picture.write(to: path(example.index, ending), comparing: true, overwriting: overwriting)
        }
    }

    private func path(_ index: Int, _ ending: String) -> String {
        "\(folder)/clip-\(String(index, digits: 4)).\(ending)"
    }
}
