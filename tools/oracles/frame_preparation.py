"""Golden values of the rules that frames are resized by, from PyTorch and Pillow.

Writes Tests/AuspexMetricsTests/Golden/frame_preparation.safetensors: `places` (rows and columns of 224), and for every rule and framing `HEIGHTxWIDTH.RULE.FRAMING`, the
values 0…255 at these places. Pixels are those of a formula that the test has too: frames that alias.
"""

import pathlib

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from safetensors.numpy import save_file
from sidecar import write_sidecar

SIDE = 224


def frame(height, width):
    y, x, c = np.meshgrid(np.arange(height), np.arange(width), np.arange(3), indexing="ij")
    return ((3 * y * y + 7 * x + 5 * x * y + 85 * c) % 256).astype(np.uint8)


def interpolate(**options):
    return lambda x, size: F.interpolate(torch.from_numpy(x).permute(2, 0, 1)[None].float(), size=size, **options)[0].permute(1, 2, 0).numpy()


def pillow(x, size):
    """One pass after the other, columns first: what Pillow does in one call up to version 12; since 13 it takes rows first where they shrink much more."""
    columns = Image.fromarray(x).resize((size[1], x.shape[0]), Image.BILINEAR)
    return np.asarray(columns.resize((size[1], size[0]), Image.BILINEAR)).astype(np.float32)


rules = {
    "centred": interpolate(mode="bilinear", align_corners=False),
    "aligned": interpolate(mode="bilinear", align_corners=True),
    "nearest": interpolate(mode="nearest"),
    "bicubic": interpolate(mode="bicubic", align_corners=False),
    "area": interpolate(mode="area"),
    "antialiased": pillow,
}
places = np.unique(np.linspace(0, SIDE - 1, 14).astype(np.int32))
tensors = {"places": places}
for height, width in ((20, 30), (500, 300), (224, 300)):
    pixels = frame(height, width)
    scale = SIDE / min(height, width)
    tall, wide = (SIDE, int(np.ceil(width * scale))) if height < width else (int(np.ceil(height * scale)), SIDE)
    top, left = (tall - SIDE) // 2, (wide - SIDE) // 2
    for name, rule in rules.items():
        squeezed = rule(pixels, (SIDE, SIDE))
        cropped = rule(pixels, (tall, wide))[top : top + SIDE, left : left + SIDE]
        for framing, result in (("squeezed", squeezed), ("cropped", cropped)):
            tensors[f"{height}x{width}.{name}.{framing}"] = np.ascontiguousarray(result[np.ix_(places, places)], np.float32)

target = pathlib.Path("Tests/AuspexMetricsTests/Golden/frame_preparation.safetensors")
save_file(tensors, target)
target.chmod(0o644)
write_sidecar(target, ["torch", "pillow", "numpy", "safetensors"])
