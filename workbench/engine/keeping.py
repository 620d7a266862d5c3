"""Laws kept by content, bounded in number and in bytes: odd lump sums make large ones.

Floor 3.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any

import numpy as np

__all__ = ["Kept"]


class Kept:
    """What was made last, by its content; the one asked for longest ago makes room."""

    def __init__(self, most: int, most_bytes: int) -> None:
        """At most `most` values, and `most_bytes` bytes of arrays in them; one always stays."""
        self._most, self._most_bytes = most, most_bytes
        self._values: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._lock = Lock()
        self.bytes = 0
        """Bytes of the arrays kept."""

    def remember(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """Return what is kept under `key`, made and kept now if it is not."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key][0]
        value = make()
        size = _bytes_of(value)
        with self._lock:
            self.bytes += size - self._values.pop(key, (None, 0))[1]
            self._values[key] = (value, size)
            while len(self._values) > 1 and (
                len(self._values) > self._most or self.bytes > self._most_bytes
            ):
                self.bytes -= self._values.popitem(last=False)[1][1]
        return value

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._values.clear()
            self.bytes = 0

    def __len__(self) -> int:
        return len(self._values)


def _bytes_of(value: Any) -> int:
    """Bytes of the arrays inside tuples, lists and dataclasses; a number or a word has none."""
    found, left = 0, [value]
    while left:
        one = left.pop()
        if isinstance(one, np.ndarray):
            found += one.nbytes
        elif isinstance(one, tuple | list):
            left.extend(one)
        elif (parts := getattr(type(one), "__dataclass_fields__", None)) is not None:
            left.extend([getattr(one, part) for part in parts])
    return found
