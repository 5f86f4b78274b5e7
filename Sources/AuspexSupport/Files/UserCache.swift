import Foundation

/// Where programs keep what they can download or compute again.
///
/// Source: XDG Base Directory Specification.
package enum UserCache {
    /// `$XDG_CACHE_HOME/auspex/NAME`, else `~/.cache/auspex/NAME`.
    package static func folder(_ name: String, environment: [String: String]) -> String {
        // The specification says to ignore relative paths.
        let cache = environment["XDG_CACHE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        return (cache ?? (environment["HOME"] ?? NSHomeDirectory()) + "/.cache") + "/auspex/" + name
    }
}
