"""Arrays as .npy files of a record: plain types, each content once, sorted ones as differences.

Floor 8.1. A long table is kept as its first entry and the differences that follow, which `cumsum`
gives back exactly in its own type: a tenth of the room where it is sorted. Names end in `d` then,
in `f` where the integers are the bits of 64-bit floats. Never read with pickle; header, type and
size are judged before memory is taken.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from workbench.guard import freeze

__all__ = ["ArrayFiles", "npy_bytes", "plain_type", "read_arrays", "read_npy"]

LEAST_STEPS = 256
"""Arrays of fewer entries are kept as they are."""
_MOST_DIMENSIONS = 3
_TABLE = re.compile(r"tables/(\d{6}[df]?)\.npy")


def plain_type(array: np.ndarray) -> np.dtype:
    """Return the little-endian type of an array."""
    return array.dtype.newbyteorder("<") if array.dtype.byteorder == ">" else array.dtype


def npy_bytes(array: np.ndarray) -> bytes:
    """Return an array as a .npy file of version 1.0."""
    out = io.BytesIO()
    plain = np.ascontiguousarray(array, dtype=plain_type(array))
    np.lib.format.write_array(out, plain, version=(1, 0), allow_pickle=False)
    return out.getvalue()


def read_npy(content: bytes) -> np.ndarray:
    """Return the read-only array of a .npy file of numbers.

    Raises
    ------
    ValueError
        Another format, a type that is no number, a size that does not fit the bytes.
    """
    source = io.BytesIO(content)
    if np.lib.format.read_magic(source) != (1, 0):
        raise ValueError("npy version")
    shape, by_columns, kind = np.lib.format.read_array_header_1_0(source)
    size = 1
    for length in shape:
        size *= length
    plain = kind.kind in "iufb" and kind.byteorder in "<|=" and not by_columns
    whole = source.tell() + size * kind.itemsize == len(content)
    if not plain or len(shape) > _MOST_DIMENSIONS or min(shape, default=0) < 0 or not whole:
        raise ValueError("npy content")
    return np.frombuffer(content, dtype=kind, offset=source.tell()).reshape(shape)


@dataclass(frozen=True, slots=True)
class ArrayFiles:
    """Arrays on their way into a record: file content by name, each content once."""

    contents: dict[str, bytes] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    def add(self, array: np.ndarray) -> str:
        """Return the name of the array's file, made if it is new."""
        plain = np.ascontiguousarray(array, dtype=plain_type(array))
        head = f"{plain.dtype.str}{plain.shape}".encode()
        key = hashlib.sha256(head + plain.tobytes()).hexdigest()
        if key not in self.names:
            kept, ending = _steps(plain)
            self.names[key] = f"{len(self.names) + 1:06d}{ending}"
            self.contents[f"tables/{self.names[key]}.npy"] = npy_bytes(kept)
        return self.names[key]


def _steps(array: np.ndarray) -> tuple[np.ndarray, str]:
    """What is kept of an array and the ending of its name; differences wrap in its own type."""
    kind = array.dtype.kind
    if array.ndim != 1 or array.size < LEAST_STEPS or (kind == "f" and array.itemsize != 8):
        return array, ""
    whole = array.view(np.int64) if kind == "f" else array
    if whole.dtype.kind not in "iu":
        return array, ""
    steps = whole.copy()
    np.subtract(whole[1:], whole[:-1], out=steps[1:])
    return steps, "f" if kind == "f" else "d"


def read_arrays(members: Mapping[str, bytes]) -> dict[str, np.ndarray]:
    """Return the arrays of the files that `ArrayFiles` wrote, by name."""
    arrays = {}
    for path, content in members.items():
        found = _TABLE.fullmatch(path)
        if found:
            array = read_npy(content)
            if found[1][-1] in "df":
                array = np.cumsum(array, dtype=array.dtype)
                array = freeze(array.view(np.float64) if found[1].endswith("f") else array)
            arrays[found[1]] = array
    return arrays
