import AuspexSupport
import AuspexTensors
import Foundation
import Testing

enum GoldenFile {
    static func tensors(_ name: String) throws -> [String: Tensor] {
        let url = try #require(Bundle.module.url(forResource: "Golden/" + name, withExtension: "safetensors"))
        return try SafeTensors(readingFrom: url.path).tensors
    }
}
