import ArgumentParser

/// `auspex data …`: what is in a source, and sources made.
struct DataCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "data",
        abstract: "Looks into sources of clips, and makes synthetic ones.",
        discussion: """
            EXAMPLE:
              auspex data synthesize moving-shapes --out clips
            """,
        subcommands: [DataInspectCommand.self, SynthesizeCommand.self])
}
