import AuspexCommand
import Foundation
import TestSupport
import Testing

@Suite("Processors that a control group allows")
struct ProcessorsTests {
    private func quota(groups: String, files: [String: String]) throws -> Int? {
        let root = try TemporaryFolder()
        for (name, text) in files.merging(["proc/self/cgroup": groups], uniquingKeysWith: { $1 }) {
            let file = URL(fileURLWithPath: root.file(name))
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
        return Processors.quota(root: root.path)
    }

    @Test("of version 2: the smallest of the group's own quota and of those around it") func nested() throws {
        let groups = "0::/user.slice/job.scope\n"
        func file(_ folder: String) -> String { "sys/fs/cgroup\(folder)/cpu.max" }
        #expect(try quota(groups: groups, files: [file("/user.slice/job.scope"): "250000 100000\n"]) == 2)
        #expect(
            try quota(
                groups: groups,
                files: [
                    file(""): "800000 100000\n", file("/user.slice"): "300000 100000\n",
                    file("/user.slice/job.scope"): "max 100000\n",
                ]) == 3)
        #expect(try quota(groups: groups, files: [file("/user.slice/job.scope"): "50000 100000\n"]) == 1)
        #expect(try quota(groups: groups, files: [file("/user.slice"): "max 100000\n"]) == nil)
        #expect(try quota(groups: groups, files: [file("/other.slice"): "100000 100000\n"]) == nil)
    }

    @Test("of version 2 in a container, whose root is its own group") func container() throws {
        #expect(try quota(groups: "0::/\n", files: ["sys/fs/cgroup/cpu.max": "400000 100000\n"]) == 4)
        #expect(
            try quota(groups: "0::/../outside\n", files: ["sys/fs/cgroup/cpu.max": "400000 100000\n"]) == 4)
    }

    @Test("of version 1") func separate() throws {
        func files(_ quota: String, at folder: String) -> [String: String] {
            [
                "sys/fs/cgroup/cpu\(folder)/cpu.cfs_quota_us": quota + "\n",
                "sys/fs/cgroup/cpu\(folder)/cpu.cfs_period_us": "100000\n",
            ]
        }
        let groups = "5:memory:/a\n4:cpu,cpuacct:/a/b\n0::/\n"
        #expect(try quota(groups: groups, files: files("600000", at: "/a/b")) == 6)
        #expect(try quota(groups: groups, files: files("-1", at: "/a/b")) == nil)
        #expect(
            try quota(groups: groups, files: files("-1", at: "/a/b").merging(files("200000", at: "/a")) { $1 }) == 2)
        #expect(try quota(groups: "", files: [:]) == nil)
    }
}
