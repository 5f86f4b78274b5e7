// Reads a module's symbol graph: prints every public declaration without documentation, then how many there are.
// usage: swiftc undocumented.swift -o undocumented; undocumented GRAPH.json…   (exit status 1 where one is undocumented)

import Foundation

struct Graph: Decodable {
    struct Module: Decodable { let name: String }
    struct Symbol: Decodable {
        struct Identifier: Decodable { let precise: String }
        struct Kind: Decodable { let identifier: String }
        struct Location: Decodable {
            struct Position: Decodable { let line: Int }
            let uri: String
            let position: Position
        }
        struct Comment: Decodable {
            struct Line: Decodable { let text: String }
            let lines: [Line]
        }
        let identifier: Identifier
        let kind: Kind
        let pathComponents: [String]
        let docComment: Comment?
        let location: Location?
    }
    let module: Module
    let symbols: [Symbol]
}

// Members that a protocol of the standard library asks for say nothing that the protocol does not.
let known: Set<String> = [
    "==(_:_:)", "!=(_:_:)", "<(_:_:)", "hash(into:)", "hashValue", "encode(to:)", "init(from:)", "description", "errorDescription",
    "rawValue", "init(rawValue:)", "allCases", "AllCases", "RawValue",
]

var (documented, missing) = (0, 0)
var name = ""
for path in CommandLine.arguments.dropFirst() {
    let graph = try JSONDecoder().decode(Graph.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
    name = graph.module.name
    for symbol in graph.symbols.sorted(by: { $0.pathComponents.lexicographicallyPrecedes($1.pathComponents) }) {
        // What the compiler makes, and extensions as such.
        if symbol.identifier.precise.contains("::SYNTHESIZED::") || symbol.kind.identifier == "swift.extension" { continue }
        if let last = symbol.pathComponents.last, known.contains(last) { continue }
        if symbol.pathComponents.contains("CodingKeys") { continue }
        let text = symbol.docComment?.lines.map(\.text).joined().trimmingCharacters(in: .whitespaces) ?? ""
        guard text.isEmpty else {
            documented += 1
            continue
        }
        // A synthesised memberwise initialiser is never public, so what has no place was made by the compiler.
        guard let location = symbol.location else { continue }
        missing += 1
        let file = location.uri.replacingOccurrences(of: "file://", with: "")
        let place = file.components(separatedBy: "/Sources/").dropFirst().joined(separator: "/Sources/")
        print("Sources/\(place):\(location.position.line + 1): \(symbol.pathComponents.joined(separator: "."))")
    }
}
let all = documented + missing
let share = all == 0 ? "100" : String(format: "%.1f", Double(documented) / Double(all) * 100)
FileHandle.standardError.write(Data("\(name): \(documented) of \(all) public declarations are documented, \(share)%\n".utf8))
exit(missing == 0 ? 0 : 1)
