import ArgumentParser
import AuspexTensors
import AuspexVideo
import Foundation

/// What a `.npy` file does not say about itself.
struct ArrayOptions: ParsableArguments {
    @Option(help: "Order of an array's sides, as letters: BTHWC, BTCHW, TBHW.")
    var axes: String?

    @Option(help: "Smallest and largest value of a float array: 0,1 or -1,1.")
    var range: String?

    func validate() throws { _ = try ends() }

    func sourceOptions(classes: Bool = false) throws -> SourceOptions {
        SourceOptions(classes: classes, axes: axes, range: try ends().map { $0.low...$0.high })
    }

    /// The same as fields of a configuration.
    var assignments: [String] {
        get throws {
            let range = try ends().map { "data.range=[\($0.low), \($0.high)]" }
            return [axes.map { "data.axes=\($0)" }, range].compactMap { $0 }
        }
    }

    /// Refuses the options if none of the sources is an array that they could apply to.
    ///
    /// - Parameters:
    ///   - sources: the sources that are opened with these options.
    ///   - place: the option or argument that names the sources: `--data`, `SOURCE`.
    func requireArray(among sources: [String], namedBy place: String) throws {
        let arrays = sources.filter(Self.isArray)
        for (option, isGiven) in [("--axes", axes != nil), ("--range", range != nil)] {
            let others = sources.isEmpty ? "" : "; \(sources.joined(separator: " and ")) holds no array"
            try refuse(option, ifGiven: isGiven, unless: !arrays.isEmpty, "needs \(place) FILE.npy\(others)")
        }
        // A file that cannot be opened is reported later.
        let elements = arrays.compactMap { try? NumPyArray(path: $0).element }
        try refuse(
            "--range", ifGiven: range != nil, unless: elements.isEmpty || elements.contains(where: \.isFloatingPoint),
            "needs an array of floats; \(arrays[0]) holds \(elements.first.map { "\($0)" } ?? "none")")
    }

    private static func isArray(_ source: String) -> Bool {
        (source as NSString).pathExtension.lowercased() == "npy"
    }

    private func ends() throws -> (low: Float, high: Float)? {
        guard let range else { return nil }
        let numbers = range.split(separator: ",").map { Float($0.trimmingCharacters(in: .whitespaces)) }
        guard numbers.count == 2, let low = numbers[0], let high = numbers[1], low < high, (high - low).isFinite else {
            throw ValidationError("--range \(range): expected the smallest and the largest value, for example 0,1")
        }
        return (low, high)
    }
}
