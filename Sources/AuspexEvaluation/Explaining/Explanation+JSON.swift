extension Explanation.Plan {
    /// A field that scripts rely on: the plan as people read it, line by line.
    private enum RenderedKeys: String, CodingKey { case lines }

    private enum CodingKeys: String, CodingKey {
        case schema, deviations, definitionClips, singleClips, screeningClips, passes
    }

    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(schema, forKey: .schema)
        try fields.encode(deviations, forKey: .deviations)
        try fields.encode(definitionClips, forKey: .definitionClips)
        try fields.encode(singleClips, forKey: .singleClips)
        try fields.encodeIfPresent(screeningClips, forKey: .screeningClips)
        try fields.encode(passes, forKey: .passes)
        var rendered = encoder.container(keyedBy: RenderedKeys.self)
        try rendered.encode(
            text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init), forKey: .lines)
    }
}
