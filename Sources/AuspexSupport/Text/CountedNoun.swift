extension DefaultStringInterpolation {
    /// A count with its noun: `"\(threads, "thread")"` is `1 thread` or `2 threads`.
    ///
    /// - Parameter plural: needed if it is not the noun plus s: `"\(count, "pass", "passes")"`.
    package mutating func appendInterpolation(_ count: Int, _ singular: String, _ plural: String? = nil) {
        appendLiteral("\(count) \(count == 1 ? singular : plural ?? singular + "s")")
    }
}
