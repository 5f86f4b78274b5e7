"""Golden trajectories of PyTorch's Adam: random gradients, learning rates that change, two settings of β.

Writes Tests/AuspexTrainingTests/Golden/adam.safetensors: for each setting `NAME.start` [N], `NAME.gradients` [S, N], `NAME.rates` [S],
`NAME.settings` (β1, β2, ε), `NAME.trajectory` [S, N].
"""

import pathlib

import torch
from safetensors.torch import save_file
from sidecar import write_sidecar

torch.manual_seed(4)
steps, count = 12, 37
tensors = {}
for name, beta1 in {"published": 0.0, "momentum": 0.9}.items():
    parameter = torch.nn.Parameter(torch.randn(count))
    # Gradients of very different sizes, some zero: the moments' ratio must hold for all of them.
    gradients = torch.randn(steps, count) * torch.logspace(-6, 2, count) * (torch.rand(steps, count) > 0.1)
    rates = torch.tensor([1e-3 * min(1, (step + 1) / 5) for step in range(steps)])
    optimizer = torch.optim.Adam([parameter], betas=(beta1, 0.999), eps=1e-8)
    tensors[f"{name}.start"] = parameter.detach().clone()
    trajectory = []
    for gradient, rate in zip(gradients, rates):
        optimizer.param_groups[0]["lr"] = rate.item()
        parameter.grad = gradient.clone()
        optimizer.step()
        trajectory.append(parameter.detach().clone())
    tensors |= {
        f"{name}.gradients": gradients,
        f"{name}.rates": rates,
        f"{name}.settings": torch.tensor([beta1, 0.999, 1e-8]),
        f"{name}.trajectory": torch.stack(trajectory),
    }
target = pathlib.Path("Tests/AuspexTrainingTests/Golden/adam.safetensors")
save_file(tensors, target)
target.chmod(0o644)
write_sidecar(target, ["torch", "safetensors"])
