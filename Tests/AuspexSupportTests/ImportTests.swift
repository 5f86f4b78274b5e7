import AuspexSupport
import Foundation
import Testing

/// Holds every `import` and every declared dependency against the order of the targets in `docs/architecture.md`.
@Suite struct ImportTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    @Test func importsFollowTheTable() throws {
        let manifest = try String(contentsOf: Self.root.appending(path: "Package.swift"), encoding: .utf8)
        let guide = try String(contentsOf: Self.root.appending(path: "docs/architecture.md"), encoding: .utf8)
        var house = House(manifest: manifest, guide: guide)
        try #require(house.targets.count > 20, "Package.swift was not understood: \(house.targets)")
        for target in house.targets.keys { house.imports[target] = try Self.imports(of: target) }
        #expect(house.violations == [])
    }

    /// Each target's documentation catalogue lists what it imports of this package.
    @Test func cataloguesSayWhatIsImported() throws {
        let manifest = try String(contentsOf: Self.root.appending(path: "Package.swift"), encoding: .utf8)
        let house = House(manifest: manifest, guide: "")
        let listed = house.targets.keys.filter { $0.hasPrefix("Auspex") && $0 != "AuspexCommand" }
        try #require(listed.count > 10)
        for target in listed.sorted() {
            let path = "Sources/\(target)/\(target).docc/\(target).md"
            let page = try String(contentsOf: Self.root.appending(path: path), encoding: .utf8)
            let line = try #require(page.firstMatch(of: /Imports of this package: ([\w, ]+)\./)?.1, "\(path)")
            let own = house.targets[target, default: []].filter { $0.hasPrefix("Auspex") }
            #expect(Set(line.split(separator: ", ").map(String.init)) == (own.isEmpty ? ["none"] : own), "\(path)")
        }
    }

    @Test func anImportUpwardsIsFound() {
        let violations = Self.small { $0.imports["Lower"] = ["Upper"] }
        #expect(violations.contains("Lower imports Upper, which does not come before it in the table"))
        #expect(violations.contains("Lower imports Upper, which Package.swift does not declare for it"))
    }

    @Test func aDependencyThatNobodyUsesIsFound() {
        let violations = Self.small { $0.imports["Upper"] = [] }
        #expect(violations == ["Upper declares Lower in Package.swift and imports it nowhere"])
    }

    @Test func aTargetMissingFromTheTableIsFound() {
        let violations = Self.small { $0.order.removeAll { $0 == "Upper" } }
        #expect(violations == ["Upper is missing from the table in docs/architecture.md"])
    }

    @Test func aTargetThatIsGoneIsFound() {
        let violations = Self.small { $0.order.append("Attic") }
        #expect(violations == ["the table in docs/architecture.md names Attic, which Package.swift does not have"])
    }

    /// Two targets that obey the rules, changed by `change`.
    private static func small(_ change: (inout House) -> Void) -> [String] {
        var house = House(
            manifest: #".target(name: "Lower"), .target(name: "Upper", dependencies: ["Lower"]),"#,
            guide: "| target | rooms |\n|---|---|\n| `Lower` | x |\n| `Upper` | y |\n")
        house.imports = ["Lower": [], "Upper": ["Lower"]]
        change(&house)
        return house.violations
    }

    private static func imports(of target: String) throws -> Set<String> {
        let folder = root.appending(path: "Sources").appending(path: target)
        let files = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
        var found: Set<String> = []
        for file in files where file.hasSuffix(".swift") {
            let text = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
            for match in text.matches(of: /(?m)^(?:@\w+ |public |package |internal )*import (\w+)$/) {
                found.insert(String(match.1))
            }
        }
        return found
    }
}

/// What Package.swift declares, what the guide orders, and what files import.
private struct House {
    /// Each target of `Sources/` with its declared dependencies, our own and other packages' products.
    var targets: [String: Set<String>] = [:]
    /// Targets in the order of the guide's table: each may import those before it.
    var order: [String] = []
    var imports: [String: Set<String>] = [:]

    init(manifest: String, guide: String) {
        let declarations = manifest.split(separator: /\.(?=target\(|executableTarget\(|systemLibrary\(|testTarget\()/)
        for declaration in declarations {
            guard let kind = declaration.prefixMatch(of: /(target|executableTarget|systemLibrary)\(\s*name: "(\w+)"/),
                kind.2 != "TestSupport"
            else { continue }
            let listed = declaration.firstMatch(of: /dependencies: \[((?:[^\[\]]|\[[^\]]*\])*)\]/)?.1 ?? ""
            let products = listed.matches(of: /name: "(\w+)", package/).map { String($0.1) }
            let own = listed.replacing(/\.product\([^)]*\)/, with: "").matches(of: /"(\w+)"/).map { String($0.1) }
            targets[String(kind.2)] = Set(products + own)
        }
        for row in guide.matches(of: /(?m)^\| (`\w+`(?:, `\w+`)*)[^|]*\|/) {
            order += row.1.matches(of: /`(\w+)`/).map { String($0.1) }
        }
    }

    var violations: [String] {
        var found: [String] = []
        let places = Dictionary(order.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        for (target, declared) in targets.sorted(by: { $0.key < $1.key }) {
            let known = Set(targets.keys).union(declared)
            let imported = (imports[target] ?? []).filter { known.contains($0) && $0 != target }
            guard let place = places[target] else {
                found.append("\(target) is missing from the table in docs/architecture.md")
                continue
            }
            for other in imported.sorted() {
                if targets[other] != nil, places[other].map({ $0 >= place }) ?? false {
                    found.append("\(target) imports \(other), which does not come before it in the table")
                }
                if !declared.contains(other) {
                    found.append("\(target) imports \(other), which Package.swift does not declare for it")
                }
            }
            for other in declared.subtracting(imported).sorted() {
                found.append("\(target) declares \(other) in Package.swift and imports it nowhere")
            }
        }
        for name in order where targets[name] == nil {
            found.append("the table in docs/architecture.md names \(name), which Package.swift does not have")
        }
        return found
    }
}
