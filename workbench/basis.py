"""On what basis a figure stands: process risk alone, or with parameters, or with the level too.

Floor 4.05: between the calibration, which solves a draw again, and the rooms that price.
Source: docs/uncertainty.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import NamedTuple

import numpy as np

from workbench.assumptions import Belief
from workbench.calibrate import SOLVED, solved_again
from workbench.calibrate.many import solve_many
from workbench.engine.annual import AnnualLaw
from workbench.engine.events import scheme_of
from workbench.engine.keeping import Kept
from workbench.engine.many import supports
from workbench.engine.mixing import common_shock
from workbench.engine.mixture import mixture_pair
from workbench.engine.series import packed
from workbench.engine.stages import (
    MOST_BYTES,
    YearDraws,
    YearLaws,
    claims_key,
    drawn_laws,
    year_laws,
)
from workbench.guard import freeze, refuse, whole_number
from workbench.inputs import Inputs
from workbench.uncertainty import (
    GROUP,
    ILLNESS_LEVEL,
    LEAST_DRAWS,
    LEVEL,
    MOST_DRAWS,
    drawn_values,
    gamma_factor,
    places,
    triangles,
    uncertain_names,
)

__all__ = ["KINDS", "Basis", "basis_names", "inputs_of_draws", "laws_on"]

KINDS = ("process", "parameters", "level")
BASE_YEARS = 5
"""Years behind the two totals; their mean shock has a fifth of one year's variance."""
BEYOND = 2.0
"""A draw may need a scale outside its range, up to this factor; how many do is told."""
MOST_KEPT, PART = 4, 25
"""Laws kept by content; draws of one part of the work."""

Mapper = Callable[[Callable, Iterable], Iterable]
Values = Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What is uncertain.

    `kind` of `KINDS`; `draws` of the uncertain beliefs and the `seed` of the draws. With `only`
    these beliefs alone are drawn, and the two scales are left as they are. `base` is the pack to
    which the two totals belong, before anything was changed; None takes the pack as it is asked.
    """

    kind: str = "process"
    draws: int = 200
    seed: int = 1
    only: tuple[str, ...] = ()
    base: Inputs | None = field(default=None, compare=False, repr=False)


class _OneDraw(NamedTuple):
    """Laws of one draw, finer ones or None, and what it was."""

    laws: tuple[AnnualLaw, ...]
    finer: tuple[AnnualLaw | None, ...]
    beneficiaries: np.ndarray
    persons_paid: float
    covariance: np.ndarray
    solved: tuple[float, float]
    illness: float


def basis_names(inputs: Inputs, basis: Basis) -> tuple[str, ...]:
    """Return the names that a basis draws."""
    if basis.kind == "process":
        return ()
    return basis.only or uncertain_names(inputs.assumptions, level=basis.kind == "level")


def _check(basis: Basis) -> None:
    if basis.kind not in KINDS:
        raise refuse("unknown-choice", name="basis", value=basis.kind, allowed=KINDS)
    if basis.only and basis.kind == "process":
        raise refuse("uncertain-needs-basis", name=basis.only[0], allowed=KINDS[1:])
    whole_number("draws", basis.draws, LEAST_DRAWS, MOST_DRAWS)


def _widened(inputs: Inputs) -> Inputs:
    """The pack with wider ranges of the two scales."""
    beliefs = dict(inputs.assumptions.beliefs)
    for name in SOLVED:
        one = beliefs[name]
        low, high = (None if end is None else float(end) for end in (one.low, one.high))
        beliefs[name] = replace(
            one,
            low=None if low is None else low / BEYOND,
            high=None if high is None else high * BEYOND,
        )
    return replace(inputs, assumptions=type(inputs.assumptions)(beliefs))


def _with_illness(inputs: Inputs, place: float) -> tuple[Inputs, float]:
    """The pack with illness multiplied by its level at this place, and that factor.

    Hospital claimants are illness and injury: the scale moves so that expected illness moves by
    the factor. Its coefficient of variation is the common shock's over √5.
    """
    spread = np.sqrt(common_shock(inputs.assumptions).variance / BASE_YEARS)
    factor = gamma_factor(place, float(spread))
    scheme = scheme_of(inputs)
    illness = float(scheme.expected_events("illness").sum())
    members = scheme.portfolio.members
    injury = float(members @ (scheme.rates.injury / scheme.portfolio.accident_factor))
    scale = inputs.assumptions["hospital_claimant_rate_scale"]
    moved = scale * (1.0 + (factor - 1.0) * illness / (illness + injury))
    return _with(inputs, {"hospital_claimant_rate_scale": moved}), factor


def _solved(inputs: Inputs, rows: Sequence[Values]) -> list[Values]:
    """The drawn beliefs with both scales solved again, row by row."""
    rows = [{name: row[name] for name in row if name != ILLNESS_LEVEL} for row in rows]
    names = list(rows[0])
    if names and supports(inputs, names):
        columns = {name: np.array([row[name] for row in rows]) for name in names}
        found = solve_many(inputs, columns)
        scales = [
            {name: float(found[name][place]) for name in SOLVED} for place in range(len(rows))
        ]
        return [{**row, **scale} for row, scale in zip(rows, scales, strict=True)]
    one_by_one = (solved_again(_widened(_with(inputs, row))).assumptions for row in rows)
    scales = [{name: solved[name] for name in SOLVED} for solved in one_by_one]
    return [{**row, **scale} for row, scale in zip(rows, scales, strict=True)]


def _with(inputs: Inputs, values: Values) -> Inputs:
    return replace(inputs, assumptions=inputs.assumptions.changed(values))


def _reach(belief: Belief) -> tuple[float, float]:
    """How far a draw may be moved: a little beyond its range, a share never to 1."""
    low, high = float(belief.low or 0.0), float(belief.high or np.inf)
    return low / BEYOND, (1.0 + high) / BEYOND if high < 1.0 else high * BEYOND


def _moved(base: Inputs, inputs: Inputs, values: Values) -> Inputs:
    """The pack asked for with a draw's beliefs.

    A draw is about the base years. What was changed since then keeps its step: a belief moves by
    as much as it was changed, a solved scale in proportion. Base ratio and
    trends, where they are drawn, are drawn as they stand: a scenario names them for want of draws.
    """
    known, now, found = base.assumptions, inputs.assumptions, {}
    for name, value in values.items():
        before, after, belief = known[name], now[name], now.belief(name)
        if name in SOLVED:
            found[name] = value * (after / before if before else 1.0)
        elif after == before or name in LEVEL:
            found[name] = value
        else:
            found[name] = float(np.clip(value + after - before, *_reach(belief)))
    return _with(inputs, found)


def _drawn_inputs(
    inputs: Inputs, rows: Sequence[Values], solve: bool, base: Inputs
) -> Iterator[tuple[Inputs, float]]:
    """Packs of draws: beliefs, scales solved again, level of illness; and that level."""
    plain = [{name: row[name] for name in row if name != ILLNESS_LEVEL} for row in rows]
    for row, values in zip(rows, _solved(base, rows) if solve else plain, strict=True):
        drawn = _moved(base, inputs, values)
        if ILLNESS_LEVEL in row:
            yield _with_illness(drawn, row[ILLNESS_LEVEL])
        else:
            yield drawn, 1.0


def _one_draw(drawn: Inputs, illness: float, *, form: str, both: bool) -> _OneDraw:
    # The coarser law serves every draw; the finer one of some tells how far it errs.
    laws = drawn_laws(drawn, form, both=False)
    kept = tuple(packed(law) for law in laws.laws)
    finer: tuple[AnnualLaw | None, ...] = (None,) * len(kept)
    if both:
        again = zip(kept, laws.laws, drawn_laws(drawn, form).laws, strict=True)
        finer = tuple(own if _same(law, fine) else fine for own, law, fine in again)
    return _OneDraw(
        laws=kept,
        finer=finer,
        beneficiaries=laws.beneficiaries,
        persons_paid=laws.persons_paid,
        covariance=laws.covariance,
        solved=(drawn.assumptions[SOLVED[0]], drawn.assumptions[SOLVED[1]]),
        illness=illness,
    )


def _same(law: AnnualLaw, fine: AnnualLaw) -> bool:
    """Whether nothing could be refined: the lattice is the payments' own."""
    own = not law.continuous and not fine.continuous and not law.blur
    return own and law.start == fine.start and law.step == fine.step


def _some_draws(
    part: tuple[int, tuple[Values, ...]], *, packs: tuple[Inputs, Inputs], form: str, solve: bool
) -> list[_OneDraw]:
    """Draws of one part; those of the first group in both resolutions."""
    first, rows = part
    base, inputs = packs
    return [
        _one_draw(drawn, illness, form=form, both=first + place < GROUP)
        for place, (drawn, illness) in enumerate(_drawn_inputs(inputs, rows, solve, base))
    ]


def _rows(inputs: Inputs, basis: Basis) -> list[dict[str, float]]:
    names = basis_names(inputs, basis)
    base = basis.base or inputs
    columns = drawn_values(base.assumptions, names, draws=basis.draws, seed=basis.seed)
    return [
        {name: float(column[place]) for name, column in columns.items()}
        for place in range(basis.draws)
    ]


def inputs_of_draws(inputs: Inputs, basis: Basis) -> Iterator[Inputs]:
    """Yield the pack of every draw, scales solved again unless the basis names its beliefs."""
    _check(basis)
    rows = _rows(inputs, basis)
    for first in range(0, len(rows), PART):
        some = rows[first : first + PART]
        part = _drawn_inputs(inputs, some, not basis.only, basis.base or inputs)
        yield from (drawn for drawn, _ in part)


def _made(inputs: Inputs, basis: Basis, form: str, mapper: Mapper) -> YearLaws:
    rows = _rows(inputs, basis)
    parts = [(first, tuple(rows[first : first + PART])) for first in range(0, len(rows), PART)]
    packs = (basis.base or inputs, inputs)
    work = partial(_some_draws, packs=packs, form=form, solve=not basis.only)
    drawn = [one for part in mapper(work, parts) for one in part]
    draws = _year_draws(inputs, basis, drawn)
    pairs = [
        mixture_pair([one.laws[place] for one in drawn], [one.finer[place] for one in drawn])
        for place in range(len(inputs.plans) + 1)
    ]
    within = np.mean([one.covariance for one in drawn], axis=0)
    means = draws.paid_yuan[:, :-1]
    between = np.cov(means.T, bias=True).reshape(within.shape)
    return YearLaws(
        laws=tuple(law for law, _ in pairs),
        coarse=tuple(rough for _, rough in pairs),
        beneficiaries=draws.beneficiaries.mean(axis=0),
        persons_paid=float(draws.persons_paid.mean()),
        enrolments=year_laws(inputs, form).enrolments,
        covariance=within + between - np.diag(np.diag(between)),
        draws=draws,
    )


def _year_draws(inputs: Inputs, basis: Basis, drawn: list[_OneDraw]) -> YearDraws:
    names = basis_names(inputs, basis)
    known = (basis.base or inputs).assumptions
    values = dict(drawn_values(known, names, draws=basis.draws, seed=basis.seed))
    if ILLNESS_LEVEL in values:
        values[ILLNESS_LEVEL] = freeze([one.illness for one in drawn])
    solved = np.array([one.solved for one in drawn])
    return YearDraws(
        values=values,
        places={name: places(name, basis.draws, basis.seed) for name in names},
        solved=dict(zip(SOLVED, solved.T, strict=True)),
        paid_yuan=freeze([[law.mean for law in one.laws] for one in drawn]),
        sd_yuan=freeze([[law.sd for law in one.laws] for one in drawn]),
        beneficiaries=freeze([one.beneficiaries for one in drawn]),
        persons_paid=freeze([one.persons_paid for one in drawn]),
        outside=_outside(inputs, solved),
    )


def _outside(inputs: Inputs, solved: np.ndarray) -> int:
    """Number of draws in which a solved scale left the range that the pack gives it."""
    left = np.zeros(len(solved), dtype=bool)
    for name, values in zip(SOLVED, solved.T, strict=True):
        belief = inputs.assumptions.beliefs[name]
        left |= values < (-np.inf if belief.low is None else belief.low)
        left |= values > (np.inf if belief.high is None else belief.high)
    return int(left.sum())


_kept = Kept(MOST_KEPT, MOST_BYTES)


def laws_on(
    inputs: Inputs, basis: Basis | None = None, *, form: str = "collective", mapper: Mapper = map
) -> YearLaws:
    """Return the laws of a year on a basis.

    Parameters
    ----------
    inputs
        The scheme, changes applied.
    basis
        Process risk alone where it is None.
    form
        "collective" or "individual".
    mapper
        Where parts of the draws are computed; never changes a figure.

    Returns
    -------
    YearLaws
        With "process" the exact laws. Else means over draws of exact laws, `draws` telling them;
        the last few are kept by content.

    Raises
    ------
    InputRefused
        `unknown-choice`, `value-out-of-range` (draws), `not-uncertain`, `uncertain-needs-basis`,
        or what refuses a draw: no two scales meet the two totals (`calibration-…`).
    """
    basis = basis or Basis()
    _check(basis)
    if basis.kind == "process":
        return year_laws(inputs, form)
    triangles(inputs.assumptions, basis_names(inputs, basis))
    base = basis.base or inputs
    key = (basis, form, claims_key(inputs), claims_key(base), _ranges(base, basis))
    laws: YearLaws = _kept.remember(key, lambda: _made(inputs, basis, form, mapper))
    return laws


def _ranges(inputs: Inputs, basis: Basis) -> tuple:
    """What of the drawn beliefs is no value: their ranges and modes, and the two totals' names."""
    beliefs = inputs.assumptions.beliefs
    names = [*SOLVED, *(name for name in basis_names(inputs, basis) if name != ILLNESS_LEVEL)]
    return tuple(
        (name, beliefs[name].low, beliefs[name].high, beliefs[name].mode) for name in names
    )
