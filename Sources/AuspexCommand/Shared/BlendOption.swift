/// Help text of `--blend`, shared by every verb that has it.
enum BlendOption {
    static let help =
        "Blend the model with copy-last and flow by how well each predicts the end of the context. (default: as the run's training.blend)"
}
