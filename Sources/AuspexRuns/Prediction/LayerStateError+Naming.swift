import AuspexLayers
import AuspexSupport
import AuspexTensors

extension LayerStateError {
    /// The same error, naming the file or folder that the weights came from.
    func naming(_ path: String) -> FileError {
        FileError(
            .garbled, path: path, found: "weights that do not fit (\(self))",
            expected: "those of the model that the checkpoint's configuration describes",
            advice: "bring back the checkpoint's own files, or train again")
    }
}
