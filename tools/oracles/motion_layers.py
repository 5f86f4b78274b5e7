"""Golden values of motion layers, in PyTorch's double precision: the prediction and what comes with it, every gradient of the training loss, and ten of Adam's steps.

Writes Tests/AuspexModelsTests/Golden/motion-layers*.safetensors. Weights, clips, prior motion and targets are made by formula (golden_state.py), so the
files hold results only. Displacements are (dy, dx).
"""

import argparse
import json
import math
import pathlib

import torch
import torch.nn.functional as F
from golden_state import channels_first, channels_last, entries, gradients, uniform
from safetensors.torch import save_file
from sidecar import write_sidecar
from torch import nn
from whole_model import deviation

GOLDEN = pathlib.Path("Tests/AuspexModelsTests/Golden")
STEPS, BATCH, RATE = 10, 2, 1e-3
# Far above the rounding of convolutions by minimal filtering.
CLEAR = 4e-5
KEYS = ["height", "width", "contextFrames", "predictedFrames", "frameChannels", "widths", "headChannels", "rolloutWidths"]
CASES = {
    "motion-layers": [32, 32, 5, 4, 3, [4, 8, 12, 16], 10, [12, 8]],
    "motion-layers-grey": [16, 24, 2, 3, 1, [3, 6, 8, 8], 5, [8, 6]],
}


# Operations, channels first.


def places(flow):
    """Where displacements (dy, dx) [..., 2, H, W] lead, as grid_sample counts: (x, y) in [-1, 1], the corners' centres at the ends."""
    height, width = flow.shape[-2:]
    y = torch.arange(height, dtype=flow.dtype)[:, None] + flow[..., 0, :, :]
    x = torch.arange(width, dtype=flow.dtype) + flow[..., 1, :, :]
    return torch.stack([2 * x / (width - 1) - 1, 2 * y / (height - 1) - 1], -1)


def repeated(image, flow):
    """An image for each of its times, both with time folded into batch."""
    return image[:, None].expand(-1, flow.shape[1], -1, -1, -1).flatten(0, 1), flow.flatten(0, 1)


def sample(image, flow):
    """[N, C, H, W] read at [N, T, 2, H, W], edges repeated."""
    x, d = repeated(image, flow)
    return F.grid_sample(x, places(d), "bilinear", "border", align_corners=True).unflatten(0, flow.shape[:2])


def splat(values, flow):
    """Forward splatting written out: every corner's share is added where it falls. Differentiated by PyTorch."""
    v, d = repeated(values, flow)
    height, width = d.shape[-2:]
    y = torch.arange(height, dtype=d.dtype)[:, None] + d[:, 0]
    x = torch.arange(width, dtype=d.dtype) + d[:, 1]
    top, left = y.detach().floor(), x.detach().floor()
    out = torch.zeros_like(v).flatten(2)
    for a in (0, 1):
        for b in (0, 1):
            row, column = top + a, left + b
            weight = (1 - (y - row).abs()) * (1 - (x - column).abs())
            inside = (row >= 0) & (row < height) & (column >= 0) & (column < width)
            at = (row.clamp(0, height - 1) * width + column.clamp(0, width - 1)).long()
            share = (v * (weight * inside)[:, None]).flatten(2)
            out = out.scatter_add(2, at.flatten(1)[:, None].expand_as(share), share)
    return out.view_as(v).unflatten(0, flow.shape[:2])


def cost_volume(first, second, reach=1.5, step=0.5, limit=0.15):
    height, width = second.shape[-2:]
    along = torch.arange(-reach, reach + 1e-6, step, dtype=second.dtype)
    costs = []
    for dy in along:
        for dx in along:
            flow = torch.stack([-dy, -dx])[None, None, :, None, None].expand(len(second), 1, 2, height, width)
            costs.append((sample(first, flow)[:, 0] - second).abs().mean(1).clamp(max=limit))
    return torch.stack(costs, 1)


def pushpull(x, known, levels=5):
    stack = [(x, known)]
    while levels > 0 and stack[-1][0].shape[-1] % 2 == 0 and stack[-1][0].shape[-2] % 2 == 0:
        x, w = stack[-1]
        coarse = F.avg_pool2d(w, 2)
        stack.append((F.avg_pool2d(x * w, 2) / (coarse + 1e-4), (coarse * 4).clamp(max=1)))
        levels -= 1
    filled = stack.pop()[0]
    for x, w in reversed(stack):
        filled = w * x + (1 - w) * F.interpolate(filled, scale_factor=2, mode="bilinear")
    return filled


def composite(splatted, background):
    channels = background.shape[-3]
    values, weight, coverage = splatted.split([channels, 1, 1], -3)
    opacity = coverage.clamp(max=1) * weight / (weight + 1e-3)
    return opacity * values / (weight + 1e-3) + (1 - opacity) * background, opacity


# The network.


# The smallest magnitudes of what goes into the ReLUs, since the list was last emptied.
margins = []


class Norm(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.gain, self.bias = nn.Parameter(torch.ones(1, channels)), nn.Parameter(torch.zeros(1, channels))

    def forward(self, x):
        y = F.batch_norm(x, None, None, self.gain[0], self.bias[0], training=True, eps=1e-5)
        margins.append(y.detach().abs().min().item())
        return F.relu(y)


class Block(nn.Conv2d):
    def __init__(self, inputs, outputs, stride=1):
        super().__init__(inputs, outputs, 3, stride, 1, bias=False)
        self.norm = Norm(outputs)

    def forward(self, x):
        return self.norm(super().forward(x))


class Refining(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.block, self.convolution = Block(channels, channels), nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x):
        return x + self.convolution(self.block(x))


class Network(nn.Module):
    def __init__(self, c):
        super().__init__()
        full, half, quarter, eighth = c["widths"]
        channels = c["frameChannels"]
        self.entry = Block((c["contextFrames"] + 1) * channels + 6, full)
        self.downToHalf = Block(full, half, 2)
        self.costs = Block(half + 49, half)
        self.downToQuarter, self.quarterRefined = Block(half, quarter, 2), Refining(quarter)
        self.downToEighth, self.eighthRefined = Block(quarter, eighth, 2), Refining(eighth)
        self.upToQuarter, self.upToQuarterRefined = Block(eighth + quarter, quarter), Refining(quarter)
        self.upToHalf, self.upToHalfRefined = Block(quarter + half, half), Refining(half)
        self.upToFull, self.features = Block(half + full, full), Block(full, c["headChannels"])

    def forward(self, x, costs):
        up = lambda x, skip: torch.cat([F.interpolate(x, scale_factor=2), skip], 1)
        full = self.entry(x)
        half = self.costs(torch.cat([self.downToHalf(full), costs], 1))
        quarter = self.quarterRefined(self.downToQuarter(half))
        eighth = self.eighthRefined(self.downToEighth(quarter))
        to_quarter = self.upToQuarterRefined(self.upToQuarter(up(eighth, quarter)))
        coarse = self.upToHalfRefined(self.upToHalf(up(to_quarter, half)))
        return coarse, self.features(self.upToFull(up(coarse, full)))


class Rollout(nn.Module):
    def __init__(self, c):
        super().__init__()
        width, (first, second) = c["widths"][1], c["rolloutWidths"]
        self.start, self.features = nn.Conv2d(width, 2, 1), nn.Conv2d(width, first, 1)
        self.motion = nn.Parameter(torch.zeros(1, 1, 4, first))
        self.hidden, self.output = nn.Conv2d(first, second, 1), nn.Conv2d(second, 6, 1)

    def forward(self, m, prior, steps):
        u, known, d, way = F.avg_pool2d(prior, 2) + self.start(m), self.features(m), 0, []
        motion = self.motion[0, 0].t()[:, :, None, None]
        for _ in range(steps):
            state = torch.cat([d * 0.125 if way else torch.zeros_like(u), u], 1)
            hidden = F.relu(self.hidden(F.relu(known + F.conv2d(state, motion))))
            turn, change, correction = self.output(hidden).split(2, 1)
            u = u * (1 - 2 * torch.sigmoid(turn)) + change
            d = d + u + correction
            way.append(d)
        return torch.stack(way, 1)


class Head(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.parts = [2, 1, 1, c["frameChannels"], c["contextFrames"], c["frameChannels"], 2]
        self.convolution = nn.Conv2d(c["headChannels"], sum(self.parts), 1)

    def forward(self, x):
        return self.convolution(x).split(self.parts, 1)


class MotionLayers(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.network, self.rollout, self.head = Network(c), Rollout(c), Head(c)

    def forward(self, context, prior, steps):
        """Context [B, T, C, H, W] in [0, 1], prior [B, 2, H, W]."""
        batch, time, channels, height, width = context.shape
        last = context[:, -1]
        y = torch.linspace(-1, 1, height, dtype=context.dtype)[:, None].expand(height, width)
        x = torch.linspace(-1, 1, width, dtype=context.dtype)[None].expand(height, width)
        coordinates = torch.stack([y, x, y**4, x**4])[None].expand(batch, 4, height, width)
        explained = sample(context[:, -2], -prior[:, None])[:, 0]
        seen = [(context * 2 - 1).flatten(1, 2), prior / 2, (last - explained) * 4, coordinates]
        costs = F.avg_pool2d(cost_volume(context[:, -2], last), 2)
        coarse, fine = self.network(torch.cat(seen, 1), (costs - costs.mean(1, keepdim=True)) * 15)
        shift, alpha, order, colour, mix, paint, pan = self.head(fine)
        way = self.rollout(coarse, prior, steps)
        way = F.interpolate(way.flatten(0, 1), scale_factor=2, mode="bilinear").unflatten(0, (batch, steps))
        displacement = way + shift[:, None]
        logits, alpha = alpha, torch.sigmoid(alpha)
        weight = alpha * torch.exp(order.clamp(-6, 6))
        own = (1 - alpha) * last + alpha * (pushpull(last, 1 - alpha) + paint)
        mix = torch.softmax(mix, 1)[:, :, None]
        canvas = (mix * torch.cat([context[:, :-1], own[:, None]], 1)).sum(1)
        velocity = prior.flatten(2).median(2).values[:, :, None, None] + pan
        times = torch.arange(1, steps + 1, dtype=context.dtype).view(1, steps, 1, 1, 1)
        splatted = splat(torch.cat([(last + colour) * weight, weight, alpha], 1), displacement)
        frames, opacity = composite(splatted, sample(canvas, -times * velocity[:, None]))
        return frames, {"displacement": displacement, "alphaLogits": logits, "canvas": canvas, "opacity": opacity}


def weighted(x, weights):
    return (x * weights).sum() / weights.sum().clamp_min(1e-6)


def losses(frames, maps, future, t, progress):
    """Pixels, and what the future teaches beside them; all weighted."""
    distance = ((maps["displacement"] - t["tracks"]).square().sum(2, keepdim=True) + 0.01).sqrt()
    channels = frames.shape[2]
    factor = 1 - 0.9 * progress
    return {
        "pixels": (frames - future).abs().mean(),
        "tracks": 0.03 * factor * weighted(distance, t["trust"] * t["foreground"][:, None]),
        "canvas": 0.3 * factor * weighted((maps["canvas"] - t["still"]).abs(), t["stillWeight"]) / channels,
        "mask": 0.03 * factor
        * weighted(F.binary_cross_entropy_with_logits(maps["alphaLogits"], t["foreground"], reduction="none"), t["stillWeight"]),
    }


# Cases.


def scale(name, shape):
    """How large the formula's numbers are: rollouts that go nowhere wild."""
    if name.endswith("bias") or name.endswith("norm.gain"):
        return 1 / 16
    if name == "rollout.output.weight" or name == "rollout.start.weight":
        return 1 / 16
    if name == "head.convolution.weight":
        return 1 / 8
    return math.sqrt(3 / math.prod(shape[:-1]))


def initialise(model, prefix, dtype):
    model.to(dtype)
    for e in entries(model):
        shape = list(e.to_auspex(e.parameter.detach()).shape)
        numbers = uniform(f"{prefix}.{e.name}", shape) * scale(e.name, shape)
        if e.name.endswith("norm.gain"):
            numbers = numbers + 1
        with torch.no_grad():
            e.parameter.copy_(e.from_auspex(numbers.float()).to(dtype))


def batch_of(name, c, dtype, step):
    """A clip [B, T, C, H, W] in [0, 1], a prior motion, and targets, all from formulas; a smooth clip would say no more."""
    given, wanted, channels = c["contextFrames"], c["predictedFrames"], c["frameChannels"]
    sides = [c["height"], c["width"]]
    made = lambda part, *shape: uniform(f"{name}.{part}.{step}", [BATCH, *shape[:-1], *sides, shape[-1]])
    share = lambda part, *shape: channels_first(made(part, *shape) / 2 + 0.5).to(dtype)
    video = share("clip", given + wanted, channels)
    prior = channels_first(made("prior", 2) * 1.5).to(dtype)
    targets = {
        "tracks": channels_first(made("tracks", wanted, 2) * 3).to(dtype),
        "trust": share("trust", wanted, 1),
        "still": share("still", channels),
        "stillWeight": share("stillWeight", 1),
        "foreground": share("foreground", 1),
    }
    return video[:, :given], video[:, given:], prior, targets


def decided(name, c):
    """The first batch of which every ReLU's side is clear: next to zero rounding decides, and a gradient jumps."""
    model = MotionLayers(c)
    initialise(model, "motion", torch.float64)
    for number in range(1000):
        context, _, prior, _ = batch_of(name, c, torch.float64, number)
        margins.clear()
        model(context, prior, c["predictedFrames"])
        if min(margins) > CLEAR:
            return number
    raise SystemExit(f"{name}: every batch has a ReLU next to zero")


def make(name, dtype, first):
    c = dict(zip(KEYS, CASES[name]))
    model = MotionLayers(c)
    initialise(model, "motion", dtype)
    adam = torch.optim.Adam(model.parameters(), RATE, (0.9, 0.999), eps=1e-8)
    results, sums = {}, []
    # The gradients of one batch; then the steps.
    for step in [first, *range(STEPS)]:
        context, future, prior, targets = batch_of(name, c, dtype, step)
        frames, maps = model(context, prior, c["predictedFrames"])
        terms = losses(frames, maps, future, targets, 0 if not results else step / STEPS)
        loss = sum(terms.values())
        adam.zero_grad()
        loss.backward()
        if not results:
            results |= {"output": channels_last(frames * 2 - 1).detach(), **gradients(model, "motion")}
            results |= {key: channels_last(x).detach() for key, x in maps.items()}
            results |= {f"loss.{key}": x.detach() for key, x in terms.items()}
            continue
        adam.step()
        sums.append(loss.detach())
    return results | {"losses": torch.stack(sums)}


def write():
    torch.set_num_threads(1)
    for name in CASES:
        first = decided(name, dict(zip(KEYS, CASES[name])))
        reference, single = make(name, torch.float64, first), make(name, torch.float32, first)
        target = GOLDEN / f"{name}.safetensors"
        numbers = {k: t.float().contiguous() for k, t in reference.items()}
        save_file(numbers | {"batch": torch.tensor([float(first)])}, target)
        notes = "PyTorch's float32 from its double, largest difference over largest magnitude: " + json.dumps(deviation(single, reference))
        write_sidecar(target, ["numpy", "torch", "safetensors"], notes)
        print(name, target.stat().st_size, notes, reference["losses"], sep="\n")


def main():
    argparse.ArgumentParser(description=__doc__).parse_args()
    write()


if __name__ == "__main__":
    main()
