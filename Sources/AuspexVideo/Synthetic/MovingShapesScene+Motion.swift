extension MovingShapesScene {
    public func motion(of frame: Int, to later: [Int], size: FrameSize) -> SceneMotion {
        let side = Double(min(size.height, size.width))
        // Places of all shapes, in pixels, and walls met, at a frame.
        func places(at frame: Int) -> [(centre: SIMD2<Float>, bounces: SIMD2<Int>)] {
            shapes.indices.map {
                let (x, y) = centre(of: $0, at: frame)
                return (SIMD2(Float(x * side), Float(y * side)), bounces(of: $0, by: frame))
            }
        }
        let (now, then) = (places(at: frame), later.map(places))
        return SceneMotion(
            later: later.count, size: size,
            shown: { place in
                // The nearest shape that covers the centre of the pixel.
                let seen = shapes.indices.last { number in
                    let away = (place - now[number].centre) / Float(side)
                    return shapes[number].normals.withUnsafeBufferPointer {
                        shapes[number].distance(x: away.x, y: away.y, normals: $0) < 0
                    }
                }
                return (seen, seen != nil)
            },
            goes: { seen, place, time in
                guard let seen else { return (place, false) }
                let (before, after) = (now[seen], then[time][seen])
                return (place + after.centre - before.centre, after.bounces != before.bounces)
            })
    }
}
