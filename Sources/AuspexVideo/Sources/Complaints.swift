import Logging
import Synchronization

/// What was wrong with a source's items: every item is warned of once, however often it is drawn.
final class Complaints: Sendable {
    private struct Record {
        var warned: Set<String> = []
        /// What no other draw will change.
        var lasting: [String: any Error] = [:]
    }

    private let record = Mutex(Record())
    private let logger: Logger

    init(logger: Logger) { self.logger = logger }

    func note(_ name: String, _ error: any Error) {
        let isNew = record.withLock { $0.warned.insert(name).inserted }
        if isNew { logger.warning("skipped \(error)") }
    }

    func keep(_ name: String, _ error: any Error) { record.withLock { $0.lasting[name] = error } }

    func lastingError(of name: String) -> (any Error)? { record.withLock { $0.lasting[name] } }
}
