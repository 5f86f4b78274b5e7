import AuspexGraphics
import AuspexSupport
import AuspexTensors
import AuspexVideo
import Foundation
import TestSupport
import Testing

@Suite("Plots") struct LinePlotTests {
    @Test("Ticks are round, few, and cover the values") func ticks() {
        let axis = PlotAxis(covering: [17.2, 31.9])
        #expect(axis.ticks == [15, 17.5, 20, 22.5, 25, 27.5, 30, 32.5] || axis.ticks == [15, 20, 25, 30, 35])
        #expect(axis.lower <= 17.2 && axis.upper >= 31.9)
        let small = PlotAxis(covering: [0, 0.012])
        #expect(small.ticks.map(small.text) == ["0.000", "0.002", "0.004", "0.006", "0.008", "0.010", "0.012"])
        let quarter = PlotAxis(covering: [-0.1, 1], ticks: 5)
        #expect(quarter.ticks.map(quarter.text) == ["−0.25", "0.00", "0.25", "0.50", "0.75", "1.00"])
        let tight = PlotAxis(covering: [1, 11], ticks: 8, isTight: true)
        #expect(tight.lower == 1 && tight.upper == 11 && tight.ticks == [2, 4, 6, 8, 10])
        let steps = PlotAxis(covering: [1, 3], ticks: 8, isTight: true, hasWholeTicks: true)
        #expect(steps.ticks.map(steps.text) == ["1", "2", "3"])
        let more = PlotAxis(covering: [1, 20], ticks: 8, isTight: true, hasWholeTicks: true)
        #expect(more.ticks == [5, 10, 15, 20])
        let decades = PlotAxis(covering: [0.03, 40, -1], isLogarithmic: true)
        #expect(decades.ticks.map(decades.text) == ["0.01", "0.1", "1", "10", "100"])
        #expect(decades.place(of: 1) == 0.5 && decades.place(of: 0) == nil && decades.place(of: .nan) == nil)
    }

    @Test("Every span has between two and twelve ticks") func spans() {
        for power in -6...6 {
            for mantissa in [1.0, 1.3, 2.2, 3.7, 4.99, 7.7, 9.9] {
                for offset in [0.0, 0.37, -12.5] {
                    let span = mantissa * pow(10, Double(power))
                    let axis = PlotAxis(covering: [offset * span, (offset + 1) * span])
                    #expect((2...12).contains(axis.ticks.count), "\(axis)")
                }
            }
        }
        #expect(PlotAxis(covering: []).ticks.count > 1)
        #expect(PlotAxis(covering: [3, 3]).lower < 3)
    }

    @Test("Plots draw any values") func drawing() throws {
        let frames = (1...11).map(Double.init)
        var plot = LinePlot(
            title: "PSNR", xLabel: "frame", yLabel: "dB",
            series: [
                .init(name: "model", x: frames, y: frames.map { 30 - $0 }),
                .init(name: "gaps", x: frames, y: frames.map { $0 == 4 ? .nan : $0 * 2 }, isDashed: true),
                .init(name: "alone", x: [3], y: [20], band: ([19], [21])),
                .init(name: "empty", x: [], y: []),
            ])
        plot.marks = [(5, "trained")]
        let png = plot.png()
        #expect(png.prefix(8) == Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]))
        #expect(png == plot.png())
        let svg = String(decoding: plot.svg(), as: UTF8.self)
        #expect(svg.contains("<svg") && svg.contains("</svg>"))
        plot.isLogarithmic = true
        #expect(plot.png().count > 1000)
        #expect(LinePlot(title: "", xLabel: "", yLabel: "", series: []).png().count > 500)
        let folder = try TestSupport.TemporaryFolder()
        try plot.write(to: folder.file("a.svg"))
        try plot.write(to: folder.file("a.png"))
        #expect(throws: VideoError.self) { try plot.write(to: folder.file("a.pdf")) }
        #expect(throws: FileError.self) { try plot.write(to: folder.file("a.png")) }
    }
}
