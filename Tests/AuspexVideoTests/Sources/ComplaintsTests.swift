import AuspexVideo
import Testing

@Suite struct ComplaintsTests {
    private struct OtherError: Error {}

    @Test func everySubjectIsNamedOnce() {
        let log = WarningLog()
        let complaints = Complaints(logger: log.logger)
        for _ in 0..<3 {
            complaints.note("a.mp4", VideoError(.damaged, "a.mp4", "frame 3 is damaged"))
            complaints.note("a.mp4", VideoError(.damaged, "a.mp4", "frame 5 is damaged"))
            complaints.note("set", VideoError(.damaged, "set/1.png", "cut"))
            complaints.note("set", VideoError(.damaged, "set/2.png", "cut"))
            complaints.note("b.mp4", OtherError())
        }
        #expect(log.warnings.count == 4)
        for part in ["a.mp4: frame 3", "set/1.png: cut", "set/2.png: cut", "OtherError"] {
            #expect(log.warnings.count { $0.contains(part) } == 1, "\(part)")
        }
    }

    @Test func manyPicturesOfOneFolderAreNotAllNamed() {
        let log = WarningLog()
        let complaints = Complaints(logger: log.logger)
        for number in 0..<500 { complaints.note("set", VideoError(.damaged, "set/\(number).png", "cut")) }
        complaints.note("other", VideoError(.damaged, "other/1.png", "cut"))
        #expect(log.warnings.count { $0.contains("set/") } == 10)
        #expect(log.warnings.count { $0.contains("pictures of set") && $0.contains("inspect the source") } == 1)
        #expect(log.warnings.last == "skipped other/1.png: cut")
    }
}
