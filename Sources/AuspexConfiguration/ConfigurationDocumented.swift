/// A part of a configuration that documents its fields, for the YAML that people read and edit.
public protocol ConfigurationDocumented {
    /// One sentence or two for each field, by the field's name.
    static var fieldDocumentation: [String: String] { get }
}

/// The same for a part whose fields depend on its value.
package protocol ConfigurationDocumentedValue {
    var fieldDocumentation: [String: String] { get }
}

/// A part of a configuration with a default value, against which list elements and optional sections are checked.
public protocol ConfigurationDefaulted {
    /// Makes the part with the default of every field.
    init()
}
