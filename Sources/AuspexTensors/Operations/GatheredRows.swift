import AuspexSupport

/// Rows of a table by number: `[N, C]` to `[rows.count, C]`; a row that is taken twice gets both gradients.
public func gatheredRows(_ table: Tensor, rows: [Int]) -> Tensor {
    require(table.rank == 2, "gatheredRows", "a table has two dimensions, not \(table.shape)")
    let (count, width) = (table.shape[0], table.shape[1])
    require(rows.allSatisfy((0..<count).contains), "gatheredRows", "rows \(rows) of a table \(table.shape)")
    let gathered = Tensor([rows.count, width]) { out in
        withFloats(table) { table in
            for (position, row) in rows.enumerated() {
                (out + position * width).update(from: table + row * width, count: width)
            }
        }
    }
    return gathered.recorded("gatheredRows", from: table) { gradient in
        var sum = Tensor(zeros: [count, width])
        sum.withMutableScalars(as: Float.self) { sum in
            withFloats(gradient) { gradient in
                for (position, row) in rows.enumerated() {
                    for column in 0..<width { sum[row * width + column] += gradient[position * width + column] }
                }
            }
        }
        return [sum]
    }
}
