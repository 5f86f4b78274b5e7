"""Golden Fréchet and kernel distances of small sets of features, from SciPy's matrix square root and plain sums.

Writes Tests/AuspexMetricsTests/Golden/feature_distances.safetensors: for each case `CASE.x`, `CASE.y` (features, [N, D]) and one number each of
`CASE.frechet`, `CASE.frechet-n` (covariances with n), `CASE.kernel` and `CASE.kernel-plain`, in two float32 halves of a float64.
"""

import pathlib

import numpy as np
from safetensors.numpy import save_file
from scipy.linalg import sqrtm
from sidecar import write_sidecar

def frechet(x, y, divisor):
    x, y = x.astype(np.float64), y.astype(np.float64)
    mean_x, mean_y = x.mean(0), y.mean(0)
    cov_x, cov_y = np.cov(x, rowvar=False, ddof=divisor), np.cov(y, rowvar=False, ddof=divisor)
    root = sqrtm(cov_x @ cov_y)
    return np.sum((mean_x - mean_y) ** 2) + np.trace(cov_x + cov_y) - 2 * np.trace(root).real


def kernel(x, y, scale):
    x, y = x.astype(np.float64), y.astype(np.float64)
    k = lambda a, b: sum((float(u @ v) * scale + 1) ** 3 for u in a for v in b)
    same = lambda a: (k(a, a) - sum((float(u @ u) * scale + 1) ** 3 for u in a)) / (len(a) * (len(a) - 1))
    return same(x) + same(y) - 2 * k(x, y) / (len(x) * len(y))



if __name__ == "__main__":
    random = np.random.default_rng(12)
    cases = {
        # More rows than features, unequal sets, correlated features.
        "plain": (random.normal(0, 1, (60, 12)) @ random.normal(0, 1, (12, 12)), random.normal(0.5, 2, (45, 12))),
        # Fewer rows than features: both covariances are singular.
        "singular": (random.normal(3, 1, (9, 20)), random.normal(3.2, 1.5, (7, 20))),
        # Features of very different size.
        "scales": (random.normal(0, 1, (40, 6)) * 10.0 ** np.arange(-3, 3), random.normal(0, 2, (40, 6)) * 10.0 ** np.arange(-3, 3)),
    }

    tensors = {}
    for name, (x, y) in cases.items():
        x, y = x.astype(np.float32), y.astype(np.float32)
        tensors[f"{name}.x"], tensors[f"{name}.y"] = x, y
        values = {
            "frechet": frechet(x, y, 1),
            "frechet-n": frechet(x, y, 0),
            "kernel": kernel(x, y, 1 / x.shape[1]),
            "kernel-plain": kernel(x, y, 1.0),
        }
        for what, value in values.items():
            high = np.float32(value)
            tensors[f"{name}.{what}"] = np.array([high, np.float32(value - np.float64(high))])

    target = pathlib.Path("Tests/AuspexMetricsTests/Golden/feature_distances.safetensors")
    save_file(tensors, target)
    target.chmod(0o644)
    write_sidecar(target, ["numpy", "scipy", "safetensors"])
