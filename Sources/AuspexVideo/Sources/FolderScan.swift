import AuspexSupport
import AuspexTensors
import Foundation

/// Videos and image sequences under a folder, in a fixed order.
///
/// A folder that contains images and no videos is one sequence of frames. Names beginning with a dot are skipped. Links are followed, each folder
/// once.
package struct FolderScan {
    package struct Entry: Equatable {
        package var path: String
        package var className: String
        /// Frames in order; nil for a video.
        package var images: [String]?
    }

    package private(set) var entries: [Entry] = []
    /// Files that are neither videos nor frames.
    package private(set) var ignored: [String] = []
    private var visited: Set<String> = []

    static let videoEndings: Set<String> = [
        "3g2", "3gp", "264", "265", "asf", "avi", "divx", "dv", "f4v", "flv", "gif", "h264", "h265", "hevc", "ivf",
        "m1v",
        "m2ts", "m2v", "m4v", "mjpeg", "mjpg", "mkv", "mov", "mp4", "mpe", "mpeg", "mpg", "mts", "mxf", "nut", "obu",
        "ogm",
        "ogv", "rm", "rmvb", "ts", "vob", "webm", "wmv", "y4m",
    ]
    static let imageEndings: Set<String> = [
        "bmp", "jpeg", "jpg", "pgm", "png", "pnm", "ppm", "tif", "tiff", "webp",
    ]

    package init(of folder: String) throws {
        try scan(folder)
    }

    private mutating func scan(_ folder: String) throws {
        let url = URL(fileURLWithPath: folder).resolvingSymlinksInPath()
        guard visited.insert(url.path).inserted else { return }
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder)
        } catch {
            throw VideoError(FileError.reading(folder, code: error.systemCode ?? EACCES))
        }
        var folders: [String] = []
        var images: [String] = []
        var hasVideo = false
        // Frame 10 comes after frame 9, whatever the leading zeros.
        for name in names.filter({ !$0.hasPrefix(".") }).sorted(by: Self.comesBefore) {
            let path = folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
                // A dangling link.
                ignored.append(path)
                continue
            }
            let ending = (name as NSString).pathExtension.lowercased()
            if isFolder.boolValue {
                folders.append(path)
            } else if Self.videoEndings.contains(ending) {
                hasVideo = true
                entries.append(Entry(path: path, className: url.lastPathComponent))
            } else if Self.imageEndings.contains(ending) {
                images.append(path)
            } else {
                ignored.append(path)
            }
        }
        if hasVideo {
            ignored += images
        } else if !images.isEmpty {
            let above = url.deletingLastPathComponent().lastPathComponent
            entries.append(Entry(path: folder, className: above, images: images))
        }
        for folder in folders { try scan(folder) }
    }

    /// Orders names such that runs of digits count as numbers, however long; equal numbers by their leading zeros.
    package static func comesBefore(_ left: String, _ right: String) -> Bool {
        let (a, b) = (pieces(of: left), pieces(of: right))
        for (x, y) in zip(a, b) where x != y {
            if let isLess = Self.isLess(x, y) { return isLess }
            return x < y
        }
        return a.count != b.count ? a.count < b.count : left < right
    }

    /// Whether one number is less than another; nil if they are equal, or one of the two is not a number.
    private static func isLess(_ left: String, _ right: String) -> Bool? {
        guard left.first?.isWholeNumber == true, right.first?.isWholeNumber == true else { return nil }
        let (p, q) = (left.drop { $0 == "0" }, right.drop { $0 == "0" })
        if p == q { return nil }
        return p.count != q.count ? p.count < q.count : p < q
    }

    /// A name's runs of digits, and the parts between them.
    static func pieces(of name: String) -> [String] {
        var pieces: [String] = []
        var wasDigit: Bool?
        for character in name {
            let isDigit = character.isASCII && character.isNumber
            if isDigit == wasDigit, let last = pieces.indices.last {
                pieces[last].append(character)
            } else {
                pieces.append(String(character))
            }
            wasDigit = isDigit
        }
        return pieces
    }

    func items(pool: ReaderPool, framesPerSecond: Double?) -> [any ClipItem] {
        entries.map { entry in
            if let images = entry.images {
                return ImageSequenceItem(
                    path: entry.path, images: images, className: entry.className, framesPerSecond: framesPerSecond)
            }
            return VideoItem(path: entry.path, className: entry.className, pool: pool)
        }
    }
}
