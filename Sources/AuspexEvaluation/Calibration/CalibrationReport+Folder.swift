import AuspexSupport
import AuspexVideo

extension CalibrationReport {
    /// Writes `calibration.json`, and the figure as `calibration.png`, into a folder.
    ///
    /// - Throws: `FileError` where they can't be written, or are there and `overwriting` is false.
    public func write(to folder: String, overwriting: Bool = false) throws {
        let places = try Self.places(in: folder, overwriting: overwriting)
        try places.figure.write(figure.png())
        try places.report.write(try ReportFile.data(self))
    }

    /// Checks before any work is done that the files can be written; makes the folder.
    @discardableResult
    public static func places(
        in folder: String, overwriting: Bool
    ) throws -> (figure: OutputPlace, report: OutputPlace) {
        try FolderMaking.make(folder)
        return (
            try OutputPlace(folder + "/calibration.png", overwriting: overwriting),
            try OutputPlace(folder + "/calibration.json", overwriting: overwriting)
        )
    }
}
