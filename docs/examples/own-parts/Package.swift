// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "own-parts",
    products: [.library(name: "OwnParts", targets: ["OwnParts"])],
    dependencies: [.package(name: "auspex", path: "../../..")],
    targets: [
        .target(name: "OwnParts", dependencies: [.product(name: "AuspexKit", package: "auspex")]),
        .testTarget(
            name: "OwnPartsTests", dependencies: ["OwnParts", .product(name: "AuspexKit", package: "auspex")]),
    ]
)
