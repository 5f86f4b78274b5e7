"""Numbers that Swift makes too, and the way between PyTorch's layouts and Auspex's."""

import math

import numpy as np
import torch
from torch import nn

MASK = (1 << 64) - 1


def words(name, count):
    """SplitMix64 over the FNV-1a hash of a name: the test's `Formula` in Swift gives the same bits."""
    key = 0xCBF29CE484222325
    for byte in name.encode():
        key = ((key ^ byte) * 0x100000001B3) & MASK
    with np.errstate(over="ignore"):
        x = np.uint64(key) + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return x ^ (x >> np.uint64(31))


def uniform(name, shape):
    """Uniform in [-1, 1), multiples of 2^-23: exact in float32."""
    whole = (words(name, math.prod(shape)) >> np.uint64(40)).astype(np.int64) - (1 << 23)
    return torch.from_numpy((whole * 2.0**-23).reshape(shape))


def integers(name, count, bound):
    return [int(w) for w in words(name, count) % np.uint64(bound)]


def clip(name, batch, time, size, colours):
    """Coarse patches that move, half hidden in noise, channels last: exact in float32 too."""
    cells = size // 4
    coarse = uniform(name + ".coarse", [batch, cells, cells, colours])
    fine = uniform(name + ".fine", [batch, time, size, size, colours])
    t, side = torch.arange(time), torch.arange(size)
    rows = (side[None, :] + 2 * t[:, None]) % size // 4
    columns = (side[None, :] + t[:, None]) % size // 4
    return 0.5 * (coarse[:, rows[:, :, None], columns[:, None, :]] + fine)


def channels_first(x):
    return x.movedim(-1, -3).contiguous()


def channels_last(x):
    return x.movedim(-3, -1).contiguous()


class Entry:
    """A parameter with Auspex's name, and the way of its layout there and back."""

    def __init__(self, model, path, parameter):
        self.parameter = parameter
        parts = path.split(".")
        self.normed = "parametrizations" in parts
        if self.normed:  # a.parametrizations.weight.original
            owner = model.get_submodule(".".join(parts[:-3]))
            self.norm = owner.parametrizations[parts[-2]][0]
            self.embeds = parts[-2] != "weight"
            parts = parts[:-3] + [parts[-2]]
        else:
            owner = model.get_submodule(".".join(parts[:-1]))
        self.name, self.leaf = ".".join(parts), parts[-1]
        self.norm_name = ".".join(parts[:-1] + (["embeddingNorm"] if self.leaf == "embedding" else ["norm"]))
        self.convolves = isinstance(owner, (nn.Conv2d, nn.Conv3d)) and self.leaf == "weight"
        self.maps = isinstance(owner, nn.Linear) and self.leaf == "weight"
        # PyTorch reads the projection as (C, 4, 4), Auspex as 4×4×C.
        self.projects = len(parts) == 2 and parts[0] == "project"

    def to_auspex(self, x):
        if self.projects:
            x = x.view(-1, 16, *x.shape[1:]).transpose(0, 1).reshape(x.shape)
        if self.convolves:
            x = x.permute(*range(2, x.ndim), 1, 0)
        elif self.maps:
            x = x.t()
        return x.contiguous()

    def from_auspex(self, x):
        if self.convolves:
            x = x.permute(x.ndim - 1, x.ndim - 2, *range(x.ndim - 2))
        elif self.maps:
            x = x.t()
        if self.projects:
            x = x.reshape(16, -1, *x.shape[1:]).transpose(0, 1).reshape(x.shape)
        return x.contiguous()

    def vectors(self):
        """u and v of the spectral norm in Auspex's order of places, [outputs] and [places]."""
        u, v = self.norm._u, self.norm._v
        if self.projects:
            u = u.view(-1, 16).t().reshape(-1)
        if self.convolves:
            v = v.view(self.parameter.shape[1:])
            v = v.permute(*range(1, v.ndim), 0).reshape(-1)
        return u.clone(), v.clone()


def entries(model):
    return [Entry(model, path, p) for path, p in model.named_parameters()]


def initialise(model, prefix, dtype=torch.float64):
    """Gives every parameter its formula's numbers and every spectral norm vectors that are near the truth, rounded to float32.

    Returns the vectors by name: they go into the golden file, everything else Swift makes itself.
    """
    model.to(dtype)
    stored = {}
    for e in entries(model):
        shape = list(e.to_auspex(e.parameter.detach()).shape)
        # Weights so large that ten of Adam's steps move them by percents: float32 and double stay together for longer.
        numbers = uniform(f"{prefix}.{e.name}", shape) / (16 if e.leaf == "bias" else 2)
        if e.name.endswith("norm.gain") and e.parameter.shape[0] == 1 and not e.normed:
            numbers = numbers / 8 + 1
        with torch.no_grad():
            e.parameter.copy_(e.from_auspex(numbers.float()).to(dtype))
            if not e.normed:
                continue
            # Always iterated in double, so that both precisions start from the same float32 vectors.
            w = e.norm._reshape_weight_to_matrix(e.parameter).double()
            v = torch.ones(w.shape[1], dtype=torch.float64)
            for _ in range(15):
                u = nn.functional.normalize(w @ v, dim=0)
                v = nn.functional.normalize(w.t() @ u, dim=0)
            e.norm._u.copy_(u.float())
            e.norm._v.copy_(v.float())
            u, v = e.vectors()
            stored[f"{prefix}.{e.norm_name}.u"], stored[f"{prefix}.{e.norm_name}.v"] = u, v
    return stored


def gradients(model, prefix):
    zeros = lambda p: torch.zeros_like(p) if p.grad is None else p.grad
    return {f"gradient.{prefix}.{e.name}": e.to_auspex(zeros(e.parameter)) for e in entries(model)}
