/// Parts of paths as text, whether anything is there or not.
package enum PathParts {
    /// The folder that holds a path; empty for what is in the folder we are in, `/` for what is in the root and for the root.
    ///
    /// (Foundation's `deletingLastPathComponent` stops the program for names of one letter.)
    package static func folder(of path: String) -> String {
        var path = Substring(path)
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        guard let slash = path.lastIndex(of: "/") else { return "" }
        var folder = path[..<slash]
        while folder.hasSuffix("/") { folder.removeLast() }
        return folder.isEmpty ? "/" : String(folder)
    }
}
