"""The noun of changes: names with the values they take.

Floor 2, inside `changes`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

__all__ = ["Changes"]


def _text(value: float | str) -> str:
    """Return a value as `--set` would write it: whole numbers without a point, others exactly."""
    if isinstance(value, str):
        return value
    number = float(value)
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)


@dataclass(frozen=True, slots=True)
class Changes:
    """Named changes to a pack; empty is today's scheme.

    `values` maps a name of `--set` to a number, or to text for the bundle of a segment. The order
    in which changes were given has no meaning.
    """

    values: Mapping[str, float | str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        ordered = {name: self.values[name] for name in sorted(self.values)}
        object.__setattr__(self, "values", MappingProxyType(ordered))

    def __bool__(self) -> bool:
        return bool(self.values)

    def __hash__(self) -> int:
        return hash(self.lines)

    def __reduce__(self) -> tuple:
        return (Changes, (dict(self.values),))

    @property
    def lines(self) -> tuple[str, ...]:
        """Canonical `NAME=VALUE` texts in order of the names: what `--set` takes."""
        return tuple(f"{name}={_text(value)}" for name, value in self.values.items())

    @property
    def text(self) -> str:
        """Canonical text of all changes, one a line; empty for today's scheme."""
        return "\n".join(self.lines)

    def merge(self, later: Changes) -> Changes:
        """Return both together; where both name the same, `later` holds."""
        return Changes({**self.values, **later.values})
