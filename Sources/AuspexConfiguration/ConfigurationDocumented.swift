/// A part of a configuration that says what each of its fields means, for the YAML that people read and edit.
public protocol ConfigurationDocumented {
    /// One sentence or two for each field, by the field's name.
    static var fieldDocumentation: [String: String] { get }
}

/// The same of a part whose fields depend on its value.
package protocol ConfigurationDocumentedValue {
    var fieldDocumentation: [String: String] { get }
}

/// A part of a configuration that can be made from nothing: what an element of a list, or an optional section, is checked against.
public protocol ConfigurationDefaulted {
    /// Makes the part with the default of every field.
    init()
}
