"""Cases of an operation with its gradients: inputs, output, a random upstream gradient, and the gradient of each input, computed in float64."""

import torch


class GradientCases:
    def __init__(self, seed: int) -> None:
        self.generator = torch.Generator().manual_seed(seed)
        self.tensors: dict[str, torch.Tensor] = {}

    def normal(self, *shape: int) -> torch.Tensor:
        """Rounded to float32 first, so that both sides start from the same numbers."""
        return torch.randn(shape, generator=self.generator, dtype=torch.float32).double()

    def add(self, name: str, function, *inputs: torch.Tensor) -> None:
        leaves = [x.clone().requires_grad_() for x in inputs]
        output = function(*leaves)
        upstream = self.normal(*output.shape)
        gradients = torch.autograd.grad(output, leaves, upstream)
        parts = {"output": output, "upstream": upstream}
        for i, (x, gradient) in enumerate(zip(inputs, gradients)):
            parts[f"input{i}"], parts[f"gradient{i}"] = x, gradient
        self.tensors.update({f"{name}.{k}": v.detach().float().contiguous() for k, v in parts.items()})
