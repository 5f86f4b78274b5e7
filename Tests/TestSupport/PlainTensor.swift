import AuspexTensors
import Foundation

/// What the plain references are generic over: single and double precision with their elementary functions.
package protocol PlainScalar: BinaryFloatingPoint {
    static func exponential(_ x: Self) -> Self
    static func logarithm(_ x: Self) -> Self
}

extension Float: PlainScalar {
    package static func exponential(_ x: Float) -> Float { Foundation.exp(x) }
    package static func logarithm(_ x: Float) -> Float { Foundation.log(x) }
}

extension Double: PlainScalar {
    package static func exponential(_ x: Double) -> Double { Foundation.exp(x) }
    package static func logarithm(_ x: Double) -> Double { Foundation.log(x) }
}

/// A shape and its numbers, last axis fastest: what the slow, readable references of the fast kernels work on.
package struct PlainTensor<Scalar: PlainScalar> {
    package var shape: [Int]
    package var scalars: [Scalar]

    package init(_ shape: [Int], _ scalars: [Scalar]) {
        self.shape = shape
        self.scalars = scalars
    }

    package init(zeros shape: [Int]) { self.init(shape, Array(repeating: 0, count: shape.product)) }

    package init(_ tensor: Tensor) { self.init(tensor.shape, tensor.scalars.map { Scalar($0) }) }

    /// Made place by place.
    package init(_ shape: [Int], at value: ([Int]) -> Scalar) {
        self.init(zeros: shape)
        for place in shape.places { self[place] = value(place) }
    }

    package subscript(_ place: [Int]) -> Scalar {
        get { scalars[index(place)] }
        set { scalars[index(place)] = newValue }
    }

    /// Zero outside.
    package func padded(_ place: [Int]) -> Scalar {
        zip(place, shape).allSatisfy { $0 >= 0 && $0 < $1 } ? self[place] : 0
    }

    private func index(_ place: [Int]) -> Int { zip(place, shape).reduce(0) { $0 * $1.1 + $1.0 } }

    package func map(_ function: (Scalar) -> Scalar) -> PlainTensor { PlainTensor(shape, scalars.map(function)) }
}

extension Array where Element == Int {
    /// All places of a shape in order.
    package var places: [[Int]] {
        reduce([[]]) { prefixes, side in prefixes.flatMap { prefix in (0..<side).map { prefix + [$0] } } }
    }
}
