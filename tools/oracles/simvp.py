"""Golden values of SimVP, in PyTorch's double precision: the prediction, every gradient of the mean squared error, and ten of Adam's steps.

Writes Tests/AuspexModelsTests/Golden/simvp*.safetensors. Weights and clips are made by formula (golden_state.py), so the files hold results only.
With `--time` it writes nothing and times forward and backward of a larger model instead, on as many threads as `--threads` says.
"""

import argparse
import json
import pathlib
import statistics
import time

import torch
import torch.nn.functional as F
from golden_state import channels_first, channels_last, clip, gradients, initialise
from safetensors.torch import save_file
from sidecar import write_sidecar
from torch import nn
from whole_model import deviation

GOLDEN = pathlib.Path("Tests/AuspexModelsTests/Golden")
STEPS, BATCH, RATE = 10, 2, 1e-3
KEYS = ["size", "contextFrames", "predictedFrames", "frameChannels", "spatialChannels", "temporalChannels"]
KEYS += ["spatialBlocks", "temporalBlocks", "inceptionKernels", "groups"]
CASES = {
    "simvp": [16, 3, 3, 1, 4, 8, 4, 3, [3, 5, 7, 11], 2],
    "simvp-longer": [8, 2, 5, 3, 2, 8, 2, 2, [3, 5], 4],
    "simvp-shorter": [8, 4, 2, 1, 4, 16, 2, 2, [1, 7], 8],
}


class Norm(nn.Module):
    def __init__(self, groups, channels):
        super().__init__()
        self.gain, self.bias = nn.Parameter(torch.ones(channels)), nn.Parameter(torch.zeros(channels))
        self.groups = groups

    def forward(self, x):
        return F.group_norm(x, self.groups, self.gain, self.bias, eps=1e-5)


class Spatial(nn.Module):
    def __init__(self, inputs, outputs, change):
        super().__init__()
        wide = 4 * outputs if change == "up" else outputs
        self.convolution = nn.Conv2d(inputs, wide, 3, stride=2 if change == "down" else 1, padding=1)
        self.norm = Norm(2, outputs)
        self.up = change == "up"

    def forward(self, x):
        y = self.convolution(x)
        return F.silu(self.norm(F.pixel_shuffle(y, 2) if self.up else y))


class Encoder(nn.Module):
    def __init__(self, c):
        super().__init__()
        widths = [c["frameChannels"]] + c["spatialBlocks"] * [c["spatialChannels"]]
        changes = ["none", "down"] * (c["spatialBlocks"] // 2)
        self.blocks = nn.ModuleList(map(Spatial, widths, widths[1:], changes))

    def forward(self, x):
        outputs = [x]
        for block in self.blocks:
            outputs.append(block(outputs[-1]))
        return outputs[-1], outputs[1]


class Decoder(nn.Module):
    def __init__(self, c):
        super().__init__()
        width, changes = c["spatialChannels"], ["up", "none"] * (c["spatialBlocks"] // 2)
        self.blocks = nn.ModuleList(Spatial(width, width, change) for change in changes)
        self.readout = nn.Conv2d(width, c["frameChannels"], 1)

    def forward(self, x, skip):
        for i, block in enumerate(self.blocks):
            x = block(x + skip if i == len(self.blocks) - 1 else x)
        return self.readout(x)


class Branch(nn.Module):
    def __init__(self, inputs, outputs, kernel, groups):
        super().__init__()
        self.convolution = nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2, groups=groups)
        self.norm = Norm(groups, outputs)

    def forward(self, x):
        return F.leaky_relu(self.norm(self.convolution(x)), 0.2)


class Inception(nn.Module):
    def __init__(self, c, inputs, outputs):
        super().__init__()
        reduced = c["temporalChannels"] // 2
        self.reduce = nn.Conv2d(inputs, reduced, 1)
        self.branches = nn.ModuleList(Branch(reduced, outputs, k, c["groups"]) for k in c["inceptionKernels"])

    def forward(self, x):
        x = self.reduce(x)
        return sum(branch(x) for branch in self.branches)


class Translator(nn.Module):
    def __init__(self, c):
        super().__init__()
        n, width, ends = c["temporalBlocks"], c["temporalChannels"], c["contextFrames"] * c["spatialChannels"]
        self.down = nn.ModuleList(Inception(c, width if i else ends, width) for i in range(n))
        self.up = nn.ModuleList(Inception(c, 2 * width if i else width, width if i < n - 1 else ends) for i in range(n))

    def forward(self, x):
        kept = []
        for block in self.down:
            x = block(x)
            kept.append(x)
        x = self.up[0](x)
        for i, block in enumerate(self.up[1:], 1):
            x = block(torch.cat([x, kept[len(kept) - 1 - i]], 1))
        return x


class SimVP(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.encoder, self.translator, self.decoder = Encoder(c), Translator(c), Decoder(c)

    def once(self, clip):  # (B, T, C, H, W)
        latent, skip = self.encoder(clip.flatten(0, 1))
        moved = self.translator(latent.unflatten(0, clip.shape[:2]).flatten(1, 2))
        return self.decoder(moved.reshape(latent.shape), skip).unflatten(0, clip.shape[:2])

    def forward(self, context, steps):
        clips, frames = [context], 0
        while frames < steps:
            clips.append(self.once(clips[-1]))
            frames += context.shape[1]
        return torch.cat(clips[1:], 1)[:, :steps]


def loss_of(model, name, c, dtype, step):
    given, wanted = c["contextFrames"], c["predictedFrames"]
    video = channels_first(clip(f"{name}.clip.{step}", BATCH, given + wanted, c["size"], c["frameChannels"])).to(dtype)
    predicted = model(video[:, :given], wanted)
    return predicted, F.mse_loss(predicted, video[:, given:])


def make(name, dtype):
    c = dict(zip(KEYS, CASES[name]))
    model = SimVP(c)
    initialise(model, "simvp", dtype)
    adam = torch.optim.Adam(model.parameters(), RATE, (0.9, 0.999), eps=1e-8)
    results, losses = {}, []
    for step in range(STEPS):
        predicted, loss = loss_of(model, name, c, dtype, step)
        adam.zero_grad()
        loss.backward()
        if step == 0:
            results |= {"output": channels_last(predicted).detach(), **gradients(model, "simvp")}
        adam.step()
        losses.append(loss.detach())
    return results | {"losses": torch.stack(losses)}


def write():
    torch.set_num_threads(1)
    for name in CASES:
        reference, single = make(name, torch.float64), make(name, torch.float32)
        target = GOLDEN / f"{name}.safetensors"
        save_file({k: t.float().contiguous() for k, t in reference.items()}, target)
        notes = "PyTorch's float32 from its double, largest difference over largest magnitude: " + json.dumps(deviation(single, reference))
        write_sidecar(target, ["numpy", "torch", "safetensors"], notes)
        print(name, target.stat().st_size, notes, reference["losses"], sep="\n")


def measure(threads, repeats, last):
    torch.set_num_threads(threads)
    c = dict(zip(KEYS, [64, 5, 5, 1, 32, 256, 4, 8, [3, 5, 7, 11], 8]))
    model, video = SimVP(c), torch.rand(4, 10, 1, 64, 64) * 2 - 1
    if last:
        model = model.to(memory_format=torch.channels_last)
    # On a shared machine, processor time is more informative than the clock.
    for clock in [time.perf_counter, time.process_time]:
        times = []
        for _ in range(repeats + 1):
            start = clock()
            F.mse_loss(model(video[:, :5], 5), video[:, 5:]).backward()
            times.append(clock() - start)
        print(f"{clock.__name__}: median {statistics.median(times[1:]):.3f} s of {[round(t, 3) for t in times[1:]]}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--time", action="store_true")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--channels-last", action="store_true")
    options = parser.parse_args()
    measure(options.threads, options.repeats, options.channels_last) if options.time else write()


if __name__ == "__main__":
    main()
