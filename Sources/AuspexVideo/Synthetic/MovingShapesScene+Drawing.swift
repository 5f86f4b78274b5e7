import AuspexTensors

/// Drawing: every frame from scratch from the positions, edges antialiased over one pixel, nearer shapes over farther ones.
extension MovingShapesScene: DrawnScene {
    public func drawn(_ frames: [Int], size: FrameSize, channels: Int) -> Tensor {
        let pixels = size.height * size.width * channels
        var clip = Tensor(uninitialized: [frames.count, size.height, size.width, channels], elementType: .uint8)
        clip.withMutableScalars(as: UInt8.self) { all in
            guard let first = all.baseAddress, !frames.isEmpty else { return }
            drawBackground(on: first, size: size, channels: channels)
            for place in 1..<max(1, frames.count) { (first + place * pixels).update(from: first, count: pixels) }
            for (place, frame) in frames.enumerated() {
                for number in shapes.indices {
                    draw(number, at: frame, on: first + place * pixels, size: size, channels: channels)
                }
            }
        }
        return clip
    }

    private func drawBackground(on picture: UnsafeMutablePointer<UInt8>, size: FrameSize, channels: Int) {
        let unit = 1 / Float(min(size.height, size.width))
        for row in 0..<size.height {
            for column in 0..<size.width {
                let colour = background.colour(x: (Float(column) + 0.5) * unit, y: (Float(row) + 0.5) * unit)
                let pixel = picture + (row * size.width + column) * channels
                for channel in 0..<channels { pixel[channel] = byte(colour[channel]) }
            }
        }
    }

    private func draw(
        _ number: Int, at frame: Int, on picture: UnsafeMutablePointer<UInt8>, size: FrameSize, channels: Int
    ) {
        let shape = shapes[number]
        let side = Double(min(size.height, size.width))
        let centre = self.centre(of: number, at: frame)
        let unit = Float(1 / side)
        let reach = Double(shape.radius) * side + 1
        let rows = max(0, Int(centre.y * side - reach))..<min(size.height, Int(centre.y * side + reach) + 1)
        let columns = max(0, Int(centre.x * side - reach))..<min(size.width, Int(centre.x * side + reach) + 1)
        let (centreX, centreY) = (Float(centre.x), Float(centre.y))
        let perPixel = Float(side)
        shape.normals.withUnsafeBufferPointer { normals in
            for row in rows {
                let y = (Float(row) + 0.5) * unit - centreY
                for column in columns {
                    let x = (Float(column) + 0.5) * unit - centreX
                    let distance = shape.distance(x: x, y: y, normals: normals)
                    let coverage = min(1, 0.5 - distance * perPixel)
                    if coverage <= 0 { continue }
                    let colour = shape.texture.colour(x: x, y: y)
                    let pixel = picture + (row * size.width + column) * channels
                    for channel in 0..<channels {
                        let under = Float(pixel[channel])
                        pixel[channel] = byte(under + (colour[channel] - under) * coverage)
                    }
                }
            }
        }
    }
}

extension MovingShapesScene.Shape {
    /// Distance from the shape's edge, negative inside (outside a corner: from the sides' lines, which is accurate enough within a pixel).
    @inline(__always)
    func distance(x: Float, y: Float, normals: UnsafeBufferPointer<SIMD2<Float>>) -> Float {
        if normals.isEmpty {
            let length = (x * x + y * y).squareRoot()
            return isRing ? abs(length - 0.65 * radius) - 0.35 * radius : length - radius
        }
        var farthest = -Float.infinity
        for normal in normals { farthest = max(farthest, x * normal.x + y * normal.y) }
        return farthest - apothem
    }
}

/// Rounds a value of 0…255 to the nearest byte.
@inline(__always)
func byte(_ value: Float) -> UInt8 {
    UInt8(truncatingIfNeeded: Int32(max(0, min(255, value)) + 0.5))
}
