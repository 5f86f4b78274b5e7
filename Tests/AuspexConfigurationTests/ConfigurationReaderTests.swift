import AuspexConfiguration
import AuspexSupport
import Testing

private struct Sample: Codable, Equatable {
    enum Unit: String, Codable, CaseIterable { case convGRU = "conv-gru", tsruC = "tsru-c" }

    struct Model: Codable, Equatable {
        var unit = Unit.tsruC
        var size = 64
        @FrameSizeOption var frames = FrameSize(64)
        var channels = 16
        var scale: Float = 0.1
        var kernel: Int?
    }

    struct View: Codable, Equatable, ConfigurationDefaulted {
        var kind = "frames"
        var count = 8
        var scale: Int?
    }

    struct Averaging: Codable, Equatable, ConfigurationDefaulted {
        var decay = 0.9999
        var halfLifeClips: Double?
    }

    enum Crop: Codable, Equatable {
        case centre
        case random(share: Double)
    }

    var model = Model()
    var views: [View] = []
    var names = ["a"]
    var averaging: Averaging?
    var crop = Crop.centre
    var rate = 1e-4
    var note: String?
    var shuffles = true
    var seed: UInt64 = 1
}

private func read(_ yaml: String, _ assignments: [String] = []) throws -> Sample {
    var reader = try ConfigurationReader(defaults: Sample())
    try reader.lay(yaml: yaml, named: "mine.yaml")
    for assignment in assignments { try reader.lay(assignment: assignment) }
    return try reader.resolved()
}

private func message(_ yaml: String, _ assignments: [String] = []) -> String {
    do { return "no error: \(try read(yaml, assignments))" } catch { return "\(error)" }
}

@Suite("Reading a configuration")
struct ConfigurationReaderTests {
    @Test func nothingLeavesTheDefaults() throws {
        #expect(try read("") == Sample())
        #expect(try read("# only a comment\nmodel:\n") == Sample())
    }

    @Test func valuesReplaceAndTheRestStays() throws {
        var expected = Sample()
        expected.model.unit = .convGRU
        expected.model.kernel = 5
        expected.model.scale = 0.25
        expected.rate = 5e-4
        expected.note = "12"
        expected.shuffles = false
        expected.seed = 1_000_000
        let yaml = """
            model:
              unit: conv-gru
              kernel: 5
              scale: .25
            rate: 5e-4
            note: 12
            shuffles: false
            seed: 1e6
            """
        #expect(try read(yaml) == expected)
    }

    @Test func listsReplaceAndElementsHaveTheirOwnDefaults() throws {
        let sample = try read("views: [{count: 2}, {kind: clip, scale: 2}]\nnames: []")
        #expect(sample.views == [.init(count: 2), .init(kind: "clip", scale: 2)])
        #expect(sample.names == [])
    }

    @Test func anAbsentSectionStartsFromItsDefaults() throws {
        #expect(try read("averaging: {halfLifeClips: 500}").averaging == .init(decay: 0.9999, halfLifeClips: 500))
        #expect(try read("averaging: {decay: 0.5}", ["averaging=null"]).averaging == nil)
    }

    @Test func casesWithValuesAreReplacedWhole() throws {
        #expect(try read("crop: {random: {share: 0.5}}").crop == .random(share: 0.5))
    }

    @Test func assignmentsComeLast() throws {
        let sample = try read("model: {size: 32}", ["model.size=128", "names=[x, 'y']", "views=[{count: 1}]", "note="])
        #expect(sample.model.size == 128)
        #expect(sample.names == ["x", "y"])
        #expect(sample.views == [.init(count: 1)])
        #expect(sample.note == nil)
    }

    @Test func sizesAreSidesOrHeightAndWidth() throws {
        #expect(try read("model: {frames: 32}").model.frames == FrameSize(32))
        #expect(try read("model: {frames: [48, 64]}").model.frames == FrameSize(height: 48, width: 64))
        #expect(try read("model: {frames: [48, 64]}", ["model.frames=96"]).model.frames == FrameSize(96))
    }

    @Test(arguments: [
        (
            "model:\n  chanels: 4",
            "mine.yaml, line 2: model.chanels is not a configuration key; did you mean model.channels?"
        ),
        ("channels: 4", "mine.yaml, line 1: channels is not a configuration key; did you mean model.channels?"),
        (
            "views: [{cuont: 4}]",
            "mine.yaml, line 1: views[0].cuont is not a configuration key; did you mean views[0].count?"
        ),
        ("model:\n  size: big", "mine.yaml, line 2: model.size expects a whole number; found the text \"big\""),
        ("model:\n  size: 1.5", "mine.yaml, line 2: model.size expects a whole number; found the number 1.5"),
        (
            "model:\n  frames: big",
            "mine.yaml, line 2: model.frames expects a whole number, or [height, width]; found the text \"big\""
        ),
        (
            "model:\n  frames: [1, 2, 3]",
            "mine.yaml, line 2: model.frames expects a whole number, or [height, width]; found a list of 3"
        ),
        (
            "model: {frames: [48, x]}",
            "mine.yaml, line 1: model.frames expects a whole number, or [height, width]; found the text \"x\""
        ),
        ("rate: '0.1'", "mine.yaml, line 1: rate expects a number; found the quoted text \"0.1\""),
        ("rate: [1, 2]", "mine.yaml, line 1: rate expects a number; found a list of 2"),
        ("rate:", "mine.yaml, line 1: rate expects a number; found nothing"),
        ("shuffles: maybe", "mine.yaml, line 1: shuffles expects true or false; found the text \"maybe\""),
        ("model: 4", "mine.yaml, line 1: model expects a section of keys; found the number 4"),
        ("model: {kernel: x}", "mine.yaml, line 1: model.kernel expects a whole number, or null; found the text \"x\""),
        ("views: 3", "mine.yaml, line 1: views expects a list; found the number 3"),
        ("names: {a: 1}", "mine.yaml, line 1: names expects a list; found a section with a"),
        (
            "model:\n  unit: tsru-d",
            "mine.yaml, line 2: model.unit is tsru-d; expected one of conv-gru, tsru-c; did you mean tsru-c?"
        ),
        ("a: 1\na: 2", "mine.yaml, line 1: the key a appears twice in one section"),
    ])
    func refusals(yaml: String, expected: String) {
        #expect(message(yaml) == expected)
    }

    @Test(arguments: [
        ("model.sise=4", "model.sise=4: model.sise is not a configuration key; did you mean model.size?"),
        ("model.size=x", "model.size=x: model.size expects a whole number; found the text \"x\""),
        ("model.size", "model.size: expected key=value, for example model.channels=8"),
        ("model.size.x=1", "model.size.x=1: model.size expects a whole number; found a section with x"),
    ])
    func refusedAssignments(assignment: String, expected: String) {
        #expect(message("", [assignment]) == expected)
    }

    @Test func brokenYAMLNamesTheLine() {
        #expect(message("model:\n  size: 4\n bad").hasPrefix("mine.yaml, line "))
        #expect(message("model: [1").contains("is not YAML"))
    }
}

@Suite("Writing a configuration")
struct ConfigurationWriterTests {
    private struct Documented: Codable, Equatable, ConfigurationDocumented {
        struct Inner: Codable, Equatable, ConfigurationDocumented {
            var mode = Sample.Unit.convGRU
            var depth: Int? = 3
            static var fieldDocumentation: [String: String] { ["mode": "How.", "depth": "How deep."] }
        }

        var name = "synthetic:moving-shapes"
        var odd = "yes"
        var inner = Inner()
        var views = [Sample.View()]
        static var fieldDocumentation: [String: String] { ["name": "What it is called.", "inner": "The inside."] }
    }

    @Test func everyFieldUnderItsMeaningInTheOrderOfTheCode() throws {
        let text = try ConfigurationWriter().yaml(of: Documented())
        #expect(
            text == """
                # What it is called.
                name: synthetic:moving-shapes
                odd: "yes"

                # The inside.
                inner:
                  # How. One of conv-gru, tsru-c.
                  mode: conv-gru
                  # How deep.
                  depth: 3
                views:
                  - {kind: frames, count: 8, scale: null}

                """)
    }

    @Test func whatIsWrittenReadsBackTheSame() throws {
        var sample = Sample()
        sample.note = "a: \"b\" #c\n\u{1}é"
        sample.rate = 1.0 / 3
        sample.model.scale = 0.1
        sample.averaging = .init(halfLifeClips: 1e300)
        sample.views = [.init(kind: "1.5"), .init(kind: "null", scale: 2)]
        sample.names = ["", "-", "true", "a b", "/x/y z"]
        sample.crop = .random(share: 0.25)
        #expect(try read(try ConfigurationWriter().yaml(of: sample)) == sample)
    }
}
