extension String {
    /// A number padded with zeros to `digits` digits, so that names sort as their numbers do. A longer number stays whole.
    ///
    /// - Parameter number: 0 or more.
    package init(_ number: Int, digits: Int, radix: Int = 10) {
        let text = String(number, radix: radix)
        self.init(repeating: "0", count: Swift.max(0, digits - text.count))
        append(text)
    }
}
