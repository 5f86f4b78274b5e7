import ArgumentParser
import AuspexSupport
import AuspexTensors
import CAuspexSystem
import Foundation

/// Runs the command line and ends the process with the status that scripts rely on.
public enum AuspexProgram {
    /// How the program ends.
    package enum Status {
        /// The work failed; one line on standard error says what, where and what to do.
        static let failed: Int32 = 1
        /// A threshold given by `--fail-if` was missed.
        static let thresholdMissed: Int32 = 2
        /// Stopped by a signal; `--resume` goes on.
        static let stopped: Int32 = 3
        /// The command line was not understood.
        static let usage: Int32 = 64
    }

    /// Every verb as it is typed, `data inspect` among them.
    package static var verbs: [String] { names(below: Auspex.self, prefix: []) }

    private static func names(below command: any ParsableCommand.Type, prefix: [String]) -> [String] {
        command.configuration.subcommands.flatMap { verb in
            let path = prefix + [verb.configuration.commandName ?? ""]
            let inner = names(below: verb, prefix: path)
            return inner.isEmpty ? [path.joined(separator: " ")] : inner
        }
    }

    /// Parses the arguments of the process, does what they say, and exits.
    public static func main() -> Never {
        StandardStream.reserveDescriptors()
        // A reader that has gone, or a file at its largest, is an error of the write that met it: it must not end a training.
        for number in [SIGPIPE, SIGXFSZ] { signal(number, SIG_IGN) }
        ax_keep_to_memory_limit()
        let arguments = Array(CommandLine.arguments.dropFirst())
        EngineThread.run { exit(run(arguments)) }
    }

    /// - Returns: the exit status.
    static func run(_ arguments: [String]) -> Int32 {
        if let complaint = ArgumentReading.complaint(about: arguments) {
            Console.complain(complaint)
            return Status.usage
        }
        do {
            var command = try Auspex.parseAsRoot(ArgumentReading.joiningNegativeValues(arguments))
            try command.run()
            return Console.failure == nil ? 0 : report(unwritten: Console.failure)
        } catch {
            return report(error)
        }
    }

    /// Reports a result that could not be printed; silent where its reader (`| head`) closed the pipe early.
    private static func report(unwritten failure: FileError?) -> Int32 {
        if let failure, failure.kind != .closed { Console.complain(failure.description) }
        return Status.failed
    }

    /// Prints an error's message and returns its exit status.
    private static func report(_ error: any Error) -> Int32 {
        if let code = error as? ExitCode { return code.rawValue }
        let status = Auspex.exitCode(for: error).rawValue
        let message = Auspex.message(for: error) + FlagHints.hint(for: error)
        if status == 0 {
            // Help and version, asked for.
            Console.print(Auspex.fullMessage(for: error))
            return Console.failure == nil ? 0 : report(unwritten: Console.failure)
        }
        guard status == Status.usage else {
            Console.complain(message)
            return Status.failed
        }
        let hint = Auspex.fullMessage(for: error).split(separator: "\n").last { $0.contains("--help'") }
        let advice = hint.flatMap { line in line.firstRange(of: /'[^']+'/).map { " (see \(line[$0]))" } } ?? ""
        Console.complain(message + advice)
        return Status.usage
    }
}
