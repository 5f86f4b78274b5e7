import AuspexSupport
import AuspexTensors
import Testing

@Suite("Names, counts and echoes in messages")
struct MessageTextTests {
    private static let fields = [
        "steps", "batch", "generatorLearningRate", "discriminatorLearningRate", "averaging", "validationInterval",
        "validationClips", "warmUpSteps", "checkpointInterval",
    ]

    @Test(arguments: [
        // A slip of a few letters, two swapped ones among them.
        ("stpes", "steps"), ("bacth", "batch"), ("averging", "averaging"),
        ("generatorLearningRat", "generatorLearningRate"),
        // Some words of a name.
        ("learningRate", "generatorLearningRate"), ("learning-rate", "generatorLearningRate"),
        ("generatorRate", "generatorLearningRate"), ("intervalOfValidation", "validationInterval"),
        ("warmupSteps", "warmUpSteps"), ("clips", "validationClips"),
    ])
    func nearestField(written: String, meant: String) {
        #expect(NearestName.of(written, among: Self.fields) == meant)
    }

    @Test(arguments: ["", "x", "zebra", "colourOfFrames", "at", String(repeating: "9", count: 400)])
    func nothingIsNear(written: String) {
        #expect(NearestName.of(written, among: Self.fields) == nil)
    }

    @Test func aSlipIsNotAPartOfAName() {
        #expect(NearestName.slip("learningRate", among: Self.fields) == nil)
        #expect(NearestName.slip("tarin", among: ["predict", "train"]) == "train")
        #expect(NearestName.slip("fid", among: ["fvd", "kvd"]) == "fvd")
    }

    @Test func countsWithTheirNouns() {
        #expect("\(0, "thread"), \(1, "thread"), \(2, "thread")" == "0 threads, 1 thread, 2 threads")
        #expect("\(1, "pass", "passes") and \(2, "pass", "passes")" == "1 pass and 2 passes")
        #expect("\(1, "more byte"), \(2, "more byte")" == "1 more byte, 2 more bytes")
    }

    @Test func echoesAreShortened() {
        let digits = String(repeating: "1234567890", count: 40)
        #expect(
            ShortenedEcho.shortened("--set a.b=\(digits): is -\(digits), too large")
                == "--set a.b=123456789012…901234567890 [400 characters]: is -123456789012…901234567890 [400 characters], too large"
        )
        let word = String(repeating: "ab", count: 200)
        #expect(ShortenedEcho.shortened("the name '\(word)'").count < 150)
        #expect(ShortenedEcho.shortened(String(repeating: "lorem ipsum ", count: 5000)).count < 6100)
    }

    /// Text that must be read in full is not shortened: paths, names of files, checksums, ordinary numbers.
    @Test(arguments: [
        "/data/" + String(repeating: "folder/", count: 100) + "a.mp4: no such file",
        String(repeating: "n", count: 255) + ": no such file",
        "SHA-256 " + String(repeating: "3f", count: 32), "18446744073709551615 and 1.7976931348623157e+308",
    ])
    func otherwiseNothingIs(message: String) {
        #expect(ShortenedEcho.shortened(message) == message)
    }
}
