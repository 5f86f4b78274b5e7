import Logging
import Synchronization

/// Problems with a source's items: there is one warning for every item, and for every picture of a folder, however often it is drawn.
package final class Complaints: Sendable {
    /// This many pictures of one folder are named; more would say the same.
    private static let namedPictures = 10

    private struct Record {
        var warned: Set<String> = []
        /// How many warnings an item has had.
        var counts: [String: Int] = [:]
        /// Errors that no other draw will avoid.
        var lasting: [String: any Error] = [:]
    }

    private let record = Mutex(Record())
    private let logger: Logger

    package init(logger: Logger) { self.logger = logger }

    /// Warns of an item's error, or of a picture's if the error names one.
    package func note(_ name: String, _ error: any Error) {
        let subject = (error as? VideoError)?.subject ?? name
        let count = record.withLock { record -> Int? in
            guard record.warned.insert(subject).inserted else { return nil }
            record.counts[name, default: 0] += 1
            return record.counts[name]
        }
        guard let count, count <= Self.namedPictures else { return }
        logger.warning("skipped \(error)")
        if count == Self.namedPictures {
            logger.warning("more pictures of \(name) may be skipped: inspect the source to see all of them")
        }
    }

    func keep(_ name: String, _ error: any Error) { record.withLock { $0.lasting[name] = error } }

    func lastingError(of name: String) -> (any Error)? { record.withLock { $0.lasting[name] } }
}
