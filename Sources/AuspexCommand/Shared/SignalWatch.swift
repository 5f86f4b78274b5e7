import AuspexTraining
import Dispatch
import Foundation

/// Turns the first SIGINT or SIGTERM into a raised flag, and lets a second one end the process at once.
///
/// Installed by long work that can stop in good order; everything else keeps the system's own behaviour.
final class SignalWatch {
    private let sources: [any DispatchSourceSignal]

    init(raising flag: StopFlag, notice: String) {
        let queue = DispatchQueue(label: "signals")
        sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler {
                if flag.isRaised { _exit(128 + number) }
                flag.raise()
                Console.say(notice)
            }
            source.resume()
            return source
        }
    }

    deinit {
        for source in sources { source.cancel() }
        for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) }
    }
}
