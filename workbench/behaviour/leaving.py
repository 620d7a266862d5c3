"""Who stays at a price: shares of each cell and hidden class, of units, of units too thin to stay.

Floor 5, inside `behaviour`. Source: docs/participation.md sections 1 and 2.
"""

from __future__ import annotations

import numpy as np
from scipy.special import betainc, expit, logit

from workbench.behaviour.cells import PlanCells
from workbench.behaviour.reaction import Reaction

__all__ = [
    "CLASS_SHARES",
    "member_price_change",
    "proneness",
    "sensitivity",
    "staying",
    "thin_units",
    "unit_staying",
]

CLASS_SHARES = np.array([0.25, 0.5, 0.25])
"""Shares of the three hidden classes of claim proneness."""

LEAST_BENEFIT, MOST_BENEFIT = 0.05, 20.0
"""Own expected benefit relative to the plan's mean is cut to these."""

MOST_LEAVING = 0.5
"""Most units that leave in a year."""

MOST_PARTICIPATION = 0.98
LEAST_WEIGHT = 0.5
"""Mean participation of a unit at most; least sum of the two parameters of its Beta law."""

MOST_CHANGE = 50.0
"""A change of price beyond this moves no share of members in double precision."""


def proneness(reaction: Reaction) -> np.ndarray:
    """Return w_h, claims of each hidden class relative to its cell's, (3,): mean 1, CV omega."""
    step = reaction.proneness_cv * np.sqrt(2.0)
    return np.maximum(np.array([1.0 - step, 1.0, 1.0 + step]), 0.0)


def _relative(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """Part / whole, 1 where both are zero."""
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = part / whole
    return np.where((part == 0.0) & (whole == 0.0), 1.0, ratio)


def sensitivity(cells: PlanCells, reaction: Reaction) -> np.ndarray:
    """Return k_jch = clip(v)^(−gamma) over its mean over N0, (cells, 3).

    v is the own expected benefit relative to the plan's mean; who expects more reacts less.
    """
    mean = np.array(float(cells.members @ cells.benefit_before) / cells.enrolments)
    own = _relative(cells.benefit_before, np.broadcast_to(mean, cells.benefit_before.shape))
    clipped = np.clip(own[:, None] * proneness(reaction), LEAST_BENEFIT, MOST_BENEFIT)
    raw = clipped ** (-reaction.selectivity)
    return raw / float(cells.members @ raw @ CLASS_SHARES / cells.enrolments)


def member_price_change(
    cells: PlanCells, reaction: Reaction, price_change: np.ndarray
) -> np.ndarray:
    """Return x = ln price ratio − a · ln benefit ratio, (n, cells).

    `price_change` (n,) is ln[P(1−s) / P0(1−s0)]: the price that the member pays himself.
    """
    with np.errstate(divide="ignore"):
        benefit = np.log(_relative(cells.benefit, cells.benefit_before))
    # No damping means that a benefit does not count, not even one that is gone.
    damped = reaction.damping * benefit if reaction.damping else np.zeros_like(benefit)
    return np.clip(price_change[:, None] - damped, -MOST_CHANGE, MOST_CHANGE)


def unit_staying(reaction: Reaction, change: np.ndarray) -> np.ndarray:
    """Return 1 − (h(x) − h0), the share of units that decide for their members and stay.

    h(x) = h0 exp(eta_u x / h0), at most 0.5: units that leave at unchanged terms are replaced, so
    that the share is 1 at x = 0 and falls there by eta_u.
    """
    usual = min(reaction.unit_leaving, MOST_LEAVING)
    if usual <= 0.0:
        return np.ones_like(change)
    power = np.minimum(reaction.unit_elasticity * change / usual, MOST_CHANGE)
    return 1.0 - (np.minimum(usual * np.exp(power), MOST_LEAVING) - usual)


def thin_units(reaction: Reaction, least: float, kept: np.ndarray) -> np.ndarray:
    """Return the share of members whose unit falls below the least participation, (n,).

    Parameters
    ----------
    reaction
        Participation now and its spread between units.
    least
        `min_participation` of the plan; a unit below it leaves whole.
    kept
        Share of the members of a unit who stay by their own decision, (n,).

    Notes
    -----
    Participation u of units ~ Beta with mean max(pi0, least + 2 sd), at most 0.98, cut below at
    `least`; by members the law is weighted with u, again a Beta. A unit leaves where u · kept is
    below `least`. Source: docs/participation.md section 2.
    """
    if least <= 0.0:
        return np.zeros_like(kept)
    mean = min(max(reaction.participation, least + 2.0 * reaction.unit_sd), MOST_PARTICIPATION)
    with np.errstate(divide="ignore"):
        bound = np.clip(np.where(kept > 0.0, least / kept, 1.0), least, 1.0)
    if reaction.unit_sd <= 0.0 or least >= 1.0:
        return np.where(mean < bound, 1.0, 0.0)
    weight = max(mean * (1.0 - mean) / reaction.unit_sd**2 - 1.0, LEAST_WEIGHT)
    first, second = mean * weight + 1.0, (1.0 - mean) * weight
    below = betainc(first, second, least)
    return (betainc(first, second, bound) - below) / (1.0 - below)


def staying(
    cells: PlanCells, reaction: Reaction, price_change: np.ndarray, *, done: float = 1.0
) -> np.ndarray:
    """Return N_jch / (N0_jc p_h), members of each cell and class relative to today, (n, cells, 3).

    Above 1 where members join. `price_change` (n,) as in `member_price_change`; `done` is the part
    of x that has acted: two thirds in the first year, all from the second.
    """
    change = done * member_price_change(cells, reaction, price_change)
    now = reaction.participation
    slope = reaction.elasticity / (1.0 - now) * sensitivity(cells, reaction)
    own = expit(logit(now) - slope * change[:, :, None]) / now
    if not reaction.units:
        return own
    members = cells.members / cells.enrolments
    kept = own @ CLASS_SHARES @ members
    thin = thin_units(reaction, cells.plan.min_participation, kept)
    units = unit_staying(reaction, change @ members)
    share = reaction.unit_share
    return share * units[:, None, None] + (1.0 - share) * (1.0 - thin)[:, None, None] * own
