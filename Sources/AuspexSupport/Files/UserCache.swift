import Foundation

/// Where programs keep what they can get or compute again.
///
/// Source: XDG Base Directory Specification.
package enum UserCache {
    /// `$XDG_CACHE_HOME/auspex/NAME`, else `~/.cache/auspex/NAME`.
    package static func folder(_ name: String, environment: [String: String]) -> String {
        // The specification has relative paths ignored.
        let cache = environment["XDG_CACHE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        return (cache ?? (environment["HOME"] ?? NSHomeDirectory()) + "/.cache") + "/auspex/" + name
    }
}
