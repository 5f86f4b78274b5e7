/// The result of some work as a value, separate from how it was computed and where it is shown.
///
/// Renderers are extensions, a file each: `…+Text` for people, `…+JSON` if the fields are not encoded one by one, `…+Plot` for pictures.
public protocol Report: Encodable, Sendable {
    /// The result as people read it on a terminal: lines, without a newline at the end.
    var text: String { get }
    /// Notes for readers of the result, a line each, each once.
    var allNotes: [String] { get }
}

extension Report {
    /// No notes.
    public var allNotes: [String] { [] }
}
