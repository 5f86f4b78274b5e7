import CAuspexSystem
import Foundation

/// Starts threads and reports when the system has no memory for one: Foundation's `Thread` fails silently, and code that waits for it would hang.
package enum SystemThread {
    private final class Body: Sendable {
        let name: String
        let run: @Sendable () -> Void

        init(_ name: String, _ run: @escaping @Sendable () -> Void) {
            self.name = name
            self.run = run
        }
    }

    /// - Returns: whether the thread runs.
    package static func start(name: String, stackBytes: Int, _ body: @escaping @Sendable () -> Void) -> Bool {
        var attributes = pthread_attr_t()
        guard pthread_attr_init(&attributes) == 0 else { return false }
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setstacksize(&attributes, stackBytes)
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        let held = Unmanaged.passRetained(Body(name, body))
        var thread = pthread_t()
        let status = pthread_create(
            &thread, &attributes,
            { pointer in
                guard let pointer else { return nil }
                let body = Unmanaged<Body>.fromOpaque(pointer).takeRetainedValue()
                ax_name_thread(body.name)
                body.run()
                return nil
            }, held.toOpaque())
        guard status == 0 else {
            held.release()
            return false
        }
        return true
    }
}
