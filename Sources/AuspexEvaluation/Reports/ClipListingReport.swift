import AuspexMetrics
import AuspexSupport
import AuspexTensors
import Foundation

/// A result that lists its clips: up to 50,000 of each set, which are written a few at a time.
package protocol ClipListingReport: Encodable {
    /// The lists in the order in which they appear in the text, keys in alphabetical order.
    var clipLists: [[ClipRecord]] { get }
    /// The same with empty lists.
    var withoutClips: Self { get }
}

extension ClipListingReport {
    /// The same text as `ReportFile.data(self, onOneLine: true)`, piece by piece.
    package func writeOnOneLine(to out: (Data) throws -> Void) throws {
        // Inside a string the quotes would be escaped: these bytes can only be the lists.
        let empty = Data("\"list\":[]".utf8)
        var rest = try ReportFile.data(withoutClips, onOneLine: true)[...]
        for list in clipLists {
            guard let place = rest.range(of: empty) else {
                stopProgram("ClipListingReport", "a list without its place")
            }
            try out(Data(rest[..<(place.upperBound - 1)]))
            try ClipRecordText.write(list, separator: ",", to: out)
            rest = rest[(place.upperBound - 1)...]
        }
        try out(Data(rest))
    }
}

extension ScoringReport: ClipListingReport {
    package var clipLists: [[ClipRecord]] { [sets.predicted.list, sets.real.list] }

    package var withoutClips: ScoringReport {
        var report = self
        report.sets.real.list = []
        report.sets.predicted.list = []
        return report
    }
}

extension ScoringReplay.Outcome: ClipListingReport {
    package var clipLists: [[ClipRecord]] { now.clipLists }

    package var withoutClips: ScoringReplay.Outcome {
        var outcome = self
        outcome.now = now.withoutClips
        return outcome
    }
}
