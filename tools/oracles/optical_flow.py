"""Golden optical flow of small moved textures, from OpenCV's `calcOpticalFlowFarneback`.

Writes Tests/AuspexModelsTests/Golden/optical_flow.safetensors: for each case the grey pictures `CASE.first` and `CASE.second` ([H, W], uint8) and
every third pixel of `CASE.flow` ([⌈H/3⌉, ⌈W/3⌉, 2], (dx, dy) as OpenCV has them). Needs opencv-python-headless.
"""

import pathlib

import cv2
import numpy as np
from safetensors.numpy import save_file
from sidecar import write_sidecar

SETTINGS = dict(pyr_scale=0.5, levels=3, winsize=15, iterations=3, poly_n=5, poly_sigma=1.2, flags=0)
MARGIN = 20


def moved_texture(height, width, degrees, zoom, shift, seed):
    """A smooth random texture, and the same turned, enlarged and moved."""
    shape = (height + 2 * MARGIN, width + 2 * MARGIN)
    texture = np.random.default_rng(seed).uniform(0, 255, shape).astype(np.float32)
    texture = cv2.normalize(cv2.GaussianBlur(texture, (0, 0), 2.5), None, 0, 255, cv2.NORM_MINMAX)
    matrix = cv2.getRotationMatrix2D((shape[1] / 2, shape[0] / 2), degrees, zoom)
    matrix[:, 2] += shift
    moved = cv2.warpAffine(texture, matrix, shape[::-1])
    return [np.ascontiguousarray(p[MARGIN:-MARGIN, MARGIN:-MARGIN].astype(np.uint8)) for p in (texture, moved)]


if __name__ == "__main__":
    cases = {
        # Too small for a pyramid.
        "small": moved_texture(48, 60, 2, 1.02, (0.7, -1.2), 0),
        # One level, sides that differ.
        "wide": moved_texture(64, 97, -3, 1.0, (2.3, 1.6), 1),
        # Two levels whose sides are not whole halves.
        "odd": moved_texture(131, 139, 1, 0.97, (-4.2, 3.1), 2),
    }
    tensors = {}
    for name, (first, second) in cases.items():
        tensors[f"{name}.first"], tensors[f"{name}.second"] = first, second
        flow = cv2.calcOpticalFlowFarneback(first, second, None, **SETTINGS)
        tensors[f"{name}.flow"] = np.ascontiguousarray(flow[::3, ::3])
    target = pathlib.Path("Tests/AuspexModelsTests/Golden/optical_flow.safetensors")
    save_file(tensors, target)
    target.chmod(0o644)
    write_sidecar(target, ["numpy", "opencv-python-headless", "safetensors"])
