import AuspexConfiguration
import AuspexSupport
import AuspexTensors
import AuspexTraining
import Foundation

/// The model that is shipped with the program: a run's folder without what only training needs, its weights in bfloat16.
///
/// Its card, `CARD.md` in the same folder, says what it was trained on, how good it is, and where it fails.
public enum PretrainedModel {
    /// What people call it in place of a run.
    public static let name = "pretrained"
    /// What messages call it.
    static let description = "the pretrained model"

    /// Where a build puts it beside the program, and where `tools/install` does.
    private static let places = ["auspex_AuspexRuns.resources/pretrained", "../share/auspex/pretrained"]

    /// The folder that holds it.
    ///
    /// - Throws: `FileError` where the program was copied without it.
    public static func path() throws -> String {
        let program = Bundle.main.executableURL?.resolvingSymlinksInPath().deletingLastPathComponent().path ?? "."
        let candidates = places.map { "\(program)/\($0)" }
        guard let found = candidates.first(where: RunReference.isRun) else {
            throw FileError(
                .missing, path: candidates[0], found: "no pretrained model beside the program",
                expected: "the folder that a build or tools/install puts there",
                advice: "install again, or name a trained run", remedies: [.train])
        }
        return found
    }

    /// Writes a trained model as the shipped one is kept: averaged weights and their statistics in bfloat16, and the configuration.
    ///
    /// - Parameters:
    ///   - text: `RUN`, `RUN@best`, `RUN@last` or `RUN@12000`.
    ///   - folder: is made; must not be there yet.
    /// - Throws: what `TrainedModel.init(run:registry:)` throws, and `FileError` where the folder cannot be written.
    public static func write(run text: String, to folder: String) throws {
        let model = try TrainedModel(run: text)
        var checkpoint = Checkpoint(step: model.step, version: ProgramVersion.current)
        checkpoint.groups[.averagedWeights] = inBFloat16(
            model.generator.parameters.map { ($0.name, $0.parameter.value) })
        checkpoint.groups[.standingStatistics] = inBFloat16(model.generator.buffers.map { ($0.name, $0.buffer.value) })
        // With the digest of the run's data.json, which stays behind: what the run held out is not known here, and nothing is taken for it.
        try checkpoint.set(model.shown, as: TrainingClipInfo.documentName)
        try checkpoint.set(model.configuration, as: TrainingRun.configurationDocument)
        let run = try RunFolder(writing: folder, resume: false)
        try AtomicFile.write(Data(try model.configuration.yaml.utf8), to: run.configurationPath)
        try run.checkpoints().save(checkpoint)
        try run.makeShared()
    }

    private static func inBFloat16(_ tensors: [(String, Tensor)]) -> [String: Tensor] {
        Dictionary(uniqueKeysWithValues: tensors.map { ($0.0, $0.1.converted(to: .bfloat16)) })
    }
}
