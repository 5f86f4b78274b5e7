/// The result of some work as a value, apart from how it was computed and from where it is shown.
///
/// Renderers stand beside the type, a file each: `…+Text` for people, `…+JSON` where the fields are not encoded one by one, `…+Plot` for pictures.
public protocol Report: Encodable, Sendable {
    /// The result as people read it on a terminal: lines, without a newline at the end.
    var text: String { get }
    /// What a reader of the result should know beside it, a line each, each once.
    var allNotes: [String] { get }
}

extension Report {
    /// Nothing.
    public var allNotes: [String] { [] }
}
