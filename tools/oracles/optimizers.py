"""Golden trajectories of PyTorch's SGD with momentum and AdamW, and factors of its OneCycleLR.

Writes Tests/AuspexTrainingTests/Golden/optimizers.safetensors: for `sgd` and `adamw` `NAME.start` [N], `NAME.gradients` [S, N], `NAME.rates` [S] and
`NAME.trajectory` [S, N], and `one-cycle.STEPS` [STEPS], shares of the full learning rate.
"""

import pathlib

import torch
from safetensors.torch import save_file
from sidecar import write_sidecar

torch.manual_seed(5)
steps, count = 12, 37
tensors = {}
makers = {
    "sgd": lambda parameter: torch.optim.SGD([parameter], lr=1.0, momentum=0.9, weight_decay=0.01),
    "adamw": lambda parameter: torch.optim.AdamW([parameter], betas=(0.9, 0.99), eps=1e-8, weight_decay=0.1),
}
for name, make in makers.items():
    parameter = torch.nn.Parameter(torch.randn(count))
    gradients = torch.randn(steps, count) * (torch.rand(steps, count) > 0.1)
    rates = torch.tensor([1e-2 * min(1, (step + 1) / 5) for step in range(steps)])
    optimizer = make(parameter)
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
        f"{name}.trajectory": torch.stack(trajectory),
    }
for length in (10, 97):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=1.0, total_steps=length)
    factors = []
    for step in range(length):
        factors.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if step + 1 < length:
            schedule.step()
    tensors[f"one-cycle.{length}"] = torch.tensor(factors, dtype=torch.float32)
target = pathlib.Path("Tests/AuspexTrainingTests/Golden/optimizers.safetensors")
save_file(tensors, target)
target.chmod(0o644)
write_sidecar(target, ["torch", "safetensors"])
