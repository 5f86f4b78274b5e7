/// Rows of words in aligned columns: the first column to the left, numbers to the right.
package struct TextTable {
    private var rows: [[String]]

    package init(header: [String]) { rows = [header] }

    package mutating func add(_ row: [String]) { rows.append(row) }

    package var text: String {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in rows.map { $0.count > column ? $0[column].count : 0 }.max() ?? 0 }
        return rows.map { row in
            let cells = row.enumerated().map { column, cell in
                let padding = String(repeating: " ", count: widths[column] - cell.count)
                return isNumeric(column) ? padding + cell : cell + padding
            }
            var line = cells.joined(separator: "  ")
            while line.last == " " { line.removeLast() }
            return line
        }.joined(separator: "\n")
    }

    /// Whether every cell below the heading begins like a number.
    private func isNumeric(_ column: Int) -> Bool {
        let cells = rows.dropFirst().filter { $0.count > column && !$0[column].isEmpty }.map { $0[column] }
        return !cells.isEmpty && cells.allSatisfy { $0.first?.isNumber == true || "+-".contains($0.prefix(1)) }
    }
}
