"""Golden trajectories of PyTorch's SGD with momentum, AdamW and Muon, and factors of its OneCycleLR.

Writes Tests/AuspexTrainingTests/Golden/optimizers.safetensors: for `sgd` and `adamw` `NAME.start` [N], `NAME.gradients` [S, N], `NAME.rates` [S] and
`NAME.trajectory` [S, N]; for `muon` `muon.rates` [S] and for each of its parameters `muon.PARAMETER.start`, `.gradients` and `.trajectory`, kernels as
[k, k, in, out]; and `one-cycle.STEPS` [STEPS], shares of the full learning rate.

Muon is `torch.optim.Muon`, but for its iteration in bfloat16: here the same polynomial is applied to singular values in float64.
"""

import pathlib

import torch
import torch.optim._muon
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


def orthogonal(gradient, coefficients, iterations, epsilon):
    """The iteration's polynomial, applied to singular values."""
    a, b, c = coefficients
    left, values, right = torch.linalg.svd(gradient.double(), full_matrices=False)
    values = values / gradient.double().norm().clamp(min=epsilon)
    for _ in range(iterations):
        values = a * values + b * values**3 + c * values**5
    return (left * values @ right).to(gradient.dtype)


torch.optim._muon._zeropower_via_newtonschulz = orthogonal
# As PyTorch has them: [out, in, k, k]. AdamW updates the parameters that are not hidden.
shapes = {"first": (8, 3, 3, 3), "tall": (12, 8, 3, 3), "flat": (24, 12, 1, 1), "long": (6, 24, 5, 5), "bias": (6,)}
kernels = ["tall", "flat", "long"]
own = {name: torch.nn.Parameter(torch.randn(shape) * 0.3) for name, shape in shapes.items()}
own |= {name: torch.nn.Parameter(own[name].detach().flatten(1)) for name in kernels}
rates = torch.tensor([2e-2 * min(1, (step + 1) / 5) for step in range(steps)])
muon = torch.optim.Muon([own[name] for name in kernels], lr=1.0, momentum=0.95, weight_decay=0.01)
adamw = torch.optim.AdamW(
    [own[name] for name in shapes if name not in kernels], betas=(0.9, 0.99), eps=1e-8, weight_decay=1e-4
)


def ours(name, values):
    """[out, in, k, k], flat or not, as [k, k, in, out]."""
    values = values.detach().reshape(shapes[name])
    return (values.permute(2, 3, 1, 0) if values.ndim == 4 else values).contiguous().clone()


trajectories = {name: ([], []) for name in shapes}
tensors["muon.rates"] = rates
tensors |= {f"muon.{name}.start": ours(name, parameter) for name, parameter in own.items()}
for rate in rates:
    for name, parameter in own.items():
        # Gradients of convolutions are of low rank, nearly.
        flat = (shapes[name][0], -1)
        parameter.grad = torch.randn(shapes[name]).reshape(parameter.shape)
        if name in kernels:
            rank = torch.randn(shapes[name][0], 2) @ torch.randn(2, parameter.numel() // shapes[name][0])
            parameter.grad = (parameter.grad.reshape(flat) * 0.05 + rank).reshape(parameter.shape)
        trajectories[name][0].append(ours(name, parameter.grad))
    muon.param_groups[0]["lr"] = rate.item()
    adamw.param_groups[0]["lr"] = rate.item() * 0.15
    muon.step()
    adamw.step()
    for name, parameter in own.items():
        trajectories[name][1].append(ours(name, parameter))
for name, (gradients, trajectory) in trajectories.items():
    tensors[f"muon.{name}.gradients"] = torch.stack(gradients)
    tensors[f"muon.{name}.trajectory"] = torch.stack(trajectory)
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
