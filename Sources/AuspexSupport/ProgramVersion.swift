/// The version of Auspex, as recorded in checkpoints and reports.
///
/// `CITATION.cff` and `CHANGELOG.md` contain it too; a test compares them.
public enum ProgramVersion {
    /// The version of this source, as in `CHANGELOG.md` and `CITATION.cff`.
    public static let current = "0.1.0"
}
