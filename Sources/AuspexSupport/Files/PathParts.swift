/// Parts of paths as text, whether or not a file exists there.
package enum PathParts {
    /// The folder of a path; empty for a path in the current folder, `/` for a path in the root and for the root.
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
