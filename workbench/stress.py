"""Reverse stress: the likeliest joint change of uncertain names at which a figure breaks a limit.

Floor 7. Every name is carried to a standard normal score by its own law; the point of the broken
region nearest to the origin is the likeliest one there, and its distance β tells how far off it is:
with a nearly flat limit the probability of the region is Φ(−β). Source: Hasofer and Lind (1974),
Journal of the Engineering Mechanics Division 100; Rackwitz and Fiessler (1978), Computers and
Structures 9; docs/sensitivity.md, "Reverse stress".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.special import ndtr

from workbench.changes import Changes

__all__ = ["DesignPoint", "Law", "Push", "design_point"]

FARTHEST = 6.0
"""Scores beyond this, one in a thousand million, are not looked at."""
STEP = 0.05
"""Half the width of a central difference: members are whole, so a figure has small steps."""
MOST_STEPS, MOST_ROUNDS = 40, 6
CLOSE, NEAR = 1e-6, 0.05
"""Differences of figures that are none, and the share of the way that a search may leave."""

Evaluate = Callable[[Sequence[Changes]], Sequence[float]]


class Law(Protocol):
    """Law of an uncertain name."""

    def quantiles(self, place: np.ndarray) -> np.ndarray:
        """Return the values below which the shares `place` in (0, 1) lie, (n,)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """How far one name is pushed: its value, its median, its normal score, its share of β²."""

    name: str
    value: float
    median: float
    score: float
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignPoint:
    """The likeliest breaking point.

    `state` is "found", "broken" (the figure is beyond the limit with every name at its median
    already; no push is needed) or "none" (no joint change within six standard deviations breaks
    it). `distance` is β and `probability` Φ(−β), both None unless found. `pushes` the largest
    first, with state "none" those that bring the figure nearest to the limit. `start` the figure
    at the medians, `reached` the figure at the point; `calls` how often it was computed.
    """

    state: str
    distance: float | None
    probability: float | None
    pushes: tuple[Push, ...]
    start: float
    reached: float
    calls: int


class _Limit:
    """The way left to the limit over the scores, in units of the way at the medians."""

    def __init__(
        self, evaluate: Evaluate, laws: Mapping[str, Law], *, limit: float, above: bool
    ) -> None:
        self.evaluate, self.laws, self.names = evaluate, laws, list(laws)
        self.limit, self.sign = limit, 1.0 if above else -1.0
        self.scale, self.calls = 1.0, 0
        self.kept: dict[bytes, float] = {}

    def changes(self, scores: np.ndarray) -> Changes:
        """Return the values that stand at these scores."""
        places = np.clip(ndtr(scores), 1e-15, 1.0 - 1e-15)
        pairs = zip(self.names, self.laws.values(), places, strict=True)
        return Changes({name: float(law.quantiles(np.array([p]))[0]) for name, law, p in pairs})

    def figures(self, points: Sequence[np.ndarray]) -> list[float]:
        """Return the figure at points, each computed once."""
        fresh = {point.tobytes(): point for point in points if point.tobytes() not in self.kept}
        if fresh:
            found = self.evaluate([self.changes(point) for point in fresh.values()])
            self.kept.update(zip(fresh, map(float, found), strict=True))
            self.calls += len(fresh)
        return [self.kept[point.tobytes()] for point in points]

    def left(self, point: np.ndarray) -> float:
        """Way left to the limit: positive where the figure holds, negative beyond."""
        return self.sign * (self.limit - self.figures([point])[0]) / self.scale

    def slopes(self, point: np.ndarray) -> np.ndarray:
        """Slopes of `left` by central differences, (names,)."""
        axes = STEP * np.eye(len(point))
        found = np.array(self.figures([*(point + axes), *(point - axes)]))
        ahead, behind = found[: len(point)], found[len(point) :]
        return -self.sign * (ahead - behind) / (2.0 * STEP) / self.scale


def design_point(
    evaluate: Evaluate, laws: Mapping[str, Law], *, limit: float, above: bool
) -> DesignPoint:
    """Return the likeliest joint change at which a figure reaches a limit.

    Parameters
    ----------
    evaluate
        Values of the figure at many changes, in their order.
    laws
        Law of each name; names are independent.
    limit
        The limit.
    above
        Whether the figure breaks it from below to above; else it breaks by falling.

    Notes
    -----
    Sequential quadratic programming from two starts (`scipy.optimize.minimize`, SLSQP); a limit
    that is far from flat may have a second point of nearly the same distance.
    """
    way = _Limit(evaluate, laws, limit=limit, above=above)
    middle = np.zeros(len(laws))
    (start,) = way.figures([middle])
    if way.left(middle) <= 0.0:
        return _told(way, middle, "broken", start)
    way.scale = abs(way.left(middle))
    steepest = way.slopes(middle)
    worst = _worst(way, steepest)
    if way.left(worst) > 0.0:
        return _told(way, worst, "none", start)
    first = -steepest / max(float(steepest @ steepest), 1e-12)
    starts = (np.clip(first, -3.0, 3.0), 0.5 * worst)
    ends = [point for begin in starts if (point := _nearest(way, begin)) is not None]
    # Where the search does not settle, the way from the middle to the worst corner still crosses.
    ends.append(_on_the_way(way, worst))
    return _told(way, min(ends, key=lambda point: float(point @ point)), "found", start)


def _worst(way: _Limit, slopes: np.ndarray) -> np.ndarray:
    """Return the corner nearest to breaking, or beyond: from the slopes, then turned name by name.

    A round turns every name that gains by it, or the one that gains most where that is more; rounds
    end where no turn gains.
    """
    corner = np.where(slopes < 0.0, FARTHEST, np.where(slopes > 0.0, -FARTHEST, 0.0))
    number = len(corner)
    for _ in range(MOST_ROUNDS):
        ends = np.concatenate([np.full(number, FARTHEST), np.full(number, -FARTHEST)])
        turned = np.tile(corner, (2 * number, 1))
        turned[np.arange(2 * number), np.tile(np.arange(number), 2)] = ends
        here, *found = way.sign * np.array(way.figures([corner, *turned]))
        gains = np.array(found).reshape(2, number) - here
        best, more = gains.argmax(axis=0), gains.max(axis=0) > CLOSE * way.scale
        if not np.any(more):
            break
        together = np.where(more, np.where(best == 0, FARTHEST, -FARTHEST), corner)
        single = turned[int(gains.argmax())]
        pair = way.sign * np.array(way.figures([together, single]))
        corner = together if pair[0] >= pair[1] else single
    return corner


def _nearest(way: _Limit, begin: np.ndarray) -> np.ndarray | None:
    """Return the point of the limit nearest to the middle, None where the search loses its way."""
    from scipy.optimize import minimize

    found = minimize(
        lambda point: 0.5 * float(point @ point),
        begin,
        jac=lambda point: point,
        method="SLSQP",
        bounds=[(-FARTHEST, FARTHEST)] * len(begin),
        constraints={"type": "eq", "fun": way.left, "jac": way.slopes},
        options={"maxiter": MOST_STEPS, "ftol": 1e-7},
    )
    # What the search leaves of the way is closed along the ray from the middle.
    point = np.asarray(found.x, dtype=float)
    if not np.all(np.isfinite(point)) or abs(way.left(point)) > NEAR:
        return None
    far = np.clip(1.2 * point, -FARTHEST, FARTHEST)
    return _on_the_way(way, far) if way.left(far) < 0.0 else point


def _on_the_way(way: _Limit, worst: np.ndarray) -> np.ndarray:
    """Return where the straight way from the middle to a broken point crosses the limit."""
    from scipy.optimize import brentq

    share = brentq(lambda part: way.left(part * worst), 0.0, 1.0, xtol=1e-9)
    return worst * float(share)


def _told(way: _Limit, point: np.ndarray, state: str, start: float) -> DesignPoint:
    values, medians = way.changes(point).values, way.changes(np.zeros(len(point))).values
    square = float(point @ point)
    pushes = [
        Push(
            name=name,
            value=float(values[name]),
            median=float(medians[name]),
            score=float(score),
            share=float(score**2 / square) if square else 0.0,
        )
        for name, score in zip(way.names, point, strict=True)
    ]
    pushes.sort(key=lambda push: -abs(push.score))
    distance = float(np.sqrt(square)) if state == "found" else None
    return DesignPoint(
        state=state,
        distance=distance,
        probability=None if distance is None else float(ndtr(-distance)),
        pushes=tuple(pushes),
        start=start,
        reached=way.figures([point])[0],
        calls=way.calls,
    )
