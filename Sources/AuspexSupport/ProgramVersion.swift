/// The version of Auspex: what `--version` prints, and what checkpoints and reports say that they were written by.
///
/// `CITATION.cff` and `CHANGELOG.md` carry it too; a test compares them.
public enum ProgramVersion {
    public static let current = "0.1.0"
}
