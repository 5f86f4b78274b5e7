import Foundation

/// Makes folders, with the system's reason if it fails.
package enum FolderMaking {
    package static func make(_ folder: String) throws {
        try AtomicFile.makeFolders(folder)
    }
}
