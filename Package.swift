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
                "AuspexSupport", "AuspexTensors", "AuspexVideo", "AuspexGraphics", "AuspexLayers", "AuspexModels",
                "AuspexPretrained", "AuspexStatistics", "AuspexMetrics", "AuspexTraining", "AuspexConfiguration",
                "AuspexRuns",
                "AuspexEvaluation",
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
        .target(name: "CAuspexSystem"),
        .target(
            name: "CAuspexEngine", linkerSettings: [.linkedLibrary("dnnl"), .linkedLibrary("gomp")]),
        .target(
            name: "AuspexSupport", dependencies: ["CAuspexSystem"]),
        .target(
            name: "AuspexTensors", dependencies: ["CAuspexSystem", "CAuspexEngine", "CAuspexLAPACK", "AuspexSupport"]),
        .target(
            name: "AuspexVideo",
            dependencies: [
                "CAuspexFFmpeg", "CAuspexCairo", "CAuspexJPEG", "AuspexSupport", "AuspexTensors",
                .product(name: "Logging", package: "swift-log"),
            ]),
        .target(
            name: "AuspexGraphics", dependencies: ["CAuspexCairo", "AuspexSupport", "AuspexTensors", "AuspexVideo"]),
        .target(
            name: "AuspexLayers", dependencies: ["AuspexSupport", "AuspexTensors"]),
        .target(
            name: "AuspexModels", dependencies: ["AuspexSupport", "AuspexTensors", "AuspexLayers"]),
        .target(
            name: "AuspexPretrained", dependencies: ["CAuspexZlib", "AuspexSupport", "AuspexTensors"]),
        .target(
            name: "AuspexStatistics", dependencies: ["CAuspexLAPACK", "AuspexSupport", "AuspexTensors"]),
        .target(
            name: "AuspexMetrics",
            dependencies: ["AuspexSupport", "AuspexTensors", "AuspexVideo", "AuspexPretrained", "AuspexStatistics"]),
        .target(
            name: "AuspexTraining",
            dependencies: [
                "AuspexSupport", "AuspexTensors", "AuspexVideo", "AuspexGraphics", "AuspexLayers", "AuspexModels",
                "AuspexMetrics",
            ]),
        .target(
            name: "AuspexConfiguration",
            dependencies: [
                "AuspexSupport", "AuspexTensors", "AuspexVideo", "AuspexModels", "AuspexTraining",
                .product(name: "Yams", package: "Yams"),
            ]),
        .target(
            name: "AuspexRuns",
            dependencies: [
                "AuspexSupport", "AuspexTensors", "AuspexVideo", "AuspexGraphics", "AuspexLayers", "AuspexModels",
                "AuspexTraining", "AuspexConfiguration",
            ],
            resources: [.copy("Resources/pretrained")]),
        .target(
            name: "AuspexEvaluation",
            dependencies: [
                "AuspexSupport", "AuspexTensors", "AuspexVideo", "AuspexGraphics", "AuspexLayers", "AuspexModels",
                "AuspexPretrained", "AuspexStatistics", "AuspexMetrics", "AuspexTraining", "AuspexConfiguration",
                "AuspexRuns",
            ]),
        .target(
            name: "AuspexCommand",
            dependencies: [
                "CAuspexSystem", "AuspexSupport", "AuspexTensors", "AuspexVideo", "AuspexGraphics", "AuspexModels",
                "AuspexPretrained", "AuspexMetrics", "AuspexTraining", "AuspexConfiguration", "AuspexRuns",
                "AuspexEvaluation", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),
        .executableTarget(name: "auspex", dependencies: ["AuspexCommand"]),
        .target(
            name: "TestSupport", dependencies: ["AuspexSupport", "AuspexTensors"], path: "Tests/TestSupport"),
        .testTarget(
            name: "AuspexSupportTests", dependencies: ["AuspexSupport", "AuspexTensors", "TestSupport"]),
        .testTarget(
            name: "AuspexTensorsTests", dependencies: ["AuspexSupport", "AuspexTensors", "TestSupport"],
            resources: [.copy("Golden")]),
        .testTarget(
            name: "AuspexVideoTests",
            dependencies: [
                "AuspexSupport", "AuspexTensors", "AuspexVideo", .product(name: "Logging", package: "swift-log"),
                "TestSupport",
            ],
            resources: [.copy("Golden")]),
        .testTarget(
            name: "AuspexGraphicsTests",
            dependencies: ["AuspexSupport", "AuspexTensors", "AuspexVideo", "AuspexGraphics", "TestSupport"],
            resources: [.copy("Golden")]),
        .testTarget(
            name: "AuspexLayersTests", dependencies: ["AuspexSupport", "AuspexTensors", "AuspexLayers", "TestSupport"]),
        .testTarget(
            name: "AuspexModelsTests",
            dependencies: [
                "AuspexSupport", "AuspexTensors", "AuspexLayers", "AuspexModels", "AuspexTraining", "TestSupport",
            ],
            resources: [.copy("Golden")]),
        .testTarget(
            name: "AuspexPretrainedTests",
            dependencies: ["AuspexSupport", "AuspexTensors", "AuspexPretrained", "AuspexMetrics", "TestSupport"]),
        .testTarget(
            name: "AuspexMetricsTests",
            dependencies: [
                "AuspexSupport", "AuspexTensors", "AuspexVideo", "AuspexPretrained", "AuspexStatistics",
                "AuspexMetrics", "TestSupport",
            ],
            resources: [.copy("Golden")]),
        .testTarget(
            name: "AuspexTrainingTests",
            dependencies: [
                "AuspexSupport", "AuspexTensors", "AuspexVideo", "AuspexLayers", "AuspexModels", "AuspexTraining",
                "TestSupport",
            ],
            resources: [.copy("Golden")]),
        .testTarget(
            name: "AuspexConfigurationTests",
            dependencies: ["AuspexLayers", "AuspexModels", "AuspexTraining", "AuspexConfiguration", "TestSupport"]),
        .testTarget(
            name: "AuspexRunsTests",
            dependencies: [
                "AuspexSupport", "AuspexTensors", "AuspexVideo", "AuspexLayers", "AuspexModels", "AuspexTraining",
                "AuspexConfiguration", "AuspexRuns", "AuspexEvaluation", "TestSupport",
            ]),
        .testTarget(
            name: "AuspexEvaluationTests",
            dependencies: [
                "AuspexSupport", "AuspexTensors", "AuspexVideo", "AuspexModels", "AuspexPretrained", "AuspexStatistics",
                "AuspexMetrics", "AuspexConfiguration", "AuspexRuns", "AuspexEvaluation", "TestSupport",
            ],
            resources: [.copy("Golden")]),
        .testTarget(
            name: "AuspexCommandTests",
            dependencies: [
                "AuspexSupport", "AuspexTensors", "AuspexVideo", "AuspexPretrained", "AuspexStatistics",
                "AuspexMetrics", "AuspexConfiguration", "AuspexCommand", "TestSupport",
            ], exclude: ["Snapshots"]),
    ],
    cxxLanguageStandard: .cxx17
)
