"""Golden targets of motion from a clip's own future: chained optical flow, its trust, and the still background.

Writes Tests/AuspexModelsTests/Golden/future_targets.safetensors: for each case `CASE.clips` ([B, T, H, W, C], uint8), `CASE.context` (frames, uint8) and
`tracks` ([B, Tp, H, W, 2], (dy, dx)), `trust` ([B, Tp, H, W, 1]), `still` ([B, H, W, C]), `stillWeight` and `foreground` ([B, H, W, 1]). Flow is OpenCV's
`calcOpticalFlowFarneback` (of luma that is not rounded), reading is OpenCV's `remap` in float32 written out, the median is NumPy's.
Needs opencv-python-headless.
"""

import pathlib

import cv2
import numpy as np
from safetensors.numpy import save_file
from sidecar import write_sidecar

WINDOW, TOLERANCE, FORWARD_BACKWARD = 5, 0.08, 0.5


def texture(rng, height, width, channels, smoothness):
    noise = rng.uniform(0, 255, (height, width, channels)).astype(np.float32)
    noise = cv2.GaussianBlur(noise, (0, 0), smoothness).reshape(height, width, channels)
    return (noise - noise.min()) / (noise.max() - noise.min()) * 255


def clip(seed, frames, height, width, channels):
    """Two textured discs that bounce before a textured ground. It moves a little, because on the border flow is discontinuous where nothing moves."""
    rng = np.random.default_rng(seed)
    ground = texture(rng, height + 16, width + 16, channels, 3)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    picture = np.stack(
        [
            cv2.remap(ground, x + np.float32(8 + 0.21 * t), y + np.float32(8 - 0.17 * t), cv2.INTER_LINEAR)
            for t in range(frames)
        ]
    ).reshape(frames, height, width, channels)
    for _ in range(2):
        radius, skin = rng.uniform(4, 7), texture(rng, 64, 64, channels, 2)
        place = rng.uniform([radius, radius], [height - radius, width - radius])
        speed = rng.uniform(-1.3, 1.3, 2)
        for t in range(frames):
            for axis, side in enumerate((height, width)):
                if not radius <= place[axis] + speed[axis] <= side - radius:
                    speed[axis] = -speed[axis]
            place = place + speed
            map_x, map_y = (x - place[1] + 32).astype(np.float32), (y - place[0] + 32).astype(np.float32)
            disc = cv2.remap(skin, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
            cover = np.clip(radius + 0.5 - np.hypot(x - place[1], y - place[0]), 0, 1)[..., None]
            picture[t] = picture[t] * (1 - cover) + disc.reshape(height, width, channels) * cover
    return np.round(picture).astype(np.uint8)


def luma(frame):
    values = frame.astype(np.float32)
    return values @ np.array([0.299, 0.587, 0.114], np.float32) if frame.shape[-1] == 3 else values.mean(-1)


def flow(first, second):
    return cv2.calcOpticalFlowFarneback(luma(first), luma(second), None, 0.5, 3, WINDOW, 3, 5, 1.2, 0)


def read(picture, way):
    """The picture at p + way(p), bilinearly, the edge repeated."""
    height, width = way.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    px, py = np.clip(x + way[..., 0], 0, width - 1), np.clip(y + way[..., 1], 0, height - 1)
    left, top = np.minimum(px.astype(int), width - 2), np.minimum(py.astype(int), height - 2)
    a, b = (px - left)[..., None], (py - top)[..., None]
    above = picture[top, left] * (1 - a) + picture[top, left + 1] * a
    return above * (1 - b) + (picture[top + 1, left] * (1 - a) + picture[top + 1, left + 1] * a) * b


def targets(frames, context):
    values = frames.astype(np.float32) / 255
    way = np.zeros((*frames.shape[1:3], 2), np.float32)
    along = np.ones((*frames.shape[1:3], 1), np.float32)
    tracks, trust = [], []
    for t in range(context - 1, len(frames) - 1):
        ahead = read(flow(frames[t], frames[t + 1]), way)
        back = read(flow(frames[t + 1], frames[t]), way + ahead)
        way = way + ahead
        apart = np.linalg.norm(ahead + back, axis=-1, keepdims=True)
        along = along * np.exp(-((apart / FORWARD_BACKWARD) ** 2))
        colour = np.abs(read(values[t + 1], way) - values[context - 1]).mean(-1, keepdims=True)
        tracks.append(way)
        trust.append(along * np.exp(-((colour / TOLERANCE) ** 2)))
    median = np.median(frames, axis=0).astype(np.float32)
    apart = np.abs(frames.astype(np.float32) - median).mean(-1, keepdims=True)
    weight = np.clip(((apart < 10).mean(0) - 0.3) / 0.3, 0, 1)
    foreground = 1 - np.exp(-((apart[context - 1] / 12.0) ** 2))
    return {
        # OpenCV says (dx, dy).
        "tracks": np.stack(tracks)[..., ::-1],
        "trust": np.stack(trust),
        "still": median / 255,
        "stillWeight": weight,
        "foreground": foreground,
    }


if __name__ == "__main__":
    tensors = {}
    for name, shape, context, seeds in [
        ("colour", (9, 32, 32, 3), 3, (0, 1)),
        # A side of 32 at the level above.
        ("grey", (6, 64, 70, 1), 2, (2,)),
    ]:
        clips = np.stack([clip(seed, *shape) for seed in seeds])
        tensors[f"{name}.clips"], tensors[f"{name}.context"] = clips, np.array([context], np.uint8)
        made = [targets(frames, context) for frames in clips]
        for key in made[0]:
            tensors[f"{name}.{key}"] = np.ascontiguousarray(np.stack([m[key] for m in made]), dtype=np.float32)
    target = pathlib.Path("Tests/AuspexModelsTests/Golden/future_targets.safetensors")
    save_file(tensors, target)
    target.chmod(0o644)
    write_sidecar(target, ["numpy", "opencv-python-headless", "safetensors"])
