/// The version of Auspex, as checkpoints and reports note it.
///
/// `CITATION.cff` and `CHANGELOG.md` carry it too; a test compares them.
public enum ProgramVersion {
    /// The version of this source, as in `CHANGELOG.md` and `CITATION.cff`.
    public static let current = "0.1.0"
}
