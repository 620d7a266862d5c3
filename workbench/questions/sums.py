"""Which amount a question is about: a plan, the total, or a weighted sum such as `P1+2*P2`.

Floor 8.
"""

from __future__ import annotations

import re

import numpy as np

from workbench.guard import InputRefused, in_range, refuse
from workbench.questions.registry import Option

__all__ = ["OF", "check_sum", "weights_of"]

OF = Option(name="of", kind="text", default="total")
"""`total`, the code of a plan, or plans with weights: `P1+2*P2`, `0.5*P1+P3`."""

LEAST_WEIGHT, MOST_WEIGHT = 1e-6, 1e6
_TERM = re.compile(r"(?:(?P<weight>[0-9.eE]+)\*)?(?P<code>[A-Za-z][A-Za-z0-9_]*)", re.ASCII)
TOTAL = "total"


def _refused(text: str, codes: tuple[str, ...]) -> InputRefused:
    allowed = (TOTAL, *codes, "P1+2*P2")
    return refuse("unknown-choice", name="--of", value=text[:60], allowed=allowed)


def _terms(text: str, codes: tuple[str, ...]) -> list[tuple[float, str]]:
    """Return (weight, code) of each term."""
    terms = []
    for part in text.replace(" ", "").split("+"):
        found = _TERM.fullmatch(part)
        if found is None:
            raise _refused(text, codes)
        weight = in_range("--of", found["weight"] or 1.0, LEAST_WEIGHT, MOST_WEIGHT)
        terms.append((weight, found["code"]))
    return terms


def check_sum(text: str) -> None:
    """Refuse what is not written as a sum; its codes are judged when the pack is known."""
    _terms(text, ())


def weights_of(text: str, codes: tuple[str, ...]) -> np.ndarray:
    """Return the weight of each plan, shape (plans,).

    Raises
    ------
    InputRefused
        `unknown-choice` (not a sum, or a code that is no plan), `value-out-of-range`.
    """
    weights = np.zeros(len(codes))
    for weight, code in _terms(text, codes):
        if code in codes:
            weights[codes.index(code)] += weight
        elif code == TOTAL:
            weights += weight
        else:
            raise _refused(text, codes)
    return weights
