import AuspexSupport

extension FileContents: Report {
    /// The file's contents, whether it was verified, its metadata, and a row for each tensor.
    public var text: String {
        var table = TextTable(header: ["tensor", "type", "shape", "numbers"])
        for tensor in tensors {
            let shape = tensor.shape.map(String.init).joined(separator: "×")
            table.add([tensor.name, tensor.type, shape.isEmpty ? "one number" : shape, "\(tensor.count)"])
        }
        let notes = metadata.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
        return ([summary, verification] + notes + [table.text]).joined(separator: "\n")
    }

    /// One line: the number of tensors, elements and bytes.
    public var summary: String {
        let numbers = tensors.reduce(0) { $0 + $1.count }
        return "\(path): \(format), \(tensors.count, "tensor"), \(numbers, "number"), \(sizeBytes, "byte")"
    }

    /// One line: what was compared with what.
    public var verification: String {
        switch verifiedBy {
        case .checksums:
            (step.map { "checkpoint of step \($0), intact: " } ?? "intact: ")
                + "\(verifiedFiles.count, "file") compared with the checksums of when it was written"
        case .none: "not verified: the file has no checksum"
        }
    }
}
