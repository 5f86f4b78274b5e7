"""The whole-model oracle: outputs, gradients and ten optimisation steps by PyTorch, in double precision, for Auspex's tests.

Weights, clips and noise are formulas that the tests repeat (golden_state.py, Formula.swift); stored are the spectral norms' vectors, the draws, and the
results. Every case is also run in float32: the deviation of PyTorch's own float32 from double is in the JSON beside each file, and the tests' tolerances follow from it.

Run from the repository's root: python3 tools/oracles/whole_model.py
"""

import json
import pathlib
import sys

import torch
from golden_state import channels_first, channels_last, clip, gradients, initialise, integers, uniform
from reading_models import Discriminators, Generator, ViewDiscriminator, hinge
from reading_units import Statistics, make_unit, unroll
from safetensors.torch import save_file
from sidecar import write_sidecar
from torch.nn.utils.parametrize import cached

GOLDEN = pathlib.Path("Tests/AuspexModelsTests/Golden")
STEPS, D_STEPS = 10, 2
# The batch and the update whose gradients are stored. At some others a rectifier's input is so near zero that float32 and double disagree on its sign.
AT = (3, 3)

WHOLE = {
    # Three frames of four, so that the draws count.
    "whole-tsru-c": (
        dict(unit="tsru-c", size=32, channels=2, contextFrames=2, predictedFrames=4, latentSize=6),
        [dict(kind="frames", count=3), dict(kind="clip", scale=2), dict(kind="clip", crop=2)],
        2,
    ),
    # The unchanged preset (all five frames, in random order), on grey clips.
    "whole-conv-gru": (
        dict(unit="conv-gru", size=32, channels=2, contextFrames=3, predictedFrames=5, latentSize=5, frameChannels=1),
        [dict(kind="frames", count=5), dict(kind="clip", scale=2), dict(kind="clip", crop=2)],
        2,
    ),
}

SMALL = dict(size=32, channels=1, contextFrames=2, predictedFrames=2, latentSize=4, frameChannels=1)
GENERATORS = {
    "generator-tsru-p": dict(SMALL, unit="tsru-p", warp="flow", mix="previous", output="move", outputKernelSize=3, classes=3, embeddingSize=5),
    "generator-tsru-s": dict(SMALL, unit="tsru-s", kernelSize=5, frameChannels=2, contextFrames=1),
    "generator-conv-lstm": dict(SMALL, unit="conv-lstm", output="move", unitNorm=True),
}

UNITS = {
    "conv-gru": dict(unit="conv-gru"),
    "conv-lstm": dict(unit="conv-lstm"),
    "traj-gru": dict(unit="traj-gru", links=2),
    **{f"tsru-{v}": dict(unit=f"tsru-{v}") for v in "cps"},
    **{f"tsru-{v}-previous": dict(unit=f"tsru-{v}", mix="previous") for v in "cs"},
    **{f"tsru-{v}-flow": dict(unit=f"tsru-{v}", warp="flow") for v in "cp"},
    "tsru-c-kernel-5": dict(unit="tsru-c", kernelSize=5),
}

VIEW_DISCRIMINATORS = {
    "frames": ("frames", 8, 0),
    "frames-classes": ("frames", 8, 3),
    "clip": ("clip", 8, 0),
    "clip-classes": ("clip", 16, 3),
    # Both of its blocks have three dimensions, and time is pooled once.
    "clip-side-4": ("clip", 4, 0),
}


def draws(case, update, view, c, batch):
    if view["kind"] == "frames":
        order = []
        for b in range(batch):
            numbers = list(range(c["predictedFrames"]))
            for i, word in enumerate(integers(f"{case}.frames.{update}.{b}", view["count"], 1 << 32)):
                j = i + word % (len(numbers) - i)
                numbers[i], numbers[j] = numbers[j], numbers[i]
            order.append([c["contextFrames"] + n for n in numbers[: view["count"]]])
        return torch.tensor(order, dtype=torch.int32)
    if view.get("crop", 1) > 1:
        places = c["size"] - c["size"] // view["crop"] + 1
        return torch.tensor(integers(f"{case}.places.{update}", 2 * batch, places), dtype=torch.int32).view(batch, 2)
    return None


class Run:
    """Both networks from the start, and what each update is given."""

    def __init__(self, case, dtype):
        self.case, self.dtype = case, dtype
        self.c, self.views, self.batch = WHOLE[case]
        self.g, self.d = Generator(self.c), Discriminators(self.views, self.c)
        self.vectors = {**initialise(self.g, "generator", dtype), **initialise(self.d, "discriminators", dtype)}

    def draws(self, update):
        return [draws(self.case, update, view, self.c, self.batch) for view in self.views]

    def real(self, number):
        time = self.c["contextFrames"] + self.c["predictedFrames"]
        video = clip(f"{self.case}.clip.{number}", self.batch, time, self.c["size"], self.c.get("frameChannels", 3))
        return channels_first(video).to(self.dtype)

    def predict(self, real, update, moves=False):
        noise = 2 * uniform(f"{self.case}.noise.{update}", [self.batch, self.c["latentSize"]]).to(self.dtype)
        context = real[:, : self.c["contextFrames"]]
        Statistics.moves = moves
        with cached():
            predicted = self.g(context, noise, self.c["predictedFrames"])
        return predicted, torch.cat([context, predicted], 1)

    def scores(self, video, update, copies):
        repeated = [None if w is None else w.repeat(copies, 1) for w in self.draws(update)]
        with cached():
            return self.d(video, repeated)

    def discriminator_losses(self, number, update):
        real = self.real(number)
        with torch.no_grad():
            predicted, fake = self.predict(real, update)
        scores = self.scores(torch.cat([real, fake]), update, 2)
        return predicted, torch.stack(scores), torch.stack([hinge(s) for s in scores])

    def generator_losses(self, number, update):
        _, fake = self.predict(self.real(number), update, moves=True)
        return torch.stack([-s.mean() for s in self.scores(fake, update, 1)])


def whole(case, dtype):
    run = Run(case, dtype)
    results = dict(run.vectors)
    predicted, scores, losses = run.discriminator_losses(*AT)
    losses.sum().backward()
    results |= {"output": channels_last(predicted), "scores": scores.detach(), "losses.discriminators": losses.detach()}
    results |= gradients(run.d, "discriminators")

    run = Run(case, dtype)
    losses = run.generator_losses(*AT)
    losses.sum().backward()
    results |= {"losses.generator": losses.detach(), **gradients(run.g, "generator")}
    results |= {f"statistics.{k}": v.clone() for k, v in run.g.named_buffers() if "statistics" in k}

    run = Run(case, dtype)
    adam = lambda model, rate: torch.optim.Adam(model.parameters(), rate, (0.0, 0.999), eps=1e-8)
    for_g, for_d = adam(run.g, 1e-4), adam(run.d, 5e-4)
    trajectory = []
    for step in range(STEPS):
        for turn in range(D_STEPS):
            losses = run.discriminator_losses(D_STEPS * step + turn, (D_STEPS + 1) * step + turn)[2]
            for_d.zero_grad()
            losses.sum().backward()
            for_d.step()
            trajectory.append(losses.detach())
        # The generator's step reuses the last batch.
        losses = run.generator_losses(D_STEPS * step + D_STEPS - 1, (D_STEPS + 1) * step + D_STEPS)
        for_g.zero_grad()
        losses.sum().backward()
        for_g.step()
        trajectory.append(losses.detach())
    results["losses"] = torch.stack(trajectory).view(STEPS, D_STEPS + 1, -1)
    updates = [run.draws(update) for update in range(STEPS * (D_STEPS + 1))]
    results["draws.frames"] = torch.stack([u[0] for u in updates])
    results["draws.places"] = torch.stack([u[2] for u in updates])
    return results


def generator(case, dtype):
    c = GENERATORS[case]
    model = Generator(c)
    results = initialise(model, "generator", dtype)
    batch, steps = 2, c["predictedFrames"]
    context = channels_first(clip(f"{case}.clip", batch, c["contextFrames"], c["size"], c["frameChannels"])).to(dtype)
    noise = 2 * uniform(f"{case}.noise", [batch, c["latentSize"]]).to(dtype)
    Statistics.moves = False
    with cached():
        output = channels_last(model(context, noise, steps, torch.tensor([2, 0]) if c.get("classes") else None))
    output.backward(uniform(f"{case}.upstream", output.shape).to(dtype))
    return results | {"output": output.detach()} | gradients(model, "generator")


def units(_, dtype):
    results = {}
    for name, options in UNITS.items():
        unit = make_unit(c=3, cx=2, **options)
        results |= initialise(unit, name, dtype)
        features = channels_first(uniform(f"{name}.features", [2, 5, 6, 3])).to(dtype).requires_grad_()
        inputs = channels_first(uniform(f"{name}.inputs", [3, 2, 5, 6, 2])).to(dtype).requires_grad_()
        with cached():
            states = channels_last(torch.stack(unroll(unit, features, inputs.unbind(0))))
        states.backward(uniform(f"{name}.upstream", states.shape).to(dtype))
        results |= {f"states.{name}": states.detach()} | gradients(unit, name)
        results[f"gradient.{name}.features"] = channels_last(features.grad)
        results[f"gradient.{name}.inputs"] = channels_last(inputs.grad)
    return results


def view_discriminators(_, dtype):
    results = {}
    for name, (kind, side, classes) in VIEW_DISCRIMINATORS.items():
        discriminator = ViewDiscriminator(kind, side, 2, 2, classes)
        results |= initialise(discriminator, name, dtype)
        video = channels_first(clip(f"{name}.clip", 2, 5, side, 2)).to(dtype).requires_grad_()
        with cached():
            scores = discriminator(video, torch.tensor([2, 0]) if classes else None)
        scores.backward(uniform(f"{name}.upstream", scores.shape).to(dtype))
        results |= {f"scores.{name}": scores.detach()} | gradients(discriminator, name)
        results[f"gradient.{name}.video"] = channels_last(video.grad)
    return results


def deviation(results, reference):
    """By kind of result, the largest difference of float32 from double over the largest magnitude (of the tensor; of all gradients of the case)."""
    largest = max((t.abs().max().item() for k, t in reference.items() if k.startswith("gradient.")), default=1)
    worst = {}
    for key, t in reference.items():
        if not t.is_floating_point() or key.endswith((".u", ".v")):
            continue
        kind = key.split(".")[0]
        scale = max(t.abs().max().item(), 1e-3 * largest) if kind == "gradient" else t.abs().max().item()
        worst[kind] = max(worst.get(kind, 0), (results[key].double() - t.double()).abs().max().item() / scale)
    return {kind: float(f"{value:.2g}") for kind, value in worst.items()}


def main():
    """Without arguments every case; with names those alone."""
    torch.set_num_threads(1)
    cases = {**{c: whole for c in WHOLE}, **{c: generator for c in GENERATORS}, "units": units, "view-discriminators": view_discriminators}
    for name, make in cases.items():
        if sys.argv[1:] and name not in sys.argv[1:]:
            continue
        reference, single = make(name, torch.float64), make(name, torch.float32)
        # Through float32 as the file has it, so that the deviation is from what the test sees.
        target = GOLDEN / f"{name}.safetensors"
        stored = {k: (t.float() if t.is_floating_point() else t).contiguous() for k, t in reference.items()}
        save_file(stored, target)
        target.chmod(0o644)
        notes = "PyTorch's float32 from its double, largest difference over largest magnitude: " + json.dumps(deviation(single, reference))
        write_sidecar(target, ["numpy", "torch", "safetensors"], notes)
        print(name, target.stat().st_size, notes)
        if "losses" in reference:
            print(reference["losses"].sum(-1))


if __name__ == "__main__":
    main()
