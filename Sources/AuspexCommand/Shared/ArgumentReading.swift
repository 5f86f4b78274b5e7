import ArgumentParser
import AuspexSupport
import AuspexTensors

/// What the argument parser does not handle: negative values of options, and verbs that do not exist.
enum ArgumentReading {
    /// Joins an option and a negative value that follows it: `--at -1` becomes `--at=-1`.
    ///
    /// The parser takes every word that begins with a dash for an option and would report a missing value.
    static func joiningNegativeValues(_ arguments: [String]) -> [String] {
        var joined: [String] = []
        var isOpen = false
        for (place, argument) in arguments.enumerated() {
            if argument == "--" { return joined + arguments[place...] }
            if isOpen, isNegativeValue(argument) {
                joined[joined.count - 1] += "=" + argument
                isOpen = false
            } else {
                joined.append(argument)
                isOpen = argument.hasPrefix("--") && !argument.contains("=")
            }
        }
        return joined
    }

    /// `-1`, `-.5`, `-1e-3`, and lists of them: `-1,1`. No option has such a name.
    private static func isNegativeValue(_ argument: String) -> Bool {
        argument.wholeMatch(of: /-\.?[0-9].*/) != nil || argument.wholeMatch(of: /-(inf|infinity|nan)/) != nil
    }

    /// The error line for an unknown verb, with the nearest known one; nil if the arguments begin with a verb.
    static func complaint(about arguments: [String]) -> String? {
        var command: any ParsableCommand.Type = Auspex.self
        var path = ["auspex"]
        for word in arguments {
            let verbs = command.configuration.subcommands
            if verbs.isEmpty || word.hasPrefix("-") || word == "help" { return nil }
            guard let verb = verbs.first(where: { $0.configuration.commandName == word }) else {
                let names = verbs.compactMap { $0.configuration.commandName }
                let advice =
                    NearestName.of(word, among: names).map { "did you mean '\($0)'?" }
                    ?? "expected one of \(names.joined(separator: ", "))"
                return "unknown command '\(word)'; \(advice) (see '\(path.joined(separator: " ")) --help')"
            }
            command = verb
            path.append(word)
        }
        return nil
    }
}
