import AuspexSupport
import AuspexTensors
import Testing

@Suite struct PathPartsTests {
    @Test(arguments: [
        ("a/b", "a"), ("/a/b", "/a"), ("/a", "/"), ("/", "/"), ("a", ""), ("x", ""), ("x/", ""), ("ab", ""), ("", ""),
        ("a/b/", "a"), ("a//b", "a"), ("./x", "."), ("//x", "/"),
    ])
    func folders(path: String, folder: String) {
        #expect(PathParts.folder(of: path) == folder)
    }
}
