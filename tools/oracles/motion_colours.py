#!/usr/bin/env python3
"""Colours of displacements by flow_vis (PyPI), the Middlebury wheel in Python: golden values of AuspexGraphicsTests."""
import pathlib

import flow_vis
import numpy as np
from safetensors.numpy import save_file

from sidecar import write_sidecar

GOLDEN = pathlib.Path(__file__).resolve().parents[2] / "Tests/AuspexGraphicsTests/Golden"


def main():
    rng = np.random.default_rng(5)
    flow = rng.normal(0, 2, (9, 16, 2)).astype(np.float32)
    flow[0] = 0
    angles = np.linspace(0, 2 * np.pi, 16, endpoint=False)
    flow[1] = 3 * np.stack([np.cos(angles), np.sin(angles)], -1)
    # As flow_vis normalises: by the longest displacement.
    target = GOLDEN / "motion-colours.safetensors"
    GOLDEN.mkdir(exist_ok=True)
    save_file({"flow": flow, "colours": flow_vis.flow_to_color(flow)}, target)
    write_sidecar(target, ["numpy", "flow_vis"], "")


if __name__ == "__main__":
    main()
