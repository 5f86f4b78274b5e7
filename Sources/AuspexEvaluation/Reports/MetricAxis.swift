/// A plot's axis label for a metric.
enum MetricAxis {
    /// The metric's name and its unit: `psnr (dB)`.
    static func label(_ metric: String) -> String {
        let unit =
            switch metric.prefix(while: { $0 != ":" }) {
            case "psnr": "dB"
            case "ssim": "no unit; 1 is perfect"
            case "mse", "mae": metric.hasSuffix(":sum") ? "pixels 0…1, sum over a frame" : "pixels 0…1"
            default: "no unit"
            }
        return "\(metric) (\(unit))"
    }
}
