"""Several plans at once: a bootstrap whose residuals are drawn together cell by cell.

Floor 4, inside `reserving.methods`. Every plan has its own chain ladder and its own process error;
in a replication all plans take the residual of the same cell, so what moved several plans in one
origin and period (the common shock, a month without payments) moves them together again.
Source: Taylor and McGuire (2007), A synchronous bootstrap to account for dependencies between lines
of business in the estimation of loss reserve prediction error, North American Actuarial Journal
11(3), 70-88; Kirschner, Kerley and Isaacs (2002), CAS Forum Fall, 109-124.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from workbench.guard import InputRefused, freeze, refuse, whole_number
from workbench.reserving.methods.bootstrap import (
    BLOCK,
    MOST_REPLICATIONS,
    Bootstrap,
    replicated,
    residuals_of,
)
from workbench.reserving.methods.chain_ladder import ChainLadder, chain_ladder
from workbench.reserving.methods.poisson import paid_out
from workbench.streams import generator, meaning_key
from workbench.triangles import Triangle

__all__ = ["synchronous_bootstrap"]


def synchronous_bootstrap(
    triangles: Mapping[str, Triangle], replications: int, seed: int
) -> dict[str, Bootstrap]:
    """Return the bootstraps of several plans, row by row the same replications.

    Parameters
    ----------
    triangles
        By plan; all know the same cells.
    replications, seed
        As in `bootstrap`.

    Raises
    ------
    InputRefused
        `triangle-plan-not-drawn` with the plan that no bootstrap can carry, `value-out-of-range`.
    """
    number = whole_number("replications", replications, BLOCK, MOST_REPLICATIONS)
    blocks = range(-(-number // BLOCK))
    ready = {code: _ready(code, triangle) for code, triangle in triangles.items()}
    common = np.all([free for _, _, free in ready.values()], axis=0)
    if not common.any():
        raise refuse("triangle-plan-not-drawn", name=", ".join(triangles), value="no common cell")
    parts: dict[str, list[np.ndarray]] = {code: [] for code in triangles}
    for block in blocks:
        source = generator(seed, meaning_key("bootstrap", "plans"), block)
        cells = source.integers(0, int(common.sum()), (BLOCK, *common.shape))
        for code, (found, fit, free) in ready.items():
            places = np.flatnonzero(common[free])[cells[:, _columns(triangles[code], found)]]
            own = generator(seed, meaning_key("bootstrap", "plan", code), block)
            parts[code].append(replicated(found, fit, places, own))
    return {
        code: Bootstrap(reserves=freeze(np.concatenate(drawn)[:number]))
        for code, drawn in parts.items()
    }


def _columns(whole: Triangle, found: ChainLadder) -> np.ndarray:
    """Which cells of the whole triangle the fitted one knows, bool (origins, periods)."""
    kept = np.isin(np.array(whole.periods), np.array(found.triangle.periods))
    return whole.known & kept[None, :]


def _ready(
    code: str, triangle: Triangle
) -> tuple[ChainLadder, tuple[np.ndarray, np.ndarray, float], np.ndarray]:
    """Chain ladder, residuals and their cells of one plan; a plan that has none is named."""
    try:
        found = chain_ladder(paid_out(triangle))
        fit = residuals_of(found)
    except InputRefused as told:
        raise refuse("triangle-plan-not-drawn", name=code, value=told.faults[0].code) from None
    known = _columns(triangle, found)
    several = (known.sum(axis=0)[None, :] > 1) & (known.sum(axis=1)[:, None] > 1)
    return found, fit, known & several
