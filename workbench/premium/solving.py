"""Roots of what rises: where a cost meets an amount, and the last step that keeps a rule.

Floor 4, inside `premium`. Costs and quantiles rise or fall all the way with a benefit term, since
every payment does (docs/benefits.md, section 4), so that a root is found by bracketing.
"""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["last_kept", "root_between"]

BISECT_FROM = 6
"""Guesses by a straight line before the interval is halved."""
REACH = 16
"""First step beyond a guess that was kept, as a part of the way to it."""


def root_between(
    gap: Callable[[float], float], low: float, high: float, *, closeness: float
) -> float | None:
    """Return x in [low, high] with gap(x) = 0, None where the signs at both ends are the same.

    Source: Brent (1973), Algorithms for Minimization without Derivatives, chapter 4.
    """
    # Imported where it is used: a page that solves nothing need not load it.
    from scipy.optimize import brentq

    at_low, at_high = gap(low), gap(high)
    if at_low == 0.0 or at_high == 0.0:
        return low if at_low == 0.0 else high
    if (at_low > 0.0) == (at_high > 0.0):
        return None
    known = {low: at_low, high: at_high}
    return float(brentq(lambda x: known[x] if x in known else gap(x), low, high, xtol=closeness))


def last_kept(
    gap: Callable[[int], float], first: int, last: int, *, guess: int | None = None
) -> int | None:
    """Return the last step in [first, last] with gap <= 0 of a gap that never falls.

    None where already the first step has gap > 0. The search goes out from a guess, so that a
    step far beyond the answer is not tried; between a kept and a broken step the straight line
    guesses well where a gap is nearly linear, and after a few guesses the interval is halved.
    """
    low_gap = gap(first)
    if low_gap > 0.0:
        return None
    low, place = first, last if guess is None else min(max(guess, first + 1), last)
    wide = max(1, (place - first) // REACH)
    while True:
        if low == last:
            return last
        here = gap(place)
        if here > 0.0:
            break
        low, low_gap, place, wide = place, here, min(place + wide, last), 2 * wide
    high, high_gap, guesses = place, here, 0
    while high - low > 1:
        share = -low_gap / (high_gap - low_gap) if guesses < BISECT_FROM else 0.5
        middle = min(max(low + int(share * (high - low)), low + 1), high - 1)
        here, guesses = gap(middle), guesses + 1
        if here <= 0.0:
            low, low_gap = middle, here
        else:
            high, high_gap = middle, here
    return low
