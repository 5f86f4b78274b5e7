import AuspexRuns
import Testing

@Suite("Names of predictions")
struct PredictionNameTests {
    @Test func fileNamesStay() {
        #expect(SourceContinuation.names(of: ["a/walk.mp4", "a/run.mkv"]) == ["walk", "run"])
        #expect(SourceContinuation.names(of: ["x.npy"]) == ["x"])
    }

    /// Sorting the names gives the order of the clips.
    @Test func manyOfOneName() {
        let names = SourceContinuation.names(of: (0..<12).map { "d/x.npy[\($0)]" } + ["d/walk.mp4"])
        #expect(names[0] == "x-01" && names[8] == "x-09" && names[9] == "x-10" && names[12] == "walk")
        #expect(Array(names[..<12]) == names[..<12].sorted())
    }

    @Test func noNameTwice() {
        let names = SourceContinuation.names(of: ["a/x.mp4", "b/x.mp4", "a/x-1.mp4"])
        #expect(names == ["x-1", "x-2", "x-1-3"])
    }
}
