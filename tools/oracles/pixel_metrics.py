"""Golden values of PSNR, SSIM, MSE and MAE from scikit-image and NumPy, frame by frame, with the clips they belong to.

Writes Tests/AuspexMetricsTests/Golden/pixel_metrics.safetensors: `NAME.real`, `NAME.predicted`, `NAME.peak` and one `NAME.METRIC` each, [B, T].
"""

import pathlib

import numpy as np
from safetensors.numpy import save_file
from sidecar import write_sidecar
from skimage.metrics import mean_squared_error, peak_signal_noise_ratio, structural_similarity

random = np.random.default_rng(20)


def smooth(shape):
    """Waves with noise: neither flat nor white, as pictures are."""
    b, t, h, w, c = np.meshgrid(*[np.arange(n) for n in shape], indexing="ij")
    waves = np.sin(0.4 * h + 0.9 * b + 0.3 * t) * np.cos(0.31 * w - 0.5 * t + c) * 90 + 128
    return waves + random.normal(0, 12, shape)


def bytes_of(values):
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)


cases = {}
for name, shape in {"rgb": (2, 3, 24, 20, 3), "grey": (1, 2, 13, 11, 1), "five": (1, 2, 12, 15, 5)}.items():
    real = smooth(shape)
    predicted = real + random.normal(0, 8, shape) + np.arange(1, shape[1] + 1)[None, :, None, None, None]
    cases[name] = (bytes_of(real), bytes_of(predicted), 255.0)
# Extremes: black against white, a flat picture against another, and bright flat pictures where variances cancel.
black, white = np.zeros((1, 1, 11, 11, 3), np.uint8), np.full((1, 1, 11, 11, 3), 255, np.uint8)
cases["extremes"] = (np.concatenate([black, white, white - 5]), np.concatenate([white, white - 1, white - 5]), 255.0)
cases["extremes"][1][2, 0, 5, 5, 1] = 249
real = smooth((1, 2, 16, 14, 2)).astype(np.float32) / 255
cases["float"] = (real, (real + random.normal(0, 0.05, real.shape)).astype(np.float32), 1.0)

tensors = {}
for name, (real, predicted, peak) in cases.items():
    tensors[f"{name}.real"], tensors[f"{name}.predicted"] = real, predicted
    tensors[f"{name}.peak"] = np.array(peak, np.float32)
    gaussian = dict(gaussian_weights=True, sigma=1.5, use_sample_covariance=False)
    values = {
        "psnr": lambda x, y: peak_signal_noise_ratio(x, y, data_range=peak),
        "ssim": lambda x, y: structural_similarity(x, y, channel_axis=-1, data_range=peak, **gaussian),
        "ssim:uniform": lambda x, y: structural_similarity(x, y, channel_axis=-1, data_range=peak),
        "mse": lambda x, y: mean_squared_error(x / peak, y / peak),
        "mse:sum": lambda x, y: np.sum((x.astype(np.float64) / peak - y.astype(np.float64) / peak) ** 2),
        "mae": lambda x, y: np.mean(np.abs(x.astype(np.float64) / peak - y.astype(np.float64) / peak)),
    }
    for metric, value in values.items():
        # scikit-image keeps float32 where it is given it; in float64 its own rounding does not matter.
        x64, y64 = (real, predicted) if real.dtype == np.uint8 else (real.astype(np.float64), predicted.astype(np.float64))
        tensors[f"{name}.{metric}"] = np.array(
            [[value(x, y) for x, y in zip(a, b)] for a, b in zip(x64, y64)], dtype=np.float32
        )

target = pathlib.Path("Tests/AuspexMetricsTests/Golden/pixel_metrics.safetensors")
save_file(tensors, target)
target.chmod(0o644)
write_sidecar(target, ["numpy", "scikit-image", "safetensors"])
