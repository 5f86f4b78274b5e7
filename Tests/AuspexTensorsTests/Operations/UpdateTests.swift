import AuspexTensors
import Foundation
import TestSupport
import Testing

@Suite struct UpdateTests {
    @Test(arguments: [1, 7, 8, 33, 40_003])
    func adamAgreesWithItsFormula(_ count: Int) {
        forEveryInstructionSet { set in
            var parameter = numbers([count], "parameter")
            var (m, v) = (Tensor(zeros: [count]), Tensor(zeros: [count]))
            var plain = parameter.scalars.map(Double.init)
            var (plainM, plainV) = ([Double](repeating: 0, count: count), [Double](repeating: 0, count: count))
            for step in 1...3 {
                let gradient = numbers([count], "gradient \(step)")
                parameter.adamUpdate(
                    firstMoment: &m, secondMoment: &v, gradient: gradient,
                    AdamStep(rate: 1e-2, beta1: 0.5, beta2: 0.999, epsilon: 1e-8, step: step, gradientScale: 0.25))
                let (b1, b2) = (0.5, Double(0.999 as Float))
                for (i, g) in gradient.scalars.map({ Double($0) * 0.25 }).enumerated() {
                    plainM[i] = b1 * plainM[i] + (1 - b1) * g
                    plainV[i] = b2 * plainV[i] + (1 - b2) * g * g
                    let mean = plainM[i] / (1 - pow(b1, Double(step)))
                    let spread = (plainV[i] / (1 - pow(b2, Double(step)))).squareRoot()
                    plain[i] -= 1e-2 * mean / (spread + 1e-8)
                }
            }
            #expect(mismatch(parameter, PlainTensor([count], plain), absolute: 1e-6, relative: 1e-5) == nil, "\(set)")
            #expect(mismatch(v, PlainTensor([count], plainV), absolute: 1e-9, relative: 1e-4) == nil, "\(set)")
        }
    }

    @Test func sharedParametersAreNotChanged() async {
        await #expect(processExitsWith: .failure) {
            var average = Tensor(zeros: [4])
            let other = average
            average.move(toward: Tensor(repeating: 1, shape: [4]), by: 0.5)
            print(other.scalars)
        }
    }

    @Test func averagesNormsAndFiniteness() {
        forEveryInstructionSet { set in
            for count in [1, 5, 16, 33, 50_001] {
                let x = numbers([count], "x")
                var average = numbers([count], "average")
                let before = average.scalars
                average.move(toward: x, by: 0.125)
                let expected = zip(before, x.scalars).map { Double($0) + 0.125 * (Double($1) - Double($0)) }
                #expect(mismatch(average, PlainTensor([count], expected), absolute: 1e-6) == nil, "\(set)")
                let squares = x.scalars.reduce(0.0) { $0 + Double($1) * Double($1) }
                #expect(abs(x.sumOfSquares - squares) <= 1e-6 * squares, "\(set)")
                #expect(x.isAllFinite)
                for bad in [Float.nan, .infinity, -.infinity] {
                    for place in Set([0, count / 2, count - 1]) {
                        var broken = x.scalars
                        broken[place] = bad
                        #expect(!Tensor(broken, shape: [count]).isAllFinite, "\(bad) at \(place) of \(count), \(set)")
                    }
                }
            }
        }
    }

    @Test(arguments: [(1, 1), (3, 5), (8, 16), (27, 33), (1152, 67)])
    func matricesTimesVectors(_ rows: Int, _ columns: Int) {
        let w = numbers([rows, columns], "w")
        let (u, v) = (numbers([rows], "u"), numbers([columns], "v"))
        let plain = PlainTensor<Double>(w)
        var (right, left) = ([Double](repeating: 0, count: rows), [Double](repeating: 0, count: columns))
        let (plainU, plainV) = (u.scalars.map(Double.init), v.scalars.map(Double.init))
        for r in 0..<rows {
            for c in 0..<columns {
                right[r] += plain.scalars[r * columns + c] * plainV[c]
                left[c] += plain.scalars[r * columns + c] * plainU[r]
            }
        }
        forEveryInstructionSet { set in
            #expect(mismatch(w.times(vector: v), PlainTensor([rows], right), absolute: 1e-4) == nil, "\(set)")
            #expect(
                mismatch(w.transposedTimes(vector: u), PlainTensor([columns], left), absolute: 1e-4) == nil, "\(set)")
        }
    }

    @Test func pixelsAndValues() {
        let all = Tensor((0...255).map { UInt8($0) }, shape: [256])
        forEveryInstructionSet { set in
            let values = all.pixelsAsValues()
            #expect(values.scalars.first == -1 && values.scalars.last == 1, "\(set)")
            #expect(values.valuesAsPixels().scalars(as: UInt8.self) == Array(0...255), "\(set)")
            let outside = Tensor([-7, 3, .nan, .infinity, -.infinity, 0.003] as [Float], shape: [6])
            #expect(outside.valuesAsPixels().scalars(as: UInt8.self) == [0, 255, 0, 255, 0, 128], "\(set)")
        }
    }

    @Test func bfloat16RoundsToNearestEven() {
        let values: [(Float, UInt32)] = [
            (1, 0x3f80_0000), (Float(bitPattern: 0x3f80_8000), 0x3f80_0000),
            (Float(bitPattern: 0x3f81_8000), 0x3f82_0000),
            (Float(bitPattern: 0x3f80_8001), 0x3f81_0000), (-0.0, 0x8000_0000), (.infinity, 0x7f80_0000),
            (.greatestFiniteMagnitude, 0x7f80_0000), (Float(bitPattern: 0x0000_8001), 0x0001_0000),
        ]
        forEveryInstructionSet { set in
            let there = Tensor(values.map(\.0), shape: [values.count]).converted(to: .bfloat16)
            #expect(there.elementType == .bfloat16 && there.sizeBytes == 2 * values.count)
            #expect(there.converted(to: .float32).scalars.map(\.bitPattern) == values.map(\.1), "\(set)")
            let none = Tensor([Float(bitPattern: 0x7f80_0001)], shape: [1])
            #expect(none.converted(to: .bfloat16).converted(to: .float32).scalar.isNaN, "\(set)")
        }
    }
}
