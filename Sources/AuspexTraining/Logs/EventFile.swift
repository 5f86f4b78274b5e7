import AuspexSupport
import AuspexTensors
import Foundation

/// A TensorBoard event file: scalars and pictures by step.
///
/// Source: tensorflow/core/util/event.proto and summary.proto for the messages; core/lib/io/record_writer.h for the frames around them:
/// length (8 bytes), masked CRC-32C of the length, the message, masked CRC-32C of the message.
public final class EventFile {
    /// An encoded picture.
    public struct Picture: Sendable {
        /// The bytes of a PNG file.
        public let png: [UInt8]
        /// Rows of the picture.
        public let height: Int
        /// Columns of the picture.
        public let width: Int
        /// 1 grey, 3 RGB, 4 with alpha.
        public let channels: Int

        /// A picture that is already encoded.
        public init(png: [UInt8], height: Int, width: Int, channels: Int) {
            self.png = png
            self.height = height
            self.width = width
            self.channels = channels
        }
    }

    /// The file that is written.
    public let path: String
    private let file: AppendedFile
    private let clock: () -> Double

    /// Starts a new event file in a run's folder: TensorBoard reads all of a folder's files as one history.
    ///
    /// - Parameters:
    ///   - resumedStep: the step that a run resumes from: TensorBoard drops what earlier files say about later steps. Nil for a new run.
    ///   - clock: seconds since 1970.
    /// - Throws: `FileError` where it cannot be written.
    public convenience init(
        inFolder folder: String, resumingFrom resumedStep: Int? = nil,
        clock: @escaping () -> Double = { Date().timeIntervalSince1970 }
    ) throws {
        // TensorBoard orders files by name: the time comes first; the process and a number distinguish files of the same second.
        let stem =
            "\(folder)/\(Self.namePrefix)\(String(Int(clock()), digits: 10)).\(ProcessInfo.processInfo.hostName)"
        let names = (0...).lazy.map { (number: Int) -> String in "\(stem).\(getpid()).\(number)" }
        let path = names.first { (name: String) -> Bool in access(name, F_OK) != 0 }
        try self.init(path: path ?? stem, resumingFrom: resumedStep, clock: clock)
    }

    package init(path: String, resumingFrom resumedStep: Int?, clock: @escaping () -> Double) throws {
        file = try AppendedFile(path: path)
        self.path = path
        self.clock = clock
        try write(step: 0) { $0.add(3, "brain.Event:2") }
        if let resumedStep {
            // A session log with status START: readers drop what they have for this step and later ones.
            try write(step: resumedStep + 1) { $0.add(7) { $0.add(1, 1) } }
        }
    }

    /// Writes numbers for a step.
    public func add(step: Int, scalars: [(tag: String, value: Double)]) throws {
        guard !scalars.isEmpty else { return }
        try write(step: step) { event in
            event.add(5) { summary in
                for (tag, value) in scalars {
                    summary.add(1) {
                        $0.add(1, tag)
                        $0.add(2, Float(value))
                    }
                }
            }
        }
    }

    /// Writes a picture for a step.
    public func add(step: Int, tag: String, picture: Picture) throws {
        try write(step: step) { event in
            event.add(5) { summary in
                summary.add(1) {
                    $0.add(1, tag)
                    $0.add(4) {
                        $0.add(1, picture.height)
                        $0.add(2, picture.width)
                        $0.add(3, picture.channels)
                        $0.add(4, picture.png)
                    }
                }
            }
        }
    }

    private func write(step: Int, _ build: (inout ProtocolBuffer) -> Void) throws {
        var event = ProtocolBuffer()
        event.add(1, clock())
        event.add(2, step)
        build(&event)
        let length = withUnsafeBytes(of: UInt64(event.bytes.count).littleEndian) { Array($0) }
        let record = length + Self.maskedChecksum(length) + event.bytes + Self.maskedChecksum(event.bytes)
        // A killed program leaves at most one incomplete record, at which readers stop.
        try file.append(record)
    }

    /// Rotated and shifted, because checksums of data that contain checksums are weak.
    static func maskedChecksum(_ bytes: [UInt8]) -> [UInt8] {
        let crc = CRC32C(bytes).value
        let masked = (crc >> 15 | crc << 17) &+ 0xA282_EAD8
        return withUnsafeBytes(of: masked.littleEndian) { Array($0) }
    }
}
