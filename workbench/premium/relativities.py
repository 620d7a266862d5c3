"""Relativities: what a sex, an age, an occupation class or an area costs beside the plan's mean.

Floor 4, inside `premium`. By sex and age they are in the rates; by occupation class and area a
table of `data/relativities.csv` is a choice: a class multiplies the accident rates of its rows of
members (injury, disability, accidental death), an area their hospital claimant rate.
Source: docs/pricing.md section 5.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from workbench.guard import refuse
from workbench.inputs import Inputs
from workbench.portfolio import BundleRow, Segment
from workbench.premium.cells import CellClaims, cell_claims
from workbench.risk import Figure
from workbench.timeline import AGE_BANDS, SEXES

__all__ = [
    "DIMENSIONS",
    "ClassRelativity",
    "LEVELS_OF",
    "class_relativities",
    "level_masks",
    "table_named",
    "with_relativities",
]

EXACT = 1e-9
DIMENSIONS = ("age", "sex", "age_sex", "occupation", "area", "segment", "term")
"""What members can be told apart by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassRelativity:
    """What a level of a table would make of a plan.

    `benefit_yuan` expected per enrolment if every member were of the level, `relativity` that over
    the benefit at a factor of 1.
    """

    level: str
    factor: float
    plan: str
    benefit_yuan: Figure
    relativity: Figure


def table_named(inputs: Inputs, code: str) -> tuple[str, Mapping[str, float]]:
    """Return the dimension of a table of relativities and its factors by level.

    Raises
    ------
    InputRefused
        `unknown-choice` with the tables that the pack has.
    """
    rows = [one for one in inputs.relativities if one.table == code]
    if not rows:
        allowed = tuple(dict.fromkeys(one.table for one in inputs.relativities))
        raise refuse("unknown-choice", name="--relativities", value=code, allowed=allowed)
    return rows[0].dimension, {one.level: one.factor for one in rows}


def with_relativities(inputs: Inputs, code: str) -> Inputs:
    """Return the pack with a table of relativities in force.

    Raises
    ------
    InputRefused
        `unknown-choice`, or `relativity-level-missing` where members have a level without a factor.
    """
    dimension, factors = table_named(inputs, code)
    levels = [_level_of(row, dimension) for row in inputs.rows]
    for level in levels:
        if level not in factors:
            allowed = tuple(factors)
            raise refuse("relativity-level-missing", name=code, value=level, allowed=allowed)
    given = [factors[level] for level in levels]
    return _of_accidents(inputs, given) if dimension == "occupation" else _of_areas(inputs, given)


def _level_of(row: BundleRow, dimension: str) -> str:
    return row.occupation_class if dimension == "occupation" else row.area


def _of_accidents(inputs: Inputs, factors: list[float]) -> Inputs:
    rows = tuple(
        replace(row, accident_factor=row.accident_factor * factor)
        for row, factor in zip(inputs.rows, factors, strict=True)
    )
    return replace(inputs, rows=rows)


def _of_areas(inputs: Inputs, factors: list[float]) -> Inputs:
    """Give each pair of segment and factor a segment of its own with its hospital rate."""
    known = {segment.name: segment for segment in inputs.segments}
    usual, name = inputs.assumptions["hospital_claimant_rate_scale"], "hospital_claimant_rate_scale"
    segments = dict(known)
    rows = []
    for row, factor in zip(inputs.rows, factors, strict=True):
        if factor == 1.0:
            rows.append(row)
            continue
        beliefs = known[row.segment].beliefs
        code = f"{row.segment} {factor:g}"
        scale = beliefs.get(name, usual) * factor
        segments[code] = Segment(name=code, beliefs={**beliefs, name: scale})
        rows.append(replace(row, segment=code))
    return replace(inputs, rows=tuple(rows), segments=tuple(segments.values()))


def class_relativities(inputs: Inputs, code: str) -> tuple[ClassRelativity, ...]:
    """Return what each level of a table would make of each plan, members as they are.

    Every member is given the level in turn; the others' factors do not count.
    """
    dimension, factors = table_named(inputs, code)
    apply = _of_accidents if dimension == "occupation" else _of_areas
    base = _benefits(cell_claims(inputs))
    found = []
    for level, factor in factors.items():
        moved = _benefits(cell_claims(apply(inputs, [factor] * len(inputs.rows))))
        for plan, now, before in zip(inputs.plan_codes, moved, base, strict=True):
            ratio = now / before if before else float("nan")
            found.append(
                ClassRelativity(
                    level=level,
                    factor=factor,
                    plan=plan,
                    benefit_yuan=Figure(float(now), abs(float(now)) * EXACT),
                    relativity=Figure(float(ratio), 2.0 * abs(float(ratio)) * EXACT),
                )
            )
    return tuple(found)


def _benefits(claims: CellClaims) -> np.ndarray:
    """Expected yuan per enrolment by plan, (plans,)."""
    return claims.paid_yuan.sum(axis=0) / np.maximum(claims.enrolments.sum(axis=0), 1)


LEVELS_OF = {"age": AGE_BANDS, "sex": SEXES, "term": ("first", "later")}
"""Levels of the dimensions that every scheme has, in order; others as they come in the rows."""


def level_masks(claims: CellClaims, inputs: Inputs, dimension: str) -> dict[str, np.ndarray]:
    """Return which cells are of each level of a dimension, bool (cells,) each."""
    cells = claims.portfolio
    if dimension == "age_sex":
        both = {
            f"{band} {sex}": (cells.sex == at) & (cells.band == place)
            for at, sex in enumerate(SEXES)
            for place, band in enumerate(AGE_BANDS)
        }
        return {name: mask for name, mask in both.items() if mask.any()}
    if dimension == "term":
        return {"first": cells.first_term, "later": ~cells.first_term}
    if dimension in LEVELS_OF:
        places = cells.band if dimension == "age" else cells.sex
        return {name: places == at for at, name in enumerate(LEVELS_OF[dimension])}
    labels = {
        "occupation": [row.occupation_class for row in cells.rows],
        "area": [row.area for row in cells.rows],
        "segment": [row.segment for row in inputs.rows],
    }[dimension]
    of_cell = np.array(labels, dtype=object)[cells.row]
    return {name: of_cell == name for name in dict.fromkeys(labels)}
