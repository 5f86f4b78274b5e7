import Foundation

/// Making folders, with the system's reason where it fails.
package enum FolderMaking {
    package static func make(_ folder: String) throws {
        try AtomicFile.makeFolders(folder)
    }
}
