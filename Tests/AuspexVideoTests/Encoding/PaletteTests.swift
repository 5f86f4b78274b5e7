import AuspexTensors
import AuspexVideo
import TestSupport
import Testing

@Suite("Palettes") struct PaletteTests {
    private func shown(_ frame: Tensor, _ palette: inout Palette, dithered: Bool) -> Tensor {
        let indices = palette.indices(of: frame, dithered: dithered)
        var bytes: [UInt8] = []
        for index in indices {
            var colour = palette.colours[Int(index)].bigEndian
            withUnsafeBytes(of: &colour) { bytes.append(contentsOf: $0.dropFirst()) }
        }
        return Tensor(bytes, shape: frame.shape)
    }

    @Test("Few colours are kept exactly") func exact() {
        var bytes: [UInt8] = []
        for place in 0..<600 {
            let step = UInt8(place % 60)
            bytes += [step * 4, 255 - step * 4, step % 8 * 32]
        }
        let frame = Tensor(bytes, shape: [20, 30, 3])
        var palette = Palette(of: [frame])
        #expect(palette.colours.count == 60)
        let result = shown(frame, &palette, dithered: false)
        #expect(same(result, frame))
    }

    @Test("All colours at once are matched as well as 256 entries can") func full() {
        let frame = noise([64, 64, 3])
        var palette = Palette(of: [frame])
        #expect(palette.colours.count == 256)
        // A 6×6×6 cube of evenly spaced colours reaches 24.7 dB on evenly spread colours.
        let result = shown(frame, &palette, dithered: false)
        #expect(peakSignalToNoise(result, frame) > 25)
    }

    @Test("A rare colour far from all others has its own entry") func rare() {
        var bytes = noise([40, 40, 3]).scalars(as: UInt8.self).map { $0 / 8 }
        bytes.replaceSubrange(0..<3, with: [255, 0, 255])
        var palette = Palette(of: [Tensor(bytes, shape: [40, 40, 3])], count: 16)
        let entry = palette.indices(of: Tensor(bytes, shape: [40, 40, 3]))[0]
        #expect(palette.colours[Int(entry)] == 0xFF00FF)
    }

    @Test("Dithering keeps the mean of a slope closer than the nearest entry does") func dithering() {
        let slope = (0..<4096).map { (place: Int) -> UInt8 in UInt8(100 + (place % 64) / 4) }
        let frame = Tensor(slope, shape: [64, 64, 1])
        var palette = Palette(of: [frame], count: 2)
        func meanError(_ dithered: Bool) -> Double {
            let indices = palette.indices(of: frame, dithered: dithered)
            var total = 0.0
            for block in 0..<16 {
                var sum: UInt32 = 0
                for row in 0..<64 {
                    for column in block * 4..<block * 4 + 4 {
                        sum += palette.colours[Int(indices[row * 64 + column])] & 255
                    }
                }
                total += abs(Double(sum) / 256 - Double(100 + block)) / 16
            }
            return total
        }
        let (with, without) = (meanError(true), meanError(false))
        #expect(with < 0.75 * without)
    }
}
