import ArgumentParser
import AuspexSupport

/// `64` is a square, `640x384` is width by height, as video programs write it.
extension FrameSize: ExpressibleByArgument {
    public init?(argument: String) {
        let sides = argument.split(omittingEmptySubsequences: false) { "x×X".contains($0) }.map { Int($0) }
        switch sides.count {
        case 1: if let side = sides[0] { self.init(side) } else { return nil }
        case 2:
            if let width = sides[0], let height = sides[1] {
                self.init(height: height, width: width)
            } else {
                return nil
            }
        default: return nil
        }
    }

    public var defaultValueDescription: String { isSquare ? "\(height)" : "\(width)x\(height)" }
}

/// Refuses a size with a side below the least or above the most that an option takes, as part of `validate()`.
func requireSize(atLeast least: Int, _ size: FrameSize?, _ option: String) throws {
    for side in size?.sides ?? [] { try requireAtLeast(least, side, option, atMost: Most.side) }
}
