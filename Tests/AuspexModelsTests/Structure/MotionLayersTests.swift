import AuspexLayers
import AuspexModels
import AuspexSupport
import AuspexTensors
import Testing

extension ModelTests {
    @Suite struct MotionLayersTests {
        private static func configuration(
            _ change: (inout MotionLayersConfiguration) -> Void = { _ in }
        ) -> MotionLayersConfiguration {
            var small = MotionLayersConfiguration()
            (small.widths, small.headChannels, small.rolloutWidths) = ([4, 8, 8, 8], 8, [8, 8])
            (small.contextFrames, small.predictedFrames) = (3, 2)
            change(&small)
            return small
        }

        private static func network(_ configuration: MotionLayersConfiguration) -> MotionLayers {
            var initializer = Initializer(seed: 3)
            return MotionLayers(configuration, using: &initializer)
        }

        /// A picture that moves by whole pixels a frame, repeated at the edges: `[1, time, height, width, channels]`.
        private static func moving(
            time: Int, height: Int, width: Int, channels: Int, by velocity: (dy: Int, dx: Int)
        ) -> Tensor {
            let picture = Formula.numbers("picture", 64 * 64 * channels)
            var numbers: [Float] = []
            for t in 0..<time {
                for y in 0..<height {
                    for x in 0..<width {
                        let (row, column) = (y - velocity.dy * t + 16, x - velocity.dx * t + 16)
                        for c in 0..<channels {
                            // Smooth enough for flow to see: means over blocks.
                            let cells = (0..<16).map {
                                picture[((row + $0 / 4) * 64 + column + $0 % 4) * channels + c]
                            }
                            numbers.append(cells.reduce(0, +) / 6)
                        }
                    }
                }
            }
            return Tensor(numbers, shape: [1, time, height, width, channels])
        }

        @Test func hasTheSizeThatTheRecipeSays() {
            _ = ShapePass.count {
                #expect(Self.network(MotionLayersConfiguration()).parameterCount == 1_264_713)
            }
        }

        /// Untrained it is the flow's forecast already: what moves by whole pixels is found there.
        @Test func beginsAsTheFlowGoesOn() {
            let clip = Self.moving(time: 8, height: 32, width: 32, channels: 3, by: (0, 1))
            let network = Self.network(Self.configuration { ($0.contextFrames, $0.predictedFrames) = (5, 3) })
            let output = network(context: clip.sliced(1, from: 0, count: 5), steps: 3, Pass(.inference))
            let future = clip.sliced(1, from: 5, count: 3)
            let stays = clip.sliced(1, from: 4, count: 1)
            func error(_ frames: Tensor) -> Float { mean(square(frames - future)).scalar }
            #expect(error(output.frames) < 0.1 * error(stays + future * 0))
        }

        @Test(arguments: [(32, 32, 3), (16, 24, 1), (13, 21, 3), (9, 8, 2), (40, 17, 5)])
        func takesAnySizeAndChannels(_ height: Int, _ width: Int, _ channels: Int) {
            let network = Self.network(Self.configuration { $0.frameChannels = channels })
            let context = Formula.uniform("context", [2, 3, height, width, channels], times: 0.9)
            let seven = network(context: context, steps: 7, Pass(.inference))
            #expect(seven.frames.shape == [2, 7, height, width, channels] && seven.frames.isFinite)
            #expect(seven.maps[GeneratorOutput.displacement]?.shape == [2, 7, height, width, 2])
            #expect(seven.maps[MotionLayers.alphaLogits]?.shape == [2, height, width, 1])
            #expect(seven.maps[GeneratorOutput.canvas]?.shape == [2, height, width, channels])
            #expect(seven.maps[GeneratorOutput.opacity]?.shape == [2, 7, height, width, 1])
            #expect(seven.maps[GeneratorOutput.turns]?.shape == [2, 7, height, width, 2])
            #expect(network.paths(in: seven)?.shape == [2, 7, height, width, 2])
            let two = network(context: context, steps: 2, Pass(.inference)).frames
            #expect(two.scalars == seven.frames.sliced(1, from: 0, count: 2).scalars)
        }

        @Test(arguments: [
            (64, 64, 1), (96, 200, 1), (97, 200, 2), (192, 193, 2), (384, 640, 4), (1080, 1920, 16), (32, 4000, 1),
        ])
        func largeFramesAreHalvedUntilTheirShorterSideFits(_ height: Int, _ width: Int, _ factor: Int) {
            let options = Self.configuration { $0.motionSide = 96 }
            let size = FrameSize(height: height, width: width)
            #expect(options.reduction(of: size) == factor)
            #expect(options.trainingSize(for: size) == FrameSize(height: height / factor, width: width / factor))
            #expect(Self.configuration().reduction(of: size) == 1)
        }

        /// What is in front follows its own path, what is behind goes where the canvas does.
        @Test func followsPixelsOfBothLayers() throws {
            let clip = Self.moving(time: 8, height: 32, width: 32, channels: 3, by: (1, -1))
            let network = Self.network(Self.configuration { ($0.contextFrames, $0.predictedFrames) = (5, 3) })
            var output = network(context: clip.sliced(1, from: 0, count: 5), steps: 3, Pass(.inference))
            let (own, alpha) = (
                try #require(output.maps[GeneratorOutput.displacement]),
                try #require(output.maps[MotionLayers.alphaLogits])
            )
            output.maps[MotionLayers.alphaLogits] = Tensor(repeating: 30, shape: alpha.shape)
            #expect(network.paths(in: output)?.scalars == own.scalars)
            output.maps[MotionLayers.alphaLogits] = Tensor(repeating: -30, shape: alpha.shape)
            let behind = try #require(network.paths(in: output)).cropped(height: 8..<24, width: 8..<24)
            for step in 0..<3 {
                let way = mean(behind.sliced(1, from: step, count: 1), along: [0, 1, 2, 3]).scalars
                let expected = Float(step + 1)
                #expect(abs(way[0] - expected) < 0.3 * expected && abs(way[1] + expected) < 0.3 * expected, "\(way)")
            }
        }

        /// With a latent vector another draw is another future, and the same one is the same.
        @Test func noiseMovesPixels() {
            let network = Self.network(Self.configuration { $0.latentSize = 4 })
            #expect(network.latentSize == 4)
            let context = Formula.uniform("context", [2, 3, 16, 16, 3], times: 0.9)
            func displacement(_ name: String?) -> [Float]? {
                let noise = name.map { Formula.uniform($0, [2, 4]) }
                return network(context: context, steps: 2, noise: noise, Pass(.inference))
                    .maps[GeneratorOutput.displacement]?.scalars
            }
            #expect(displacement("one") != displacement("other"))
            #expect(displacement("one") == displacement("one"))
            #expect(displacement(nil) != displacement("one"))
        }

        /// Motion is found at half the size, in pixels of the whole, and pixels stay as sharp as they were.
        @Test func largeFramesMoveAtTheirOwnSize() throws {
            let clip = Self.moving(time: 8, height: 40, width: 40, channels: 3, by: (0, 2))
            let network = Self.network(
                Self.configuration { ($0.contextFrames, $0.predictedFrames, $0.motionSide) = (5, 3, 32) })
            let output = network(context: clip.sliced(1, from: 0, count: 5), steps: 3, Pass(.inference))
            let future = clip.sliced(1, from: 5, count: 3)
            #expect(output.frames.shape == future.shape)
            let moved = try #require(output.maps[GeneratorOutput.displacement])
            #expect(moved.shape == [1, 3, 40, 40, 2])
            let middle = moved.cropped(height: 10..<30, width: 10..<30)
            for (step, distance) in [2, 4, 6].enumerated() {
                let way = mean(middle.sliced(1, from: step, count: 1), along: [0, 1, 2, 3]).scalars
                #expect(abs(way[0]) < 0.3 && abs(way[1] - Float(distance)) < 0.3 * Float(step + 1), "\(way)")
            }
            let stays = clip.sliced(1, from: 4, count: 1) + future * 0
            func error(_ frames: Tensor) -> Float {
                mean(square((frames - future).cropped(height: 6..<34, width: 14..<34))).scalar
            }
            #expect(error(output.frames) < 0.1 * error(stays))
        }

        /// A square that grows to one and a half times its height: its rows arrive one and a half apart, and still cover the ground in large frames.
        @Test func whatGrowsInLargeFramesStaysWhole() throws {
            let side = 32
            func map(_ channels: Int, _ value: (Int, Int, Int) -> Float) -> Tensor {
                let numbers = (0..<side * side * channels).map {
                    value($0 / channels / side, $0 / channels % side, $0 % channels)
                }
                return Tensor(numbers, shape: [1, side, side, channels])
            }
            func isSquare(_ row: Int, _ column: Int) -> Bool { (12..<20).contains(row) && (12..<20).contains(column) }
            let still = map(2) { _, _, _ in 0 }
            let layers = PixelLayers(
                fine: still, alpha: map(1) { row, column, _ in isSquare(row, column) ? 12 : -12 },
                order: map(1) { _, _, _ in 0 }, colour: map(1) { _, _, _ in 0 }, mix: map(2) { _, _, _ in 0 },
                paint: map(1) { _, _, _ in 0 }, pan: still)
            let frame = map(1) { row, column, _ in isSquare(row, column) ? 1 : -1 }
            let growth = map(2) { row, _, axis in axis == 0 ? 0.5 * (Float(row) - 15.5) : 0 }
            func rendered(factor: Int) throws -> (opacity: [Float], frame: [Float]) {
                let output = LayeredPicture(
                    context: joined(
                        [Tensor](repeating: frame.reshaped(to: [1, 1, side, side, 1]), count: 2), along: 1),
                    layers: layers,
                    displacement: growth.reshaped(to: [1, 1, side, side, 2]),
                    cameraVelocity: Tensor(zeros: [1, 1, 1, 2]), factor: factor
                ).rendered()
                let opacity = try #require(output.maps[GeneratorOutput.opacity])
                func inside(_ x: Tensor) -> [Float] { x.cropped(height: 13..<18, width: 14..<18).scalars }
                return (inside(opacity), inside(output.frames))
            }
            let (small, large) = (try rendered(factor: 1), try rendered(factor: 4))
            #expect((small.opacity.min() ?? 1) < 0.6)
            #expect((large.opacity.min() ?? 0) > 0.85)
            func mean(_ values: [Float]) -> Float { values.reduce(0, +) / Float(values.count) }
            #expect(mean(large.frame) > mean(small.frame))
        }

        @Test func largeFramesTeachEveryParameter() {
            let network = Self.network(Self.configuration { $0.motionSide = 32 })
            let context = Formula.uniform("context", [1, 3, 80, 72, 3], times: 0.9)
            let pass = Pass(.training, differentiating: network.parameters)
            let output = network(context: context, steps: 2, pass)
            let upstream = Formula.uniform("upstream", [1, 2, 80, 72, 3])
            let gradients = pass.gradients(of: sum(output.frames * upstream), for: network.parameters)
            // What is zero at first passes nothing on to what lies before it, as at the small size.
            let small = Self.network(Self.configuration())
            let smallPass = Pass(.training, differentiating: small.parameters)
            let smallContext = Formula.uniform("context", [1, 3, 40, 40, 3], times: 0.9)
            let smallOutput = small(context: smallContext, steps: 2, smallPass)
            let smallGradients = smallPass.gradients(
                of: sum(smallOutput.frames * Formula.uniform("upstream", [1, 2, 40, 40, 3])), for: small.parameters)
            func learns(_ gradient: Tensor) -> Bool { gradient.isFinite && gradient.scalars.contains { $0 != 0 } }
            #expect(gradients.map(learns) == smallGradients.map(learns))
        }

        /// Padding only repeats the edge below and to the right.
        @Test func paddingRepeatsEdges() {
            let network = Self.network(Self.configuration())
            let context = Formula.uniform("context", [1, 3, 11, 14, 3], times: 0.9)
            func repeated(_ x: Tensor, _ axis: Int, _ times: Int) -> Tensor {
                let edge = x.sliced(axis, from: x.shape[axis] - 1, count: 1)
                return joined([x] + [Tensor](repeating: edge, count: times), along: axis)
            }
            let padded = repeated(repeated(context, 2, 5), 3, 2)
            let whole = network(context: padded, steps: 2, Pass(.inference)).frames
            let cut = network(context: context, steps: 2, Pass(.inference)).frames
            #expect(cut.scalars == whole.cropped(height: 0..<11, width: 0..<14).scalars)
        }

        @Test func clipsDoNotSeeEachOther() {
            let network = Self.network(Self.configuration())
            let context = Formula.uniform("context", [3, 3, 16, 16, 3], times: 0.9)
            let together = network(context: context, steps: 2, Pass(.inference)).frames
            let alone = network(context: context.sliced(0, from: 1, count: 1), steps: 2, Pass(.inference)).frames
            expectClose(alone, together.sliced(0, from: 1, count: 1), "a clip alone", within: 1e-5)
        }

        @Test func recomputingTakesLessMemory() {
            func peak(_ recomputes: Bool) -> Int {
                ShapePass.count {
                    let network = Self.network(Self.configuration { $0.predictedFrames = 1 })
                    let pass = Pass(
                        .training, differentiating: network.parameters, recomputesActivations: recomputes)
                    let frames = network(context: Tensor(zeros: [2, 3, 64, 64, 3]), steps: 1, pass).frames
                    _ = pass.gradients(of: mean(square(frames)), for: network.parameters)
                }.peakLiveBytes
            }
            #expect(peak(true) < peak(false))
        }

        private static let refusals: [(String, @Sendable (inout MotionLayersConfiguration) -> Void)] = [
            ("model.size is 7: it must be from 8", { $0.size = 7 }),
            ("model.size is [8, 4]: it must be from 8", { $0.size = FrameSize(height: 8, width: 4) }),
            ("model.contextFrames is 1: it must be from 2", { $0.contextFrames = 1 }),
            ("model.predictedFrames is 0: it must be from 1", { $0.predictedFrames = 0 }),
            ("model.widths is [1, 2]: it must be four widths", { $0.widths = [1, 2] }),
            ("model.widths[2] is 0: it must be from 1", { $0.widths = [1, 2, 0, 4] }),
            ("model.rolloutWidths is [8]: it must be two widths", { $0.rolloutWidths = [8] }),
            ("model.flowWindow is 8: it must be odd", { $0.flowWindow = 8 }),
            ("model.flowLevels is -1: it must be from 0", { $0.flowLevels = -1 }),
            ("model.costStep is 0.0: it must be above 0", { $0.costStep = 0 }),
            ("model.costReach is 100.0: it must be from 0 to less than 31.5", { $0.costReach = 100 }),
        ]

        @Test(arguments: refusals.indices) func refuses(_ number: Int) throws {
            let (message, change) = Self.refusals[number]
            #expect(throws: Never.self) { try Self.configuration().validate() }
            let error = #expect(throws: ModelConfigurationError.self) { try Self.configuration(change).validate() }
            #expect(error?.description.hasPrefix(message) == true, "\(error?.description ?? "nothing")")
        }
    }
}
