"""Golden weights and frames of a blend of forecasts by their hindcasts, in PyTorch.

Writes Tests/AuspexModelsTests/Golden/hindcast_blend.safetensors: `context` ([B, T, H, W, C], in [0, 1]), `weights` ([B, 1, H, W, N]) and `future`
([B, 4, H, W, C]). The N candidates go on from the last frame by 0, 1 and 0.4 times its difference from the one before, step after step.
"""

import pathlib

import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from sidecar import write_sidecar

SHARES = (0.0, 1.0, 0.4)


def candidates(context, steps):
    """[B, T, C, H, W] to [B, N, steps, C, H, W]."""
    last, change = context[:, -1], context[:, -1] - context[:, -2]
    return torch.stack(
        [torch.stack([last + change * (t * share) for t in range(1, steps + 1)], 1) for share in SHARES], 1
    )


def past(context, k):
    """The context as it was k frames ago: the missing early frames repeat the first."""
    first = context[:, :1].expand(-1, k, -1, -1, -1)
    return torch.cat([first, context[:, : context.shape[1] - k]], 1)


def logits(context):
    total = 0
    for k in (3, 1):
        truth = context[:, None, -k:]
        error = ((candidates(past(context, k), k) - truth) ** 2).mean((2, 3))
        clip = error.mean((2, 3), keepdim=True)
        near = F.avg_pool2d(F.pad(error, (3, 3, 3, 3), mode="replicate"), 7, 1)
        total = total - torch.log(clip + 1e-5) - 0.3 * torch.log(near + 1e-4)
    return total


if __name__ == "__main__":
    torch.manual_seed(3)
    start, speed = torch.rand(2, 1, 3, 12, 10), torch.randn(2, 1, 3, 12, 10) * 0.04
    # The first clip continues steadily, the second is still except for noise, and in one corner steady.
    speed[1, :, :, 3:, 4:] = 0
    time = torch.arange(5).view(1, 5, 1, 1, 1)
    context = (start + speed * time + torch.randn(2, 5, 3, 12, 10) * 0.01).clamp(0, 1)
    weights = torch.softmax(logits(context), 1)
    future = (candidates(context, 4) * weights[:, :, None, None]).sum(1)
    tensors = {
        "context": context.permute(0, 1, 3, 4, 2).contiguous(),
        "weights": weights.permute(0, 2, 3, 1)[:, None].contiguous(),
        "future": future.permute(0, 1, 3, 4, 2).contiguous(),
    }
    target = pathlib.Path("Tests/AuspexModelsTests/Golden/hindcast_blend.safetensors")
    save_file(tensors, target)
    target.chmod(0o644)
    write_sidecar(target, ["torch", "safetensors"])
