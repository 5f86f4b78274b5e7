import AuspexTensors
import AuspexVideo
import Testing

@Suite("Palettes") struct PaletteTests {
    private func shown(_ frame: Tensor, _ palette: inout Palette, dithered: Bool) -> Tensor {
        let indices = palette.indices(of: frame, dithered: dithered)
        let bytes = indices.flatMap { index -> [UInt8] in
            let colour = palette.colours[Int(index)]
            return [UInt8(colour >> 16 & 255), UInt8(colour >> 8 & 255), UInt8(colour & 255)]
        }
        return Tensor(bytes, shape: frame.shape)
    }

    @Test("Few colours are kept exactly") func exact() {
        let colours = (0..<60).map { [UInt8($0 * 4), UInt8(255 - $0 * 4), UInt8($0 % 8 * 32)] }
        let frame = Tensor((0..<600).flatMap { colours[$0 % 60] }, shape: [20, 30, 3])
        var palette = Palette(of: [frame])
        #expect(palette.colours.count == 60)
        #expect(same(shown(frame, &palette, dithered: false), frame))
    }

    @Test("All colours at once are met within what 256 can do") func full() {
        let frame = noise([64, 64, 3])
        var palette = Palette(of: [frame])
        #expect(palette.colours.count == 256)
        // A 6×6×6 cube of evenly spaced colours reaches 24.7 dB on evenly spread colours.
        #expect(peakSignalToNoise(shown(frame, &palette, dithered: false), frame) > 25)
    }

    @Test("A rare colour far from all others has an entry of its own") func rare() {
        var bytes = noise([40, 40, 3]).scalars(as: UInt8.self).map { $0 / 8 }
        bytes.replaceSubrange(0..<3, with: [255, 0, 255])
        var palette = Palette(of: [Tensor(bytes, shape: [40, 40, 3])], count: 16)
        let entry = palette.indices(of: Tensor(bytes, shape: [40, 40, 3]))[0]
        #expect(palette.colours[Int(entry)] == 0xFF00FF)
    }

    @Test("Dithering keeps the mean of a slope closer than the nearest entry does") func dithering() {
        let frame = Tensor((0..<64 * 64).map { UInt8(100 + $0 % 64 / 4) }, shape: [64, 64, 1])
        var palette = Palette(of: [frame], count: 2)
        func worstColumn(_ dithered: Bool) -> Double {
            let indices = palette.indices(of: frame, dithered: dithered)
            return (0..<16).map { block -> Double in
                let places = (0..<64).flatMap { row in (0..<4).map { row * 64 + block * 4 + $0 } }
                let mean = places.reduce(0.0) { $0 + Double(palette.colours[Int(indices[$1])] & 255) } / 256
                return abs(mean - Double(100 + block))
            }.max() ?? 0
        }
        #expect(worstColumn(true) < worstColumn(false))
    }
}
