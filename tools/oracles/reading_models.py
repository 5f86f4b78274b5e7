"""The generator, the discriminators and the losses of the models, read in PyTorch; clips are (B, T, C, H, W)."""

import torch
import torch.nn.functional as F
from reading_units import BatchNorm, ConditionalBatchNorm, conv, linear, make_unit, unroll, warp_by_kernels
from torch import nn
from torch.nn.utils.parametrizations import spectral_norm

MULTIPLIERS = {32: [8, 4, 2], 64: [8, 8, 4, 2], 128: [8, 8, 8, 4, 2], 256: [8, 8, 8, 4, 4, 2]}


class GeneratorBlock(nn.Module):
    def __init__(self, inputs, outputs, condition, up):
        super().__init__()
        self.up = up
        self.norm1, self.norm2 = ConditionalBatchNorm(inputs, condition), ConditionalBatchNorm(outputs, condition)
        self.conv1, self.conv2 = conv(inputs, outputs), conv(outputs, outputs)
        self.shortcut = conv(inputs, outputs, 1) if up or inputs != outputs else nn.Identity()

    def forward(self, x, z):
        h = F.relu(self.norm1(x, z))
        if self.up:
            h, x = F.interpolate(h, scale_factor=2), F.interpolate(x, scale_factor=2)
        return self.conv2(F.relu(self.norm2(self.conv1(h), z))) + self.shortcut(x)


class DownsamplingBlock(nn.Module):
    def __init__(self, inputs, outputs, down, first=False, dimensions=2):
        super().__init__()
        self.down, self.first = down, first
        self.pool = F.avg_pool3d if dimensions == 3 else F.avg_pool2d
        self.conv1, self.conv2 = conv(inputs, outputs, 3, dimensions), conv(outputs, outputs, 3, dimensions)
        self.shortcut = conv(inputs, outputs, 1, dimensions) if down or inputs != outputs else nn.Identity()

    def forward(self, x):
        h = self.conv2(F.relu(self.conv1(x if self.first else F.relu(x))))
        if not self.down:
            return h + self.shortcut(x)
        h = self.pool(h, 2)
        return h + (self.shortcut(self.pool(x, 2)) if self.first else self.pool(self.shortcut(x), 2))


class Stage(nn.Module):
    def __init__(self, c, width, outputs, condition):
        super().__init__()
        self.start = conv(c["contextFrames"] * width, width)
        self.unit = make_unit(
            c["unit"], width, width, c.get("warp", "kernel"), c.get("kernelSize", 3), c.get("mix", "warped"), c.get("links", 13)
        )
        normed = c.get("unitNorm", False)
        self.startNorm = BatchNorm(width) if normed else nn.Identity()
        self.inputNorm = BatchNorm(width) if normed else nn.Identity()
        self.block = GeneratorBlock(width, width, condition, False)
        self.upsample = GeneratorBlock(width, outputs, condition, True)

    def forward(self, xs, features, z):
        h = F.relu(self.startNorm(self.start(features)))
        # One batch norm sees every step of every clip.
        inputs = torch.stack(xs, 1)
        xs = self.inputNorm(inputs.flatten(0, 1)).view(inputs.shape).unbind(1)
        states = torch.stack(unroll(self.unit, h, xs), 1)
        y = self.upsample(self.block(states.flatten(0, 1), z), z)
        return y.view(states.shape[0], len(xs), *y.shape[1:]).unbind(1)


class Output(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.form, self.taps = c.get("output", "paint"), c.get("outputKernelSize", 5) ** 2
        colours = c.get("frameChannels", 3)
        self.conv = conv(c["channels"], colours if self.form == "paint" else self.taps + 1 + colours)

    def forward(self, features, frame):
        maps = [self.conv(f) for f in features]
        if self.form == "paint":
            return torch.stack([torch.tanh(m) for m in maps], 1)
        frames, sharpness = [], 4
        for m in maps:
            keep = torch.sigmoid(m[:, self.taps : self.taps + 1])
            frame = keep * warp_by_kernels(frame, sharpness * m[:, : self.taps]) + (1 - keep) * torch.tanh(m[:, self.taps + 1 :])
            frames.append(frame)
        return torch.stack(frames, 1)


class Generator(nn.Module):
    def __init__(self, c):
        super().__init__()
        widths = [m * c["channels"] for m in MULTIPLIERS[c["size"]]]
        condition = c["latentSize"] + (c["embeddingSize"] if c.get("classes") else 0)
        down = [c.get("frameChannels", 3)] + widths[::-1]
        self.encoder = nn.ModuleList([DownsamplingBlock(i, o, True, first=n == 0) for n, (i, o) in enumerate(zip(down, down[1:]))])
        self.embedding = nn.Parameter(torch.zeros(c["classes"], c["embeddingSize"])) if c.get("classes") else None
        self.project = linear(condition, 16 * widths[0])
        self.stages = nn.ModuleList([Stage(c, w, o, condition) for w, o in zip(widths, widths[1:] + [c["channels"]])])
        self.norm = BatchNorm(c["channels"])
        self.output = Output(c)

    def forward(self, context, z, steps, classes=None):
        b, t = context.shape[:2]
        if self.embedding is not None:
            z = torch.cat([z, self.embedding[classes]], 1)
        h, scales = context.flatten(0, 1), []
        for block in self.encoder:
            h = block(h)
            scales.append(h.reshape(b, t * h.shape[1], *h.shape[2:]))
        xs = [self.project(z).view(b, -1, 4, 4)] * steps
        for stage, features in zip(self.stages, scales[::-1]):
            xs = stage(xs, features, z)
        # One batch norm sees every frame of every clip.
        y = F.relu(self.norm(torch.stack(xs, 1).flatten(0, 1)))
        return self.output(y.view(b, steps, *y.shape[1:]).unbind(1), context[:, -1])


class ViewDiscriminator(nn.Module):
    def __init__(self, kind, side, channels, colours, classes=0):
        super().__init__()
        inputs, multiplier, volumes, images = colours, 1, [], []
        while True:
            last, position = side <= 4, len(volumes) + len(images)
            volume = kind == "clip" and position < 2
            outputs = multiplier * channels
            (volumes if volume else images).append(DownsamplingBlock(inputs, outputs, not last, position == 0, 3 if volume else 2))
            inputs, multiplier, side = outputs, min(8, 2 * multiplier), side // 2
            if last:
                break
        self.volumeBlocks, self.blocks = nn.ModuleList(volumes), nn.ModuleList(images)
        self.score = linear(inputs, 1)
        self.classes = classes
        if classes:
            self.embedding = nn.Parameter(torch.zeros(classes, inputs))
            # Along dimension 1, so that u is on the side of the features, as a map's outputs do.
            spectral_norm(self, "embedding", eps=1e-6, dim=1)

    def forward(self, seen, classes=None):
        b = seen.shape[0]
        h = seen.transpose(1, 2)
        for block in self.volumeBlocks:
            h = block(h)
        h = h.transpose(1, 2)
        t = h.shape[1]
        h = h.flatten(0, 1)
        for block in self.blocks:
            h = block(h)
        h = F.relu(h).sum((2, 3))
        scores = self.score(h)[:, 0]
        if self.classes:
            scores = scores + (h * self.embedding[classes].repeat_interleave(t, 0)).sum(1)
        return scores.view(b, t).sum(1)


class Discriminators(nn.Module):
    """`views`: dicts of kind ("frames" with count, or "clip"), scale and crop."""

    def __init__(self, views, c):
        super().__init__()
        self.views = views
        self.networks = nn.ModuleList(
            [
                ViewDiscriminator(v["kind"], c["size"] // v.get("scale", 1) // v.get("crop", 1), c["channels"], c.get("frameChannels", 3), c.get("classes", 0))
                for v in views
            ]
        )

    def forward(self, video, draws, classes=None):
        """draws: per view, frame numbers (B, K), places (B, 2) or None."""
        return [discriminator(see(video, view, draw), classes) for discriminator, view, draw in zip(self.networks, self.views, draws)]


def see(video, view, draw):
    if view["kind"] == "frames":
        video = torch.stack([clip[numbers.long()] for clip, numbers in zip(video, draw)])
    elif view.get("crop", 1) > 1:
        side = video.shape[-1] // view["crop"]
        video = torch.stack([clip[..., y : y + side, x : x + side] for clip, (y, x) in zip(video, draw.tolist())])
    if view.get("scale", 1) > 1:
        small = F.avg_pool2d(video.flatten(0, 1), view["scale"])
        video = small.view(*video.shape[:2], *small.shape[1:])
    return video


def hinge(scores):
    """The discriminators' loss of one view: scores of real clips, then as many of predicted ones."""
    real, predicted = scores.chunk(2)
    return F.relu(1 - real).mean() + F.relu(1 + predicted).mean()
