import AuspexSupport
import AuspexTensors
import Foundation

/// A list of videos, one per line: path, and optionally class, start and end in seconds after the first frame, separated by commas (or tabs).
///
/// Paths are relative to the list's folder. A first line that names its columns (`path,start,end`; `file` and `video` also mean path) may put them in any
/// order; without one the order is path, class, start, end, and fields may be empty. `#` begins a comment line. Fields with commas are in double quotes.
package struct ClipList {
    package struct Entry: Equatable {
        package var path: String
        package var className: String?
        package var window: Range<Double>?
        /// Line of the list, counted from 1.
        package var line: Int

        package init(path: String, className: String?, window: Range<Double>?, line: Int) {
            self.path = path
            self.className = className
            self.window = window
            self.line = line
        }
    }

    package private(set) var entries: [Entry] = []
    private let path: String
    private static let columns = ["path", "class", "start", "end"]

    /// - Throws: `VideoError.badList` with the line that cannot be read, what it holds and what was expected.
    package init(path: String) throws {
        self.path = path
        guard let file = try? RandomAccessFile(path: path), let bytes = try? file.bytes(at: 0, count: file.sizeBytes),
            let text = String(bytes: bytes, encoding: .utf8)
        else {
            throw VideoError(.notReadable, path, "cannot be read as UTF-8 text: a list has one video file a line")
        }
        let folder = PathParts.folder(of: path)
        var order = Self.columns
        var isFirst = true
        for (number, raw) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            var line = raw.trimmingCharacters(in: .whitespaces)
            // The byte-order mark that some editors put in front of UTF-8.
            if number == 0, line.hasPrefix("\u{FEFF}") { line.removeFirst() }
            if line.isEmpty || line.hasPrefix("#") { continue }
            let fields = try Self.fields(of: line, wholeIfFile: folder, list: path, number: number + 1)
            defer { isFirst = false }
            if isFirst, let heading = try Self.heading(fields, list: path, number: number + 1) {
                order = heading
                continue
            }
            entries.append(try Self.entry(fields, order: order, folder: folder, list: path, number: number + 1))
        }
        guard !entries.isEmpty else { throw VideoError(.badList, path, "no video in it: a list has one file a line") }
    }

    /// The columns that a line names, if it names any.
    private static func heading(_ fields: [String], list: String, number: Int) throws -> [String]? {
        let names = fields.map { field in
            let name = field.lowercased()
            return ["file", "video"].contains(name) ? "path" : name
        }
        guard fields.count > 1 || names == ["path"], names.contains(where: columns.contains) else { return nil }
        if let stranger = names.first(where: { !columns.contains($0) }) {
            throw VideoError(
                .badList, list,
                "line \(number): unknown column '\(stranger)', expected \(columns.joined(separator: ", "))")
        }
        guard Set(names).count == names.count else {
            throw VideoError(.badList, list, "line \(number): a column is named twice")
        }
        guard names.contains("path") else {
            throw VideoError(.badList, list, "line \(number): no column is called path: which holds the videos' files?")
        }
        return names
    }

    private static func entry(
        _ fields: [String], order: [String], folder: String, list: String, number: Int
    ) throws -> Entry {
        guard fields.count <= order.count else {
            throw VideoError(
                .badList, list,
                "line \(number): \(fields.count, "field"), expected at most \(order.count) (\(order.joined(separator: ", "))); "
                    + "put a path with commas in double quotes")
        }
        func field(_ name: String) -> String? {
            guard let place = order.firstIndex(of: name), place < fields.count else { return nil }
            return fields[place].isEmpty ? nil : fields[place]
        }
        func seconds(_ name: String) throws -> Double? {
            guard let text = field(name) else { return nil }
            guard let value = Double(text), value.isFinite, value >= 0 else {
                throw VideoError(
                    .badList, list, "line \(number): \(name) is '\(text)', expected seconds such as 12.5")
            }
            return value
        }
        guard let path = field("path") else { throw VideoError(.badList, list, "line \(number): no path") }
        let (start, end) = (try seconds("start"), try seconds("end"))
        if let start, let end, start >= end {
            throw VideoError(.badList, list, "line \(number): ends at \(end) s, not after its start at \(start) s")
        }
        let window = start == nil && end == nil ? nil : (start ?? 0)..<(end ?? .infinity)
        return Entry(path: absolute(path, folder: folder), className: field("class"), window: window, line: number)
    }

    private static func absolute(_ path: String, folder: String) -> String {
        path.hasPrefix("/") || folder.isEmpty ? path : "\(folder)/\(path)"
    }

    /// A line that as a whole is the name of a file is not split: names may contain commas.
    private static func fields(of line: String, wholeIfFile folder: String, list: String, number: Int) throws
        -> [String]
    {
        if FileManager.default.fileExists(atPath: absolute(line, folder: folder)) { return [line] }
        let separator: Character = line.contains("\t") ? "\t" : ","
        var fields: [String] = []
        var field = ""
        var isQuoted = false
        var rest = Substring(line)
        while let character = rest.popFirst() {
            if isQuoted {
                if character != "\"" {
                    field.append(character)
                } else if rest.first == "\"" {
                    rest.removeFirst()
                    field.append(character)
                } else {
                    isQuoted = false
                }
            } else if character == "\"", field.allSatisfy(\.isWhitespace) {
                (field, isQuoted) = ("", true)
            } else if character == separator {
                fields.append(field.trimmingCharacters(in: .whitespaces))
                field = ""
            } else {
                field.append(character)
            }
        }
        guard !isQuoted else { throw VideoError(.badList, list, "line \(number): a double quote is not closed") }
        return fields + [field.trimmingCharacters(in: .whitespaces)]
    }

    func items(pool: ReaderPool, framesPerSecond: Double?) throws -> [any ClipItem] {
        try entries.map { entry -> any ClipItem in
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: entry.path, isDirectory: &isFolder), isFolder.boolValue else {
                return VideoItem(path: entry.path, className: entry.className, window: entry.window, pool: pool)
            }
            guard let images = try FolderScan(of: entry.path).entries.first(where: { $0.path == entry.path })?.images
            else {
                throw VideoError(
                    .badList, path,
                    "line \(entry.line): \(entry.path) is a folder without pictures of its own: name its videos, or the folders of pictures in it"
                )
            }
            return ImageSequenceItem(
                path: entry.path, images: images, className: entry.className, framesPerSecond: framesPerSecond,
                window: entry.window)
        }
    }
}
