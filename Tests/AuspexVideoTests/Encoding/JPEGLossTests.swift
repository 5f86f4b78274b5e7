import AuspexSupport
import AuspexTensors
import AuspexVideo
import Foundation
import Testing

@Suite struct JPEGLossTests {
    /// The formula of `tools/oracles/jpeg_loss.py`: slopes, hard edges, colours that wrap around.
    private func picture(_ shape: [Int]) -> Tensor {
        let (height, width, channels) = (shape[0], shape[1], shape[2])
        let pixels = (0..<height * width * channels).map { place in
            let (y, x, c) = (place / channels / width, place / channels % width, place % channels)
            let edges = 120 * ((x / 5 + y / 7 + c) % 2)
            return UInt8((3 * x + 2 * y + 40 * c + x * y / 16 + edges) % 256)
        }
        return Tensor(pixels, shape: [1] + shape)
    }

    /// Byte for byte what Pillow reads of the file that it wrote.
    @Test(arguments: [(LossyCodec.jpeg75, 75), (.jpeg95, 95)]) func bytesAsPillowHasThem(
        codec: LossyCodec, quality: Int
    ) throws {
        let url = try #require(Bundle.module.url(forResource: "Golden/jpeg_loss", withExtension: "safetensors"))
        let golden = try SafeTensors(readingFrom: url.path).tensors
        let names = golden.keys.filter { $0.hasSuffix(".\(quality)") }
        #expect(names.count == 4)
        for name in names {
            let expected = try #require(golden[name])
            let clip = picture(expected.shape)
            let kept = try codec.reencoded(clip)
            #expect(kept.shape == clip.shape)
            #expect(kept.scalars(as: UInt8.self) == expected.scalars(as: UInt8.self), "\(name)")
            #expect(kept.scalars(as: UInt8.self) != clip.scalars(as: UInt8.self), "\(name)")
        }
    }

    /// Every frame is independent of its neighbours.
    @Test func framesAreKeptOneByOne() throws {
        let first = picture([20, 24, 3])
        let second = Tensor([UInt8](repeating: 77, count: 20 * 24 * 3), shape: [1, 20, 24, 3])
        let both = try LossyCodec.jpeg75.reencoded(joined([first, second], along: 0))
        #expect(
            both.scalars(as: UInt8.self)
                == (try LossyCodec.jpeg75.reencoded(first)).scalars(as: UInt8.self)
                + [UInt8](
                    repeating: 77, count: 20 * 24 * 3))
    }
}
