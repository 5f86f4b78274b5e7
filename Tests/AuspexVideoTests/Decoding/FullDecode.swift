import AuspexTensors
import AuspexVideo

/// Every frame of a file as the ffmpeg program decodes it, for comparison with frames that were asked for one by one.
struct FullDecode {
    let file: String
    let bytes: [UInt8]

    init(of file: String) throws {
        self.file = file
        bytes = try FFmpegProgram.frames(of: file)
    }

    /// Asks for frames at the start, in the middle, at the end and at random places, by readers that have just opened the file and by one that
    /// jumps in it.
    ///
    /// - Parameter doubts: how many frames may be refused because decodes of the whole file differ.
    /// - Returns: what differs; empty where nothing does.
    func differences(allowing doubts: Int = 0) throws -> [String] {
        let reader = try VideoReader(path: file, threads: 2)
        let count = reader.frameCount
        let frameBytes = try reader.storedBytes(at: [count - 1])[0].count
        guard bytes.count == frameBytes * count, count > 5 else {
            return ["\(file): \(bytes.count / frameBytes) frames in a full decode, \(count) in the index"]
        }
        let suspects = Set(reader.index.suspectFrames.joined())
        var differences = suspects.count > doubts ? ["\(file): frames \(suspects.sorted()) are refused"] : []
        func compare(_ numbers: [Int], by reader: VideoReader, continuing: Bool = false) throws {
            guard suspects.isDisjoint(with: numbers) else {
                if (try? reader.storedBytes(at: numbers)) != nil {
                    differences.append("\(file): \(numbers) not refused")
                }
                return
            }
            let got = try reader.storedBytes(at: numbers, continuing: continuing)
            if got.count != numbers.count { differences.append("\(file): \(got.count) frames for \(numbers)") }
            for (number, frame) in zip(numbers, got)
            where !bytes[number * frameBytes..<(number + 1) * frameBytes].elementsEqual(frame) {
                differences.append("\(file): frame \(number) of \(numbers)")
            }
        }
        for first in [0, count / 2, count - 5] {
            try compare(Array(first..<first + 5), by: try VideoReader(path: file, threads: 1))
        }
        try compare([count - 1], by: reader)
        let stream = RandomStream(seed: 7, name: "places")
        for draw in 0..<10 {
            let first = stream.integer(below: count, at: 3 * draw)
            let step = 1 + stream.integer(below: 3, at: 3 * draw + 1)
            let numbers = Array(Swift.stride(from: first, to: min(count, first + 4 * step), by: step))
            try compare(numbers, by: reader, continuing: stream.integer(below: 2, at: 3 * draw + 2) == 1)
        }
        for first in Swift.stride(from: 0, to: count, by: 7) {
            try compare(Array(first..<min(count, first + 7)), by: reader, continuing: true)
        }
        return differences
    }
}
