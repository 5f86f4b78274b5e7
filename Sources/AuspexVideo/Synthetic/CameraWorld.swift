import AuspexTensors

/// `synthetic:camera`: a textured world seen by a camera that pans, zooms, turns and shakes, with objects that move in it.
///
/// Everything in the picture moves, even objects that are still in the world: as in footage from a hand or a vehicle. Four in five cameras pan, at most a
/// twentieth of the shorter side per frame and usually less; two in five zoom, by about 1% per frame; two in five rotate, by about half a degree per frame;
/// three in ten shake. Objects go in straight lines through the world.
public struct CameraWorld: SceneSource {
    /// The source's name after `synthetic:`.
    public static let name = "camera"

    /// Makes the source; it has no options.
    public init() {}

    public func scene(from stream: RandomStream, for request: ClipRequest) -> CameraScene {
        CameraScene(from: stream, grey: request.colour == .grey)
    }
}
