"""Golden values and gradients of what layered motion is made of, from PyTorch: splatting, sampling with edges repeated, bilinear enlargement, composing over a background,
filling of holes, cost volumes, medians.

Writes Tests/AuspexTensorsTests/Golden/motion_operations.safetensors: for each case its inputs, its output, a random upstream gradient and the
gradient of each input, all channels last, displacements (dy, dx). Computed in float64 and stored in float32.
"""

import pathlib

import torch
import torch.nn.functional as F
from gradient_cases import GradientCases
from motion_layers import composite, cost_volume, pushpull, sample, splat
from safetensors.torch import save_file
from sidecar import write_sidecar

target = pathlib.Path("Tests/AuspexTensorsTests/Golden/motion_operations.safetensors")
cases = GradientCases(seed=31)
case, normal, tensors = cases.add, cases.normal, cases.tensors


def first(x):
    return x.movedim(-1, -3)


def last(x):
    return x.movedim(-3, -1)


def moved(function):
    return lambda image, flow: last(function(first(image), first(flow)))


def displacements(*shape):
    """Away from whole pixels, where the interpolant has a corner; some lead outside."""
    x = normal(*shape)
    return (torch.round(2 * x) + 0.1 + (x.abs() % 0.8)).float().double()


def shares(*shape):
    return torch.sigmoid(2 * normal(*shape)).float().double()


def without_gradient(name, function, *inputs):
    """Operations that no gradient passes: zeros are expected."""
    output = function(*inputs)
    parts = {"output": output, "upstream": normal(*output.shape)}
    for i, x in enumerate(inputs):
        parts |= {f"input{i}": x, f"gradient{i}": torch.zeros_like(x)}
    tensors.update({f"{name}.{k}": v.float().contiguous() for k, v in parts.items()})


for name, function in [("splat", splat), ("edges", sample)]:
    case(f"{name}", moved(function), normal(2, 5, 7, 5), displacements(2, 3, 5, 7, 2))
    case(f"{name}_grey", moved(function), normal(1, 6, 4, 1), displacements(1, 2, 6, 4, 2))
    case(f"{name}_colour", moved(function), normal(3, 3, 9, 3), displacements(3, 1, 3, 9, 2))
    case(f"{name}_wide", moved(function), normal(1, 4, 3, 18), displacements(1, 4, 4, 3, 2))
case("enlarged", lambda x: last(F.interpolate(first(x), scale_factor=2, mode="bilinear")), normal(2, 5, 3, 2))
case("enlarged_one", lambda x: last(F.interpolate(first(x), scale_factor=2, mode="bilinear")), normal(1, 1, 1, 3))
case("composed", lambda s, b: last(composite(first(s), first(b))[0]), 1.5 * shares(2, 3, 5, 5), normal(2, 3, 5, 3))
case("composed_grey", lambda s, b: last(composite(first(s), first(b))[0]), 1.5 * shares(1, 4, 4, 3), normal(1, 4, 4, 1))
case("filled", lambda x, w: last(pushpull(first(x), first(w))), normal(2, 16, 8, 3), shares(2, 16, 8, 1))
case("filled_odd", lambda x, w: last(pushpull(first(x), first(w))), normal(1, 6, 12, 1), shares(1, 6, 12, 1))
case("softplus", F.softplus, normal(19) * 4)
case("clamped", lambda x: x.clamp(-0.5, 1), normal(19))
for name, shape in [("costs", (2, 5, 7, 3)), ("costs_grey", (1, 4, 6, 1)), ("costs_two", (1, 3, 4, 2))]:
    without_gradient(name, lambda a, b: last(cost_volume(first(a), first(b), limit=0.6)), normal(*shape), normal(*shape))
without_gradient("median_even", lambda x: x.median(1).values, normal(3, 8, 2))
without_gradient("median_odd", lambda x: x.median(1).values, normal(2, 7, 5))

save_file(tensors, target)
write_sidecar(target, ["torch", "safetensors"])
