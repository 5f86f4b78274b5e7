// swift-tools-version: 6.2
import PackageDescription

// A target imports only targets that stand above it here.
let package = Package(
    name: "auspex",
    products: [
        .executable(name: "auspex", targets: ["auspex"]),
        .library(
            name: "AuspexKit",
            targets: [
                "AuspexTensors", "AuspexLayers", "AuspexVideo", "AuspexModels", "AuspexMetrics", "AuspexTraining",
                "AuspexExperiments",
            ]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        .systemLibrary(
            name: "CAuspexFFmpeg", pkgConfig: "libavformat",
            providers: [.apt(["libavformat-dev", "libavcodec-dev", "libswscale-dev"])]),
        .systemLibrary(name: "CAuspexLAPACK", providers: [.apt(["libopenblas-dev", "liblapacke-dev"])]),
        .systemLibrary(name: "CAuspexZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(
            name: "CAuspexJPEG", pkgConfig: "libturbojpeg", providers: [.apt(["libturbojpeg0-dev"])]),
        .systemLibrary(name: "CAuspexCairo", pkgConfig: "cairo", providers: [.apt(["libcairo2-dev"])]),
        .target(
            name: "CAuspexDNN", linkerSettings: [.linkedLibrary("dnnl"), .linkedLibrary("gomp")]),
        .target(name: "CAuspexSystem"),
        .target(name: "CAuspexKernels", dependencies: ["CAuspexDNN"], linkerSettings: [.linkedLibrary("gomp")]),
        .target(
            name: "AuspexTensors", dependencies: ["CAuspexDNN", "CAuspexKernels", "CAuspexLAPACK", "CAuspexSystem"]),
        .target(name: "AuspexLayers", dependencies: ["AuspexTensors"]),
        .target(
            name: "AuspexVideo",
            dependencies: [
                "CAuspexFFmpeg", "CAuspexCairo", "CAuspexJPEG", "AuspexTensors",
                .product(name: "Logging", package: "swift-log"),
            ]),
        .target(name: "AuspexModels", dependencies: ["AuspexLayers", "AuspexTensors"]),
        .target(
            name: "AuspexMetrics",
            dependencies: ["CAuspexLAPACK", "CAuspexZlib", "AuspexTensors", "AuspexLayers", "AuspexVideo"]),
        .target(
            name: "AuspexTraining",
            dependencies: [
                "AuspexTensors", "AuspexLayers", "AuspexVideo", "AuspexModels", "AuspexMetrics",
                .product(name: "Logging", package: "swift-log"),
            ]),
        .target(
            name: "AuspexExperiments",
            dependencies: [
                "CAuspexCairo", "AuspexTensors", "AuspexLayers", "AuspexVideo", "AuspexModels", "AuspexMetrics",
                "AuspexTraining", .product(name: "Yams", package: "Yams"),
                .product(name: "Logging", package: "swift-log"),
            ]),
        .target(
            name: "AuspexCommand",
            dependencies: [
                "CAuspexSystem", "AuspexTensors", "AuspexVideo", "AuspexModels", "AuspexMetrics", "AuspexTraining",
                "AuspexExperiments", .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ]),
        .executableTarget(name: "auspex", dependencies: ["AuspexCommand"]),
        .target(
            name: "TestSupport", dependencies: ["AuspexTensors"], path: "Tests/TestSupport"),
        .testTarget(
            name: "AuspexTensorsTests", dependencies: ["AuspexTensors", "TestSupport"],
            resources: [.copy("Golden")]),
        .testTarget(
            name: "AuspexLayersTests", dependencies: ["AuspexLayers", "TestSupport"]),
        .testTarget(
            name: "AuspexVideoTests", dependencies: ["AuspexVideo", "TestSupport"],
            resources: [.copy("Golden")]),
        .testTarget(
            name: "AuspexModelsTests", dependencies: ["AuspexModels", "AuspexTraining", "TestSupport"],
            resources: [.copy("Golden")]),
        .testTarget(
            name: "AuspexMetricsTests", dependencies: ["AuspexMetrics", "TestSupport"],
            resources: [.copy("Golden")]),
        .testTarget(
            name: "AuspexTrainingTests", dependencies: ["AuspexTraining", "TestSupport"],
            resources: [.copy("Golden")]),
        .testTarget(
            name: "AuspexExperimentsTests", dependencies: ["AuspexExperiments", "TestSupport"],
            resources: [.copy("Golden")]),
        .testTarget(
            name: "AuspexCommandTests", dependencies: ["AuspexCommand", "TestSupport"], exclude: ["Snapshots"]),
    ],
    cxxLanguageStandard: .cxx17
)
