"""Golden values of what JPEG leaves of a picture, from Pillow (libjpeg-turbo).

Writes Tests/AuspexVideoTests/Golden/jpeg_loss.safetensors: `HEIGHTxWIDTHxCHANNELS.QUALITY`, uint8, pictures of a formula that the test has too, written and read again.
"""

import io
import pathlib

import numpy as np
from PIL import Image, features
from safetensors.numpy import save_file
from sidecar import write_sidecar

# Whole blocks; sides that fill neither a block nor a pair of pixels; so narrow that chroma is repeated.
SIZES = [(32, 48, 3), (35, 43, 3), (18, 3, 3), (21, 30, 1)]


def picture(height, width, channels):
    y, x, c = np.meshgrid(np.arange(height), np.arange(width), np.arange(channels), indexing="ij")
    edges = 120 * ((x // 5 + y // 7 + c) % 2)
    return ((3 * x + 2 * y + 40 * c + x * y // 16 + edges) % 256).astype(np.uint8)


def kept(pixels, quality):
    file = io.BytesIO()
    Image.fromarray(pixels.squeeze(-1) if pixels.shape[2] == 1 else pixels).save(file, "JPEG", quality=quality)
    return np.asarray(Image.open(file)).reshape(pixels.shape)


tensors = {
    f"{height}x{width}x{channels}.{quality}": np.ascontiguousarray(kept(picture(height, width, channels), quality))
    for height, width, channels in SIZES
    for quality in (75, 95)
}
target = pathlib.Path("Tests/AuspexVideoTests/Golden/jpeg_loss.safetensors")
target.parent.mkdir(exist_ok=True)
save_file(tensors, target)
target.chmod(0o644)
write_sidecar(target, ["pillow", "numpy", "safetensors"], f"libjpeg-turbo {features.version('libjpeg_turbo')}")
