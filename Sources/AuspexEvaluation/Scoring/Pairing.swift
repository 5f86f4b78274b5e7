import AuspexSupport
import AuspexTensors
import AuspexVideo
import Foundation

/// Which clip is compared with which.
package struct Pairing {
    let pairs: [(real: Int, predicted: Int)]
    /// The rule, in words.
    let rule: String

    /// - Throws: `VideoError` where a clip of either set has no partner: nothing is left out silently; `FileError` where the system does not
    /// let us check whether a name is a folder's.
    init(_ real: ScoredSet, _ predicted: ScoredSet) throws {
        if real.items.count == 1, predicted.items.count == 1 {
            pairs = [(0, 0)]
            rule = "one clip each"
            return
        }
        if real.isArray || predicted.isArray {
            guard real.items.count == predicted.items.count else {
                throw VideoError(
                    .badSource, predicted.source.description,
                    "has \(predicted.items.count, "clip"), \(real.source.description) has \(real.items.count): elements of "
                        + "arrays are paired in their order, so there must be as many")
            }
            pairs = real.items.indices.map { ($0, $0) }
            rule = "by order"
            return
        }
        // Folders of classes may repeat names: the path below the set's folder distinguishes such clips.
        let simple = try [real, predicted].map { set in try set.items.map { try Self.key($0.name) } }
        let areUnique = simple.allSatisfy { Set($0).count == $0.count }
        let (realKeys, predictedKeys) =
            areUnique ? (simple[0], simple[1]) : (try Self.paths(in: real), try Self.paths(in: predicted))
        let places = Dictionary(uniqueKeysWithValues: zip(predictedKeys, predictedKeys.indices))
        pairs = try real.items.indices.map { index in
            guard let partner = places[realKeys[index]] else {
                throw Self.noPartner(of: real.items[index].name, realKeys[index], in: predicted)
            }
            return (index, partner)
        }
        if predictedKeys.count > pairs.count {
            let known = Set(realKeys)
            let left = predictedKeys.indices.first { !known.contains(predictedKeys[$0]) } ?? 0
            throw Self.noPartner(of: predicted.items[left].name, predictedKeys[left], in: real)
        }
        rule = "by name"
    }

    /// An item's name without folder, ending, and the words that `auspex predict` adds.
    package static func key(_ name: String) throws -> String {
        (try withoutEnding(name) as NSString).lastPathComponent
    }

    private static func withoutEnding(_ name: String) throws -> String {
        // A folder of frames may be named s.1.
        let stem = try FileKind.of(name) == .folder ? name : (name as NSString).deletingPathExtension
        return stem.hasSuffix("-predicted") ? String(stem.dropLast("-predicted".count)) : stem
    }

    /// Keys of a set with the folders below the set's own.
    private static func paths(in set: ScoredSet) throws -> [String] {
        var folder = set.source.description
        while folder.hasSuffix("/") { folder.removeLast() }
        let keys = try set.items.map { item in
            let name = try withoutEnding(item.name)
            return name.hasPrefix(folder + "/") ? String(name.dropFirst(folder.count + 1)) : name
        }
        var seen: Set<String> = []
        if let twice = keys.first(where: { !seen.insert($0).inserted }) {
            throw VideoError(
                .badSource, set.source.description,
                "has several clips of one name (\(twice)): clips are paired by name, endings and '-predicted' apart")
        }
        return keys
    }

    private static func noPartner(of name: String, _ key: String, in set: ScoredSet) -> VideoError {
        VideoError(
            .badSource, set.source.description,
            "has no clip named \(key) for \(name): clips are paired by name, endings and '-predicted' apart "
                + "(fvd and kvd alone compare sets, which need no pairs)")
    }
}
