// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "continue-a-video",
    dependencies: [.package(name: "auspex", path: "../../..")],
    targets: [
        .executableTarget(
            name: "continue-a-video", dependencies: [.product(name: "AuspexKit", package: "auspex")], path: "Sources")
    ]
)
