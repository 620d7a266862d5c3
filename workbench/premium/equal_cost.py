"""Two terms at once: a table of cost, and curves along which the cost stays the same.

Floor 4, inside `premium`. Along a curve the expected cost is that of the scheme in force, or a
multiple of it; the deficit probability is not the same, and stands beside it.
Source: docs/benefits.md, section 5.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from workbench.guard import InputRefused, freeze, refuse
from workbench.inputs import Inputs
from workbench.premium.benefits import BenefitTerm, term_of
from workbench.premium.design import Design, DesignRow, design_row
from workbench.premium.solving import last_kept, root_between

__all__ = ["CostTable", "EqualCost", "EqualPoint", "cost_table", "equal_cost"]

CLOSE = 1e-6
"""Closeness of a root, in the units of the term."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CostTable:
    """Expected cost of an enrolment over two terms, yuan.

    `first` (rows,) and `second` (columns,) values; `cost_yuan` (rows, columns), nan where two
    values contradict each other or the benefit passes the cost.
    """

    first: np.ndarray
    second: np.ndarray
    cost_yuan: np.ndarray


@dataclass(frozen=True, slots=True, kw_only=True)
class EqualPoint:
    """A point of a curve: a value of the first term, and the second with the same cost.

    `second` is None where no value allowed has that cost; `offered` the step next to it that costs
    no more; `row` what that step leads to at the tier in force, None where it was
    not asked for.
    """

    first: float
    second: float | None
    offered: float | None
    row: DesignRow | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EqualCost:
    """A curve of equal cost: `factor` times the cost in force, `cost_yuan` of an enrolment."""

    factor: float
    cost_yuan: float
    points: tuple[EqualPoint, ...]


def _check(first: BenefitTerm, second: BenefitTerm) -> None:
    if (first.plan, first.column) == (second.plan, second.column):
        raise refuse("benefit-term-twice", name="--term", value=first.column)


def _cost(design: Design, number: float, values: Sequence[float], columns: Sequence[str]) -> float:
    """Cost of an enrolment with several terms changed in turn; nan where they cannot be."""
    try:
        changed = _both(design, values, columns)
    except InputRefused:
        return float("nan")
    paid, _ = design.reader.mean(changed)
    return paid / number


def _both(design: Design, values: Sequence[float], columns: Sequence[str]) -> Inputs:
    changed = design.inputs
    for value, column in zip(values, columns, strict=True):
        term = term_of(changed, design.term.plan, column)
        changed = replace(design, inputs=changed, term=term).at(value)
    return changed


def cost_table(
    design: Design, second: BenefitTerm, values: tuple[Sequence[float], Sequence[float]]
) -> CostTable:
    """Return the cost of every pair of values of the design's term and a second one.

    Raises
    ------
    InputRefused
        `benefit-term-twice`.
    """
    _check(design.term, second)
    columns = (design.term.column, second.column)
    number = design.reader.year(design.inputs).enrolments
    table = [[_cost(design, number, (one, two), columns) for two in values[1]] for one in values[0]]
    return CostTable(
        first=freeze(values[0], float), second=freeze(values[1], float), cost_yuan=freeze(table)
    )


def equal_cost(
    design: Design,
    second: BenefitTerm,
    values: Sequence[float],
    *,
    factor: float = 1.0,
    figures: bool = False,
) -> EqualCost:
    """Return the value of a second term that keeps the cost, for each value of the design's term.

    `factor` times the cost in force; with `figures` each point has what it leads to.
    """
    _check(design.term, second)
    columns = (design.term.column, second.column)
    year = design.reader.year(design.inputs)
    wanted = factor * year.law.mean / year.enrolments
    points = []
    for value in values:
        found = _second(design, (columns, value), wanted, year.enrolments)
        points.append(_point(design, second, (value, found), figures=figures))
    return EqualCost(factor=factor, cost_yuan=wanted, points=tuple(points))


def _second(
    design: Design, given: tuple[tuple[str, str], float], wanted: float, number: float
) -> float | None:
    """Return the second value with the wanted cost, None where there is none."""
    (_, column), value = given
    try:
        changed = design.at(value)
    except InputRefused:
        return None
    # The range of the second term may depend on the value of the first.
    term = term_of(changed, design.term.plan, column)

    def gap(two: float) -> float:
        return _cost(design, number, (value, two), given[0]) - wanted

    if value == design.term.current and abs(gap(term.current)) < 1e-9 * wanted:
        return term.current
    if not term.whole:
        return root_between(gap, term.low, term.high, closeness=CLOSE)
    return _whole(term, gap)


def _whole(term: BenefitTerm, gap: Callable[[float], float]) -> float | None:
    """Return the dearest whole value that costs no more, None where none or even the best does."""
    worst, best = (term.low, term.high) if term.rises else (term.high, term.low)
    sign, count = (1.0 if term.rises else -1.0), round(term.high - term.low)
    if gap(best) < 0.0:
        return None
    found = last_kept(lambda place: gap(worst + sign * place), 0, count)
    return None if found is None else worst + sign * found


def _point(
    design: Design,
    second: BenefitTerm,
    found: tuple[float, float | None],
    *,
    figures: bool,
) -> EqualPoint:
    first, value = found
    if value is None:
        return EqualPoint(first=first, second=None, offered=None)
    offered = second.offered(value)
    row = None
    if figures:
        # Of the step that is offered: a root with many digits is no term anybody would write.
        changed = design.at(first)
        term = term_of(changed, design.term.plan, second.column)
        row = design_row(replace(design, inputs=changed, term=term), offered)
    return EqualPoint(first=first, second=value, offered=offered, row=row)
