"""Golden values and gradients of what convolutional predictors need beyond plain convolutions, from PyTorch.

Writes Tests/AuspexTensorsTests/Golden/image_operations.safetensors: grouped convolutions, group norms with their activations, SiLU, leaky ReLU and
pixel shuffling; for each case its inputs, its output, a random upstream gradient and the gradient of each input, all channels last, weights
[kt?, kh, kw, in / groups, out]. Computed in float64 and stored in float32.
"""

import pathlib

import torch
import torch.nn.functional as F
from gradient_cases import GradientCases
from safetensors.torch import save_file
from sidecar import write_sidecar

target = pathlib.Path("Tests/AuspexTensorsTests/Golden/image_operations.safetensors")
cases = GradientCases(seed=22)
case, normal, tensors = cases.add, cases.normal, cases.tensors


def first(x):
    return x.movedim(-1, 1)


def last(x):
    return x.movedim(1, -1)


def grouped(groups, stride=1, padding=1):
    def function(x, weight, bias):
        convolve = F.conv3d if x.dim() == 5 else F.conv2d
        weight = weight.movedim(-1, 0).movedim(-1, 1)
        return last(convolve(first(x), weight, bias, stride=stride, padding=padding, groups=groups))

    return function


def group_norm(groups, activation=lambda x: x):
    return lambda x, gain, bias: activation(last(F.group_norm(first(x), groups, gain, bias, eps=1e-5)))


def leaky(x):
    return F.leaky_relu(x, 0.2)


def away(x, by=0.1):
    """Moves numbers away from zero, where a derivative jumps."""
    return (x + torch.sign(x) * by).float().double()


case("grouped", grouped(4), normal(2, 5, 7, 8), normal(3, 3, 2, 12), normal(12))
case("groupedWide", grouped(2), normal(1, 6, 5, 32), normal(3, 3, 16, 32), normal(32))
case("groupedStride", grouped(2, stride=2), normal(2, 7, 6, 6), normal(3, 3, 3, 10), normal(10))
case("groupedOdd", grouped(3, padding=0), normal(2, 3, 4, 9), normal(1, 1, 3, 15), normal(15))
case("depthwise", grouped(16), normal(1, 6, 5, 16), normal(3, 3, 1, 16), normal(16))
case("grouped3D", grouped(2), normal(1, 3, 5, 4, 8), normal(3, 3, 3, 4, 6), normal(6))
case("strideTwo", grouped(1, stride=2), normal(2, 8, 7, 4), normal(3, 3, 4, 8), normal(8))
case("group_norm", group_norm(2), normal(3, 4, 5, 6) + 1, normal(6), normal(6))
case("group_norm_each", group_norm(5), normal(2, 3, 4, 5), normal(5), normal(5))
case("group_norm_silu", group_norm(2, F.silu), normal(2, 5, 3, 32), normal(32), normal(32))
case("group_norm_leaky", group_norm(8, leaky), normal(2, 4, 4, 40), normal(40), normal(40))
case("silu", F.silu, normal(19) * 3)
case("leaky_relu", leaky, away(normal(19)))
case("pixel_shuffle", lambda x: last(F.pixel_shuffle(first(x), 2)), normal(2, 3, 4, 12))
case("pixel_shuffle3", lambda x: last(F.pixel_shuffle(first(x), 3)), normal(1, 2, 3, 18))

save_file(tensors, target)
write_sidecar(target, ["torch", "safetensors"])
