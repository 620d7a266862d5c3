"""Years of a scheme with other benefits where the assumptions are drawn.

Floor 4, inside `premium`. The two known totals belong to the benefits that were in force: each
draw is solved once, with those, and keeps its scales when a benefit changes. To solve it again
with the new benefit would hide what the benefit costs. Source: docs/benefits.md, section 2.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import NamedTuple

import numpy as np

from workbench.engine.annual import AnnualLaw
from workbench.engine.events import scheme_of
from workbench.engine.mixture import mixture_pair
from workbench.engine.series import packed
from workbench.engine.stages import ExpectedClaims, YearLaws, expected_claims, scheme_laws
from workbench.inputs import Inputs
from workbench.premium.plan_years import alone
from workbench.uncertainty import GROUP

__all__ = ["carried", "drawn_claims", "drawn_mean", "drawn_years"]

PART = 5
"""Draws of one part of the work."""

Mapper = Callable[[Callable, Iterable], Iterable]


class _Year(NamedTuple):
    """Laws of one draw in two resolutions, the finer ones None where they were not computed."""

    laws: tuple[AnnualLaw, ...]
    finer: tuple[AnnualLaw | None, ...]
    beneficiaries: np.ndarray
    persons_paid: float
    enrolments: np.ndarray
    covariance: np.ndarray


def carried(draw: Inputs, changed: Inputs) -> Inputs:
    """Return a draw with the plans and members of a changed scheme."""
    return replace(
        draw,
        plans=changed.plans,
        rows=changed.rows,
        segments=changed.segments,
        leaving=changed.leaving,
    )


def _one(inputs: Inputs, form: str, both: bool) -> _Year:
    # Of one plan the total is the plan: kept by content, it is not worked out twice.
    found = scheme_laws(scheme_of(inputs), form, both=both, keep=len(inputs.plans) == 1)
    rough = tuple(packed(law) for law in found.coarse)
    finer = tuple(
        one if law is coarse else law
        for law, coarse, one in zip(found.laws, found.coarse, rough, strict=True)
    )
    return _Year(
        laws=rough,
        finer=finer if both else tuple(None for _ in rough),
        beneficiaries=found.beneficiaries,
        persons_paid=found.persons_paid,
        enrolments=found.enrolments,
        covariance=found.covariance,
    )


def _some(part: tuple[int, tuple[Inputs, ...]], *, form: str) -> list[_Year]:
    first, draws = part
    return [_one(draw, form, first + place < GROUP) for place, draw in enumerate(draws)]


def drawn_years(
    draws: Sequence[Inputs],
    *,
    form: str = "collective",
    narrowed: Callable[[Inputs], Inputs] = lambda inputs: inputs,
    mapper: Mapper = map,
) -> Callable[[Inputs], YearLaws]:
    """Return (inputs) → laws of a year as means over draws of exact laws.

    Parameters
    ----------
    draws
        The scheme of every draw, solved with the benefits in force.
    form
        "collective" or "individual".
    narrowed
        What of a scheme is wanted, such as one plan alone.
    mapper
        Where parts of the draws are computed; never changes a figure.
    """

    def years(changed: Inputs) -> YearLaws:
        packs = [narrowed(carried(draw, changed)) for draw in draws]
        parts = [
            (first, tuple(packs[first : first + PART])) for first in range(0, len(packs), PART)
        ]
        found = [one for part in mapper(partial(_some, form=form), parts) for one in part]
        return _mixed(found)

    return years


def _mixed(found: list[_Year]) -> YearLaws:
    """Return the mean over the draws."""
    pairs = [
        mixture_pair([one.laws[place] for one in found], [one.finer[place] for one in found])
        for place in range(len(found[0].laws))
    ]
    means = np.array([[law.mean for law in one.laws[:-1]] for one in found])
    within = np.mean([one.covariance for one in found], axis=0)
    between = np.cov(means.T, bias=True).reshape(within.shape)
    return YearLaws(
        laws=tuple(law for law, _ in pairs),
        coarse=tuple(rough for _, rough in pairs),
        beneficiaries=np.mean([one.beneficiaries for one in found], axis=0),
        persons_paid=float(np.mean([one.persons_paid for one in found])),
        enrolments=found[0].enrolments,
        covariance=within + between - np.diag(np.diag(between)),
    )


def drawn_claims(
    draws: Sequence[Inputs],
    changed: Inputs,
    narrowed: Callable[[Inputs], Inputs] = lambda inputs: inputs,
) -> ExpectedClaims:
    """Return expected claims as means over draws, without making any law."""
    claims = [expected_claims(narrowed(carried(draw, changed))) for draw in draws]
    return ExpectedClaims(
        enrolments=claims[0].enrolments,
        beneficiaries=np.mean([one.beneficiaries for one in claims], axis=0),
        paid_yuan=np.mean([one.paid_yuan for one in claims], axis=0),
        persons_paid=float(np.mean([one.persons_paid for one in claims])),
    )


def drawn_mean(draws: Sequence[Inputs], changed: Inputs, place: int) -> tuple[float, float]:
    """Return expected yuan paid and beneficiaries of one plan, means over draws, without laws."""
    claims = drawn_claims(draws, changed, partial(alone, place=place))
    return float(claims.paid_yuan[0]), float(claims.beneficiaries[0])
