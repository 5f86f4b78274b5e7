import AuspexTensors
import AuspexLayers
import AuspexModels
import AuspexTraining
import Foundation
var m = ModelConfiguration(); m.channels = Int(CommandLine.arguments[1])!; m.size = Int(CommandLine.arguments[2])!
let B = Int(CommandLine.arguments[3])!
let reps = Int(CommandLine.arguments[4])!
var ini = Initializer(seed: 1)
let g = Generator(m, using: &ini)
let d = Discriminators(DiscriminatorsConfiguration(), for: m, using: &ini)
print("G", g.parameterCount, "D", d.parameterCount)
var tc = TrainingConfiguration(); tc.batch = B
let tr = AdversarialTrainer(generator: g, discriminators: d, configuration: tc)
let clips = RandomStream(seed: 3, name: "x").uniform([B, 16, m.size, m.size, 3]) * 2 - 1
let batch = TrainingBatch(clips: clips, contextFrames: 5)
for i in 0..<reps {
    let t = Date()
    let r = try tr.advance { batch }
    print(
        i, String(format: "%.3f", Date().timeIntervalSince(t)), StoragePool.shared.statistics,
        r.numbers.filter { $0.name.contains("loss") }.map { "\($0.name)=\($0.value)" }.joined(separator: " "))
}
