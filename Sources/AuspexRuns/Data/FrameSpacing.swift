import AuspexSupport
import AuspexVideo

/// How closely the frames of clips match the times of a request in seconds: files of another frame rate repeat frames or miss the requested times.
package struct FrameSpacing {
    private let request: ClipRequest
    private var clips = 0
    private var repeating = 0
    private var uneven = 0
    private var withoutClock = 0

    package init(_ request: ClipRequest) { self.request = request }

    package mutating func take(_ clip: Clip) {
        take(frames: clip.frameIndices, hasClock: clip.frameIntervalSeconds != nil)
    }

    /// - Parameter frames: numbers of a clip's frames in its file, in rising order.
    mutating func take(frames: [Int], hasClock: Bool = true) {
        clips += 1
        if !hasClock { withoutClock += 1 }
        let steps = Set(zip(frames, frames.dropFirst()).map { $1 - $0 })
        if steps.contains(0) { repeating += 1 } else if steps.count > 1 { uneven += 1 }
    }

    /// Notes for readers of the results, a line each.
    ///
    /// - Parameter source: the source's name in messages.
    package func notes(on source: String) -> [String] {
        guard let seconds = request.step.wantedSeconds else { return [] }
        let wanted = "the model expects frames \(Self.text(seconds)) s apart"
        func some(_ count: Int) -> String { clips == 1 ? "" : " in \(count) of \(clips) clips" }
        var notes: [String] = []
        if repeating > 0 {
            notes.append(
                "\(source): frames are repeated\(some(repeating)), because \(wanted) and the video has fewer: a copied frame then scores too well; use videos of at least \(Self.text(1 / seconds)) frames a second"
            )
        }
        if uneven > 0 {
            notes.append(
                "\(source): frames are unevenly spaced\(some(uneven)), because \(wanted) and the video has another rate: the nearest frames are taken"
            )
        }
        if withoutClock > 0 {
            notes.append("\(source): has no frame rate, so frames are taken as they follow each other; \(wanted)")
        }
        return notes
    }

    private static func text(_ number: Double) -> String { NumberText.rounded(number, digits: 3) }
}
