"""Golden .npy and .safetensors files, written by NumPy and by the safetensors package.

Every array holds the same six numbers, 1, -2, 3, 4, 5, 6 (unsigned ones: 1, 2, 3, ...), as [2, 3], so that the test can say what it expects.
"""

import pathlib
import pickle

import numpy as np
import torch
from numpy.lib import format as npy
from safetensors.torch import save_file
from sidecar import write_sidecar

folder = pathlib.Path("Tests/AuspexTensorsTests/Golden/Files")
folder.mkdir(parents=True, exist_ok=True)

signed = np.array([[1, -2, 3], [4, 5, 6]])
unsigned = np.abs(signed)
for code in ["i1", "<i2", ">i2", "<i4", ">i4", "<i8", ">i8", "<f2", ">f2", "<f4", ">f4", "<f8", ">f8"]:
    name = code.replace("<", "little-").replace(">", "big-")
    np.save(folder / f"{name}.npy", signed.astype(code))
for code in ["u1", "<u2", ">u4", "<u8"]:
    name = code.replace("<", "little-").replace(">", "big-")
    np.save(folder / f"{name}.npy", unsigned.astype(code))
np.save(folder / "bool.npy", unsigned % 2 == 0)
np.save(folder / "scalar.npy", np.float32(7))
np.save(folder / "vector.npy", np.arange(5, dtype=np.float32))
np.save(folder / "half-special.npy", np.array([np.inf, -np.inf, 6e-8, -0.0, 65504, 0.1], dtype=np.float16))
for version in [(2, 0), (3, 0)]:
    with open(folder / f"version{version[0]}.npy", "wb") as file:
        npy.write_array(file, signed.astype("<f4"), version=version)
# What must be refused.
np.save(folder / "fortran.npy", np.asfortranarray(signed.astype("<f4")))
np.save(folder / "objects.npy", np.array([{"a": 1}, None], dtype=object), allow_pickle=True)
np.save(folder / "records.npy", np.zeros(2, dtype=[("x", "<f4"), ("y", "<i4")]))
np.save(folder / "complex.npy", signed.astype("<c8"))
np.savez(folder / "archive.npz", signed)
(folder / "pickle.npy").write_bytes(pickle.dumps([1, 2, 3]))

values = torch.tensor([[1.0, -2, 3], [4, 5, 6]])
save_file(
    {
        "float": values,
        "half": values.to(torch.bfloat16),
        "bytes": values.abs().to(torch.uint8),
        "whole": values.to(torch.int32),
        "scalar": torch.tensor(7.0),
        "empty": torch.zeros(0, 3),
    },
    folder / "types.safetensors",
    metadata={"note": 'quoted "so" — twice'},
)
save_file({"double": values.to(torch.float64)}, folder / "double.safetensors")
write_sidecar(folder, ["numpy", "torch", "safetensors"])
