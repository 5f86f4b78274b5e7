import AuspexTensors

/// `synthetic:camera`: a textured world seen by a camera that pans, zooms, turns and shakes, with objects that move in it.
///
/// Everything on the picture moves, what stands still in the world too: as in footage from a hand or a vehicle. Four in five cameras pan, at most a
/// twentieth of the shorter side a frame and mostly less; two in five zoom, by about 1% a frame; two in five turn, by about half a degree a frame; three in ten
/// shake. Objects go in straight lines through the world.
public struct CameraWorld: SceneSource {
    /// What the source is called after `synthetic:`.
    public static let name = "camera"

    /// Makes the source; it has no options.
    public init() {}

    public func scene(from stream: RandomStream, for request: ClipRequest) -> CameraScene {
        CameraScene(from: stream, grey: request.colour == .grey)
    }
}
