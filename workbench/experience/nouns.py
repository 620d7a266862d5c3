"""The nouns of own figures: what was observed, what was expected, a level, what it changes.

Floor 5, inside `experience`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from workbench.changes import Changes
from workbench.guard import Fault
from workbench.risk import Figure

__all__ = ["Compared", "History", "Level", "Observation", "Updated"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """Own figures of one plan in one year; money in yuan."""

    year: int
    plan: str
    enrolments: int
    contributions_yuan: float
    beneficiaries: int
    paid_yuan: float

    @property
    def line(self) -> str:
        """The row as the sheet and `--row` write it."""
        money = (f"{amount:.15g}" for amount in (self.contributions_yuan, self.paid_yuan))
        contributions, paid = money
        return (
            f"{self.year},{self.plan},{self.enrolments},{contributions},{self.beneficiaries},{paid}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Own figures of one to five years, by year and plan in the order of the pack."""

    rows: tuple[Observation, ...] = ()

    @property
    def years(self) -> tuple[int, ...]:
        """Years with figures, rising."""
        return tuple(sorted({row.year for row in self.rows}))

    def of_plan(self, code: str) -> tuple[Observation, ...]:
        """Return the years of one plan, rising."""
        return tuple(row for row in self.rows if row.plan == code)

    def of_year(self, year: int) -> tuple[Observation, ...]:
        """Return the plans of one year."""
        return tuple(row for row in self.rows if row.year == year)


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One figure, actual against expected.

    `year` 0 stands for all years together, `plan` "" for all plans given; `actual` is None where no
    own figure is loaded. `low` and `high` hold 95 of 100 years of the model; `ratio` is actual over
    expected, its error one standard deviation of the model's year. `law` says how the interval was
    found: "exact" (the engine's law), "poisson_gamma" or "gamma" (matched moments).
    """

    year: int
    plan: str
    figure: str
    actual: float | None
    expected: float
    low: float
    high: float
    ratio: Figure | None
    law: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """How far a plan lies from the model in `figure` ("frequency" or "cost"), by credibility.

    `claims` beneficiaries observed, `weight` the claims of a Poisson law that would be as sure;
    `own` actual over expected. `limited` and `straub` are credibility factors (None where there is
    none), `factor` and `level` those of `method`: "limited", "straub", "ranges", or "terms" where
    the terms fix the cost and no level is wanted. `level` has its standard error; `reached` is the
    level that the changes give (None before they are solved).
    """

    plan: str
    figure: str
    years: int
    claims: int
    weight: float
    own: Figure
    limited: float
    straub: float | None
    method: str
    factor: float
    level: Figure
    reached: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Updated:
    """What own figures change.

    `values` the new values by name, each with its standard error (enrolments and years have 0);
    `before` those in force; `changes` all together with the changes that were asked; `reached` the
    levels that they give by (plan, figure); `told` what is unusual in them.
    """

    values: Mapping[str, Figure]
    before: Mapping[str, float]
    changes: Changes
    reached: Mapping[tuple[str, str], float] = field(default_factory=dict)
    told: tuple[Fault, ...] = ()
