"""Golden values and gradients of convolutions, pooling, upsampling and matrix products, from PyTorch.

Writes Tests/AuspexTensorsTests/Golden/convolutions.safetensors: for each case its inputs, its output, a random upstream gradient and the gradient of
each input, all channels last, weights [kt?, kh, kw, in, out]. Computed in float64 and stored in float32.
"""

import pathlib

import torch
import torch.nn.functional as F
from gradient_cases import GradientCases
from safetensors.torch import save_file
from sidecar import write_sidecar

target = pathlib.Path("Tests/AuspexTensorsTests/Golden/convolutions.safetensors")
cases = GradientCases(seed=21)
case, normal, tensors = cases.add, cases.normal, cases.tensors


def first(x):
    return x.movedim(-1, 1)


def last(x):
    return x.movedim(1, -1)


def convolution(stride=1, padding=1, relu=False, upsample=False, pool=False):
    def function(x, weight, bias):
        spatial = x.dim() - 2
        convolve, average = (F.conv3d, F.avg_pool3d) if spatial == 3 else (F.conv2d, F.avg_pool2d)
        x = first(x)
        if upsample:
            x = F.interpolate(x, scale_factor=2, mode="nearest")
        y = convolve(x, weight.movedim(-1, 0).movedim(-1, 1), bias, stride=stride, padding=padding)
        if pool:
            y = average(y, 2)
        return last(F.relu(y) if relu else y)

    return function


def pooled(kind, *arguments):
    return lambda x: last(kind(first(x), *arguments))


plain = convolution()
case("conv", plain, normal(2, 5, 7, 3), normal(3, 3, 3, 5), normal(5))
case("convWide", plain, normal(2, 4, 4, 16), normal(3, 3, 16, 24), normal(24))
case("convReLU", convolution(relu=True), normal(1, 6, 5, 8), normal(3, 3, 8, 17), normal(17))
case("convOne", convolution(padding=0), normal(2, 3, 4, 10), normal(1, 1, 10, 6), normal(6))
case("convStride", convolution(stride=2, padding=2), normal(2, 9, 6, 4), normal(5, 5, 4, 8), normal(8))
case("conv3D", plain, normal(1, 3, 5, 4, 8), normal(3, 3, 3, 8, 9), normal(9))
case("conv3DStride", convolution(stride=2), normal(1, 5, 4, 7, 8), normal(4, 4, 4, 8, 8), normal(8))
case("upsampled", convolution(upsample=True), normal(2, 3, 5, 8), normal(3, 3, 8, 6), normal(6))
case("pooled", convolution(pool=True), normal(2, 7, 6, 8), normal(3, 3, 8, 6), normal(6))
case("pooled3D", convolution(pool=True), normal(1, 5, 4, 7, 8), normal(3, 3, 3, 8, 6), normal(6))
case("average", pooled(F.avg_pool2d, 2), normal(2, 5, 6, 3))
case("average3D", pooled(F.avg_pool3d, 2), normal(1, 5, 4, 6, 3))
case("maximum", pooled(F.max_pool2d, 3, 2, 1), normal(2, 7, 6, 5))
case("maximum3D", pooled(F.max_pool3d, 3, 2, 1), normal(1, 4, 5, 7, 4))
case("nearest", lambda x: last(F.interpolate(first(x), scale_factor=2, mode="nearest")), normal(2, 3, 4, 5))
case("product", lambda a, b: a @ b, normal(5, 7), normal(7, 9))
case("productTransposed", lambda a, b: a.T @ b.T, normal(7, 5), normal(9, 7))

save_file(tensors, target)
write_sidecar(target, ["torch", "safetensors"])
