"""Golden values and gradients of the engine's own operations, from PyTorch.

Writes Tests/AuspexTensorsTests/Golden/operations.safetensors: for each case its inputs, its output, a random upstream gradient and the gradient of
each input, all channels last. Computed in float64 and stored in float32.
"""

import pathlib

import torch
import torch.nn.functional as F
from gradient_cases import GradientCases
from safetensors.torch import save_file
from sidecar import write_sidecar

target = pathlib.Path("Tests/AuspexTensorsTests/Golden/operations.safetensors")
cases = GradientCases(seed=20)
case, normal, tensors = cases.add, cases.normal, cases.tensors


def away(x, by=0.1):
    """Moves numbers away from zero, where a derivative jumps."""
    return (x + torch.sign(x) * by).float().double()


def images_first(x):
    return x.permute(0, 3, 1, 2)


def images_last(x):
    return x.permute(0, 2, 3, 1)


def batch_norm(relu):
    def function(x, gain, bias):
        n, groups = x.shape[0], gain.shape[0]
        plain = images_last(F.batch_norm(images_first(x), None, None, training=True, eps=1e-5))
        rows = torch.arange(n) % groups
        y = plain * gain[rows][:, None, None] + bias[rows][:, None, None]
        return F.relu(y) if relu else y

    return function


def normalized(x, gain, bias):
    mean, variance = torch.full((6,), 0.25).double(), torch.full((6,), 1.5).double()
    return F.relu(images_last(F.batch_norm(images_first(x), mean, variance, gain[0], bias[0], eps=1e-5)))


def warp(size):
    """The weighted neighbourhood by unfold, the way shared public ports write it."""

    def function(state, logits):
        n, h, w, c = state.shape
        weights = F.softmax(images_first(logits), 1).reshape(n, 1, size * size, h * w)
        patches = F.unfold(images_first(state), size, padding=size // 2).reshape(n, c, size * size, h * w)
        return images_last((weights * patches).sum(2).reshape(n, c, h, w))

    return function


def warp_by_flow(state, flow):
    n, h, w, _ = state.shape
    rows, columns = torch.meshgrid(torch.arange(h).double(), torch.arange(w).double(), indexing="ij")
    y, x = rows + flow[..., 0], columns + flow[..., 1]
    grid = torch.stack([2 * x / (w - 1) - 1, 2 * y / (h - 1) - 1], -1)
    moved = F.grid_sample(images_first(state), grid, mode="bilinear", padding_mode="zeros", align_corners=True)
    return images_last(moved)


case("add", torch.add, normal(2, 3, 5), normal(5))
case("subtract", torch.sub, normal(4, 1, 3), normal(2, 1))
case("multiply", torch.mul, normal(2, 3, 9), normal(2, 3, 1))
case("divide", torch.div, normal(3, 7), away(normal(3, 7), 0.5))
case("exp", torch.exp, normal(19))
case("log", torch.log, away(normal(19)).abs())
case("tanh", torch.tanh, normal(19) * 2)
case("sigmoid", torch.sigmoid, normal(19) * 3)
case("relu", torch.relu, away(normal(19)))
case("abs", torch.abs, away(normal(19)))
case("square", torch.square, normal(19))
case("sqrt", torch.sqrt, away(normal(19)).abs())
case("softmax_last", lambda x: torch.softmax(x, -1), normal(2, 3, 9))
case("softmax_first", lambda x: torch.softmax(x, 0), normal(4, 11))
case("sum", lambda x: x.sum((0, 2)), normal(2, 3, 4, 5))
case("mean", lambda x: x.mean(-1, keepdim=True), normal(3, 17))
case("amax", lambda x: x.amax(1), torch.tensor([[1.0, 4, 4, 2], [3, 0, -1, 3]]).double())
case("permute", lambda x: x.permute(2, 0, 3, 1), normal(2, 3, 4, 5))
case("slice", lambda x: x[:, :, 1:4], normal(2, 3, 5, 2))
case("cat", lambda *x: torch.cat(x, -1), normal(2, 3, 8), normal(2, 3, 5), normal(2, 3, 1))
case("stack", lambda *x: torch.stack(x), normal(2, 3), normal(2, 3))
case("pad", lambda x: F.pad(x, (0, 1, 2, 0, 1, 2)), normal(2, 3, 2, 4))
frames = torch.tensor([[3, 1], [0, 0]])
case("gather_in_time", lambda x: x[torch.arange(2)[:, None], frames], normal(2, 4, 3, 2, 3))
case("crop_per_clip", lambda x: torch.stack([x[0, :, 1:4, 0:2], x[1, :, 0:3, 2:4]]), normal(2, 2, 5, 4, 3))
case("batch_norm", batch_norm(False), normal(3, 4, 5, 6) + 1, normal(1, 6), normal(1, 6))
case("batch_norm_relu", batch_norm(True), normal(3, 4, 5, 9), normal(1, 9), normal(1, 9))
case("batch_norm_conditional", batch_norm(True), normal(6, 3, 3, 16), normal(2, 16), normal(2, 16))
case("normalized", normalized, normal(2, 3, 3, 6), normal(1, 6), normal(1, 6))
case(
    "gated_mix",
    lambda u, m, c: torch.sigmoid(u) * m + (1 - torch.sigmoid(u)) * F.relu(c),
    normal(2, 3, 11),
    normal(2, 3, 11),
    away(normal(2, 3, 11)),
)
case("warp3", warp(3), normal(2, 4, 5, 16), normal(2, 4, 5, 9))
case("warp5", warp(5), normal(1, 5, 6, 20), normal(1, 5, 6, 25))
case("warp5_rgb", warp(5), normal(2, 6, 9, 3), normal(2, 6, 9, 25))
case("warp7", warp(7), normal(1, 4, 5, 6), normal(1, 4, 5, 49))
case("flow", warp_by_flow, normal(2, 5, 6, 7), normal(2, 5, 6, 2) * 2)

save_file(tensors, target)
write_sidecar(target, ["torch", "safetensors"])
