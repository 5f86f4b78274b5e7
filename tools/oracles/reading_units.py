"""The layers and recurrent units of the models, read in PyTorch: channels first, whole convolutions of joined inputs, the library's spectral norm.

Attributes are named as Auspex names its parameters; layouts are PyTorch's (see golden_state.py for the way across).
"""

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils.parametrizations import spectral_norm


def conv(inputs, outputs, size=3, dimensions=2):
    kind = nn.Conv3d if dimensions == 3 else nn.Conv2d
    return spectral_norm(kind(inputs, outputs, size, padding=size // 2), eps=1e-6)


def linear(inputs, outputs, bias=True):
    return spectral_norm(nn.Linear(inputs, outputs, bias=bias), eps=1e-6)


class Statistics(nn.Module):
    """Batch statistics; the running ones follow only where `moves` is set (generator steps)."""

    moves = False

    def __init__(self, channels):
        super().__init__()
        self.register_buffer("mean", torch.zeros(channels))
        self.register_buffer("variance", torch.ones(channels))

    def forward(self, x):
        mean, variance = (self.mean, self.variance) if Statistics.moves else (None, None)
        return F.batch_norm(x, mean, variance, training=True, momentum=0.1, eps=1e-5)


class BatchNorm(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.gain, self.bias = nn.Parameter(torch.ones(1, channels)), nn.Parameter(torch.zeros(1, channels))
        self.statistics = Statistics(channels)

    def forward(self, x):
        return self.statistics(x) * self.gain[..., None, None] + self.bias[..., None, None]


class ConditionalBatchNorm(nn.Module):
    def __init__(self, channels, condition):
        super().__init__()
        self.gain, self.bias = linear(condition, channels, bias=False), linear(condition, channels, bias=False)
        self.statistics = Statistics(channels)

    def forward(self, x, z):  # x: (B*T, C, H, W) batch-major, z: (B, Z)
        t = x.shape[0] // z.shape[0]
        gain = (1 + self.gain(z)).repeat_interleave(t, 0)[:, :, None, None]
        bias = self.bias(z).repeat_interleave(t, 0)[:, :, None, None]
        return self.statistics(x) * gain + bias


def warp_by_kernels(h, logits):
    """Softmax over K*K at each pixel, the weighted sum of the neighbourhood; zero outside. `unfold` runs rows outside, columns inside."""
    b, c, height, width = h.shape
    taps = logits.shape[1]
    k = round(taps**0.5)
    columns = F.unfold(h, k, padding=k // 2).view(b, c, taps, height, width)
    return (columns * logits.softmax(1)[:, None]).sum(2)


def warp_by_flow(h, flow):
    """h sampled bilinearly at (y + dy, x + dx), displacements in pixels; zero outside."""
    _, _, height, width = h.shape
    y = torch.arange(height, dtype=h.dtype)[:, None] + flow[:, 0]
    x = torch.arange(width, dtype=h.dtype)[None, :] + flow[:, 1]
    # Without align_corners the outermost pixel centres are at ±(1 − 1/side).
    grid = torch.stack([(2 * x + 1) / width - 1, (2 * y + 1) / height - 1], -1)
    return F.grid_sample(h, grid, mode="bilinear", padding_mode="zeros", align_corners=False)


class MotionTransform(nn.Module):
    def __init__(self, c, cx, warp, k):
        super().__init__()
        self.warp = warp
        self.hiddenMotion = conv(c + cx, c)
        self.motion = conv(c, k * k if warp == "kernel" else 2)

    def forward(self, h, x):
        theta = self.motion(F.relu(self.hiddenMotion(torch.cat([h, x], 1))))
        return warp_by_kernels(h, theta) if self.warp == "kernel" else warp_by_flow(h, theta)


class Unit(nn.Module):
    def initial(self, features):
        return features

    def hidden(self, state):
        return state


class TSRU(Unit):
    def __init__(self, variant, c, cx, warp="kernel", k=3, mix="warped"):
        super().__init__()
        self.variant, self.mix = variant, mix
        self.transform = MotionTransform(c, cx, warp, k)
        self.candidate = conv(c + cx, c)
        self.gate = conv(c + (c if variant == "s" else cx), c)

    def forward(self, h, x):
        moved = self.transform(h, x)
        c = F.relu(self.candidate(torch.cat([h if self.variant == "p" else moved, x], 1)))
        u = torch.sigmoid(self.gate(torch.cat([moved, c] if self.variant == "s" else [h, x], 1)))
        return u * (moved if self.mix == "warped" else h) + (1 - u) * c


class ConvGRU(Unit):
    def __init__(self, c, cx):
        super().__init__()
        self.reset, self.gate, self.candidate = conv(c + cx, c), conv(c + cx, c), conv(c + cx, c)

    def forward(self, h, x):
        hx = torch.cat([h, x], 1)
        r, u = torch.sigmoid(self.reset(hx)), torch.sigmoid(self.gate(hx))
        return u * h + (1 - u) * F.relu(self.candidate(torch.cat([r * h, x], 1)))


class ConvLSTM(Unit):
    """Without peepholes. The features start the cell, their tanh the hidden state."""

    def __init__(self, c, cx):
        super().__init__()
        self.inputGate, self.forgetGate = conv(c + cx, c), conv(c + cx, c)
        self.outputGate, self.candidate = conv(c + cx, c), conv(c + cx, c)

    def initial(self, features):
        return torch.tanh(features), features

    def hidden(self, state):
        return state[0]

    def forward(self, state, x):
        h, cell = state
        hx = torch.cat([h, x], 1)
        i, f, o = (torch.sigmoid(gate(hx)) for gate in (self.inputGate, self.forgetGate, self.outputGate))
        cell = f * cell + i * torch.tanh(self.candidate(hx))
        return o * torch.tanh(cell), cell


class TrajGRU(Unit):
    def __init__(self, c, cx, links):
        super().__init__()
        self.links = links
        self.hiddenFlow, self.flow = conv(c + cx, 32, 5), conv(32, 2 * links, 5)
        self.gateInput, self.resetInput, self.candidateInput = conv(cx, c), conv(cx, c), conv(cx, c)
        self.gateLinks, self.resetLinks, self.candidateLinks = (conv(links * c, c, 1) for _ in range(3))

    def forward(self, h, x):
        flows = self.flow(F.relu(self.hiddenFlow(torch.cat([h, x], 1))))
        moved = torch.cat([warp_by_flow(h, flows[:, 2 * i : 2 * i + 2]) for i in range(self.links)], 1)
        u = torch.sigmoid(self.gateInput(x) + self.gateLinks(moved))
        r = torch.sigmoid(self.resetInput(x) + self.resetLinks(moved))
        c = F.relu(self.candidateInput(x) + r * self.candidateLinks(moved))
        return u * h + (1 - u) * c


def make_unit(unit, c, cx, warp="kernel", kernelSize=3, mix="warped", links=13):
    if unit.startswith("tsru-"):
        return TSRU(unit[-1], c, cx, warp, kernelSize, mix)
    if unit == "traj-gru":
        return TrajGRU(c, cx, links)
    return {"conv-gru": ConvGRU, "conv-lstm": ConvLSTM}[unit](c, cx)


def unroll(unit, features, inputs):
    """Steps through a list of inputs; the hidden states."""
    state, outputs = unit.initial(features), []
    for x in inputs:
        state = unit(state, x)
        outputs.append(unit.hidden(state))
    return outputs
