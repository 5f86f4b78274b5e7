extension EvaluationProtocol {
    /// Protocols that papers report: size, horizon, clips, samples and metrics, and a description of the data.
    public static let published: [EvaluationProtocol] = asReported.map { plan in
        var plan = plan
        // None of them skips frames.
        plan.frameStride = 1
        return plan
    }

    /// For papers that report FVD; the other metrics cost next to nothing and give curves.
    private static let distances = ["fvd", "psnr", "ssim"]
    /// For papers that report the best of a hundred futures.
    private static let similarities = ["psnr", "ssim", "lpips"]
    /// OpenSTL's: squared errors summed over a frame's pixels. (It sums absolute errors, too: its MAE is ours times pixels and channels.)
    private static let errors = ["mse:sum", "mae", "ssim", "psnr"]

    private static let asReported: [EvaluationProtocol] = [
        .init(
            name: "kinetics600-64", size: 64, contextFrames: 5, predictedFrames: 11, clips: 50_000,
            metrics: distances,
            testData:
                "videos of the Kinetics-600 test set, which the model was not trained on; 50,000 clips where there are as many",
            reference: "Luc et al. 2020, arXiv:2003.04035"),
        .init(
            name: "bair", size: 64, contextFrames: 1, predictedFrames: 15, clips: 256,
            metrics: distances, testData: "the 256 test videos of BAIR robot pushing, from their first frame",
            reference: "Luc et al. 2020, arXiv:2003.04035"),
        .init(
            name: "bair-svg", size: 64, contextFrames: 2, predictedFrames: 28, clips: 256, samples: 100,
            metrics: similarities, testData: "the 256 test videos of BAIR robot pushing, all 30 frames of each",
            reference: "Denton and Fergus 2018, arXiv:1802.07687"),
        .init(
            name: "ucf101-128", size: 128, contextFrames: 5, predictedFrames: 11, clips: 10_000,
            metrics: distances, testData: "test videos of UCF-101", reference: "Luc et al. 2020, arXiv:2003.04035"),
        .init(
            name: "ucf101-64", size: 64, contextFrames: 4, predictedFrames: 16, clips: 10_000,
            metrics: distances, testData: "test videos of UCF-101", reference: "Voleti et al. 2022, arXiv:2205.09853"),
        .init(
            name: "kth-svg", size: 64, contextFrames: 10, predictedFrames: 30, clips: 256, samples: 100,
            metrics: similarities, testData: "KTH actions, persons 21 to 25; the model was trained on persons 1 to 20",
            reference: "Denton and Fergus 2018, arXiv:1802.07687"),
        .init(
            name: "kth-openstl", size: 128, contextFrames: 10, predictedFrames: 20, clips: 10_000,
            metrics: errors, testData: "KTH actions, persons 17 to 25; the model was trained on persons 1 to 16",
            reference: "Tan et al. 2023 (OpenSTL), arXiv:2306.11249"),
        .init(
            name: "kth-openstl-40", size: 128, contextFrames: 10, predictedFrames: 40, clips: 10_000,
            metrics: errors, testData: "KTH actions, persons 17 to 25; the model was trained on persons 1 to 16",
            reference: "Tan et al. 2023 (OpenSTL), arXiv:2306.11249"),
        .init(
            name: "moving-mnist", size: 64, contextFrames: 10, predictedFrames: 10, clips: 10_000,
            metrics: errors,
            testData:
                "the fixed 10,000 clips of two digits, mnist_test_seq.npy of 20 × 10,000 × 64 × 64 (axes TBHW), grey",
            reference: "Srivastava et al. 2015, arXiv:1502.04681; Tan et al. 2023 (OpenSTL), arXiv:2306.11249"),
        .init(
            name: "stochastic-moving-mnist", size: 64, contextFrames: 5, predictedFrames: 20, clips: 256, samples: 100,
            metrics: similarities,
            testData: "two MNIST digits that bounce off the walls in random directions, of MNIST's test set, grey",
            reference: "Denton and Fergus 2018, arXiv:1802.07687"),
    ]
}
