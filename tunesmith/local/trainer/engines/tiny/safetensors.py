"""Reading and writing safetensors files of 32-bit floats.

Format: https://github.com/huggingface/safetensors#format
"""

import json
from pathlib import Path
from typing import Any

import numpy as np

from .arrays import Floats

_ALIGNMENT = 8


def write_safetensors(path: Path, tensors: dict[str, Floats]) -> None:
    """Write the tensors in this order."""
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    offset = 0
    for name, tensor in tensors.items():
        size = tensor.size * 4
        header[name] = {
            "dtype": "F32",
            "shape": tensor.shape,
            "data_offsets": [offset, offset + size],
        }
        offset += size
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % _ALIGNMENT)
    with path.open("wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        for tensor in tensors.values():
            file.write(np.ascontiguousarray(tensor, "<f4").tobytes())


def read_safetensors(path: Path) -> dict[str, Floats]:
    """Read what write_safetensors wrote."""
    data = path.read_bytes()
    start = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:start])
    del header["__metadata__"]
    return {
        name: np.frombuffer(
            data[start + entry["data_offsets"][0] : start + entry["data_offsets"][1]], "<f4"
        ).reshape(entry["shape"])
        for name, entry in header.items()
    }
