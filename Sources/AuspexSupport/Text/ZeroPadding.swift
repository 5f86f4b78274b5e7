extension String {
    /// A number behind as many zeros as make `digits` digits of it: names that sort as their numbers. A longer number stays whole.
    ///
    /// - Parameter number: 0 or more.
    package init(_ number: Int, digits: Int, radix: Int = 10) {
        let text = String(number, radix: radix)
        self.init(repeating: "0", count: Swift.max(0, digits - text.count))
        append(text)
    }
}
