"""Values by plan written in one text: `P1=95,P3=35`.

Floor 8.
"""

from __future__ import annotations

from collections.abc import Sequence

from workbench.guard import in_range, refuse
from workbench.textfile import shown

__all__ = ["pair_of", "pairs_of", "plans_of"]


def pairs_of(name: str, text: str, *, low: float, high: float) -> dict[str, float]:
    """Return the value of each plan that a text names.

    Raises
    ------
    InputRefused
        `plan-pairs` for what is not written so or names a plan twice, `not-a-number`,
        `value-out-of-range`.
    """
    found: dict[str, float] = {}
    for part in text.replace(" ", "").split(","):
        code, sign, number = part.partition("=")
        if not sign or not code or code in found:
            raise refuse("plan-pairs", name=name, value=shown(text))
        found[code] = in_range(f"{name} {shown(code)}", number, low, high)
    return found


def plans_of(name: str, codes: Sequence[str], known: Sequence[str]) -> None:
    """Refuse a code that is no plan of the pack (`unknown-choice`)."""
    for code in codes:
        if code not in known:
            raise refuse("unknown-choice", name=name, value=shown(code), allowed=tuple(known))


def pair_of(name: str, text: str, allowed: tuple[str, ...]) -> tuple[str, float]:
    """Return the code and the number of `wang=0.25`; `parameter-form` where it is none."""
    code, sign, number = text.partition("=")
    try:
        value = float(number)
    except ValueError:
        value = float("nan")
    if not sign or value != value or code not in allowed:
        raise refuse("parameter-form", name=name, value=shown(text), allowed=allowed)
    return code, value
