extension CameraScene {
    /// Ground and landmarks are behind; nothing bounces.
    public func motion(of frame: Int, to later: [Int], size: FrameSize) -> SceneMotion {
        let now = Projection(view(at: frame), size)
        let then = later.map { Projection(view(at: $0), size) }
        let places = places(at: frame, near: now.view.centre)
        return SceneMotion(
            later: later.count, size: size,
            shown: { place in
                let world = now.world(at: place)
                let seen = things.indices.last { number in
                    let (shape, away) = (things[number].shape, world - places[number])
                    return shape.normals.withUnsafeBufferPointer {
                        shape.distance(x: away.x, y: away.y, normals: $0) < 0
                    }
                }
                let velocity = seen.map { things[$0].velocity } ?? .zero
                return ((world, velocity), velocity != .zero)
            },
            goes: { seen, _, time in
                let moved = seen.0 + seen.1 * Float(later[time] - frame)
                return (then[time].place(of: moved), false)
            })
    }
}
