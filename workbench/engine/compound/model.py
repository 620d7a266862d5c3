"""Free-standing compound models: one sum of claims, or several plans with shared shocks.

Floor 3. `CompoundModel` holds the law of a number of claims, the law of a loss and the terms;
`CompoundScheme` several models, of which some share a factor on their numbers of claims. Both give
exact laws and draw years from keyed streams. Source: docs/laws.md; Klugman, Panjer and Willmot,
Loss Models (4th ed., 2012), chapter 9.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from math import isfinite

import numpy as np

from workbench.engine.compound.claims import DrawnClaims, Mapper, claims_of_year, draw_claims
from workbench.engine.compound.draw import PlanDraw, draw_years
from workbench.engine.compound.law import CompoundLaw
from workbench.engine.compound.solve import compound_law
from workbench.engine.compound.tables import (
    PlanTables,
    ShockTable,
    plan_tables_of,
    shared_shock_of,
)
from workbench.engine.compound.totals import draw_plan_totals, plan_totals_of
from workbench.engine.compound.window import Group, Part, moments_of
from workbench.engine.compound.year import SchemeFigures, figures_of, read_law
from workbench.guard import MAX_YEARS, in_range, refuse, whole_number
from workbench.laws.coverage import Covered, Terms
from workbench.laws.discrete import Discrete
from workbench.laws.frequency import FrequencyLaw, Poisson
from workbench.laws.mixtures import Scaled
from workbench.laws.shocks import Shock
from workbench.laws.sizes import LARGEST, SMALLEST, SizeLaw
from workbench.risk import LEVELS

__all__ = ["CompoundModel", "CompoundScheme", "SharedShock"]


@lru_cache(maxsize=256)
def _payment(severity: SizeLaw, terms: Terms) -> SizeLaw:
    """Law of what one loss pays; the same object for the same nouns, so that its parts are kept."""
    plain = Terms(yearly_cap=terms.yearly_cap)
    return _compiled(severity if terms == plain else Covered(severity, terms))


@lru_cache(maxsize=256)
def _scaled(size: SizeLaw, weight: float) -> SizeLaw:
    return _compiled(Scaled(size, weight))


def _compiled(law: SizeLaw) -> SizeLaw:
    """A law without density as its table, so that nothing is worked out twice."""
    if not law.is_discrete or isinstance(law, Discrete):
        return law
    atoms = law.atoms()
    return Discrete(atoms.values, atoms.masses)


@lru_cache(maxsize=16)
def _asked_levels(levels: tuple[float, ...]) -> tuple[float, ...]:
    """Levels, checked."""
    return tuple(in_range("level", level, 0.0, 1.0 - 1e-15) for level in levels)


def _asked_years(years: int, seed: int, first_year: int) -> tuple[range, int]:
    """Years and seed, checked."""
    number = whole_number("years", years, 1, MAX_YEARS)
    first = whole_number("first_year", first_year, 0, 2**40)
    return range(first, first + number), whole_number("seed", seed, 0, 2**63 - 1)


def _capped(law: CompoundLaw, cap: float) -> CompoundLaw:
    return replace(law, ceiling=cap) if np.isfinite(cap) else law


@dataclass(frozen=True, slots=True, kw_only=True)
class CompoundModel:
    """A yearly total: `frequency` many losses, each drawn from `severity`, paid under `terms`.

    Examples
    --------
    >>> from workbench import CompoundModel, Gamma, Poisson
    >>> model = CompoundModel(frequency=Poisson(10), severity=Gamma(shape=2, scale=1))
    >>> round(model.law().quantile(0.99), 9)
    40.811792993
    """

    frequency: FrequencyLaw
    severity: SizeLaw
    terms: Terms = field(default_factory=Terms)

    @property
    def payment(self) -> SizeLaw:
        """Law of what one loss pays, 0 included."""
        return _payment(self.severity, self.terms)

    def law(self, *, points: int | None = None, most: float | None = None) -> CompoundLaw:
        """Return the exact law of the yearly total; parameters as in `compound_law`."""
        group = Group(parts=(Part(frequency=self.frequency, size=self.payment),))
        return _capped(compound_law((group,), points=points, most=most), self.terms.yearly_cap)

    def sample(self, years: int, seed: int, *, first_year: int = 0) -> np.ndarray:
        """Return drawn yearly totals, shape (years,).

        Year y is the same whatever `years` and `first_year` are.
        """
        plan = PlanDraw(
            name="model", frequency=self.frequency, payment=self.payment, cap=self.terms.yearly_cap
        )
        return draw_years((plan,), years, seed, first_year=first_year)[:, 0]


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedShock:
    """One factor that multiplies the expected numbers of claims of some plans."""

    shock: Shock
    plans: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CompoundScheme:
    """Plans by name, independent but for the shocks that some of them share.

    A plan that shares a shock has a Poisson frequency; its factor comes from the shock.
    """

    plans: Mapping[str, CompoundModel]
    shocks: tuple[SharedShock, ...] = ()

    def __post_init__(self) -> None:
        shared = [name for one in self.shocks for name in one.plans]
        for name in shared:
            if name not in self.plans or shared.count(name) > 1:
                allowed = ", ".join(self.plans)
                raise refuse("unknown-choice", name="shocks.plans", value=name, allowed=allowed)
            law = self.plans[name].frequency
            if not isinstance(law, Poisson):
                given = type(law).__name__
                raise refuse(
                    "unknown-choice", name=f"{name}.frequency", value=given, allowed="Poisson"
                )

    def _weights(self, weights: str | Mapping[str, float] | None) -> dict[str, float]:
        if weights is None:
            return dict.fromkeys(self.plans, 1.0)
        given = {weights: 1.0} if isinstance(weights, str) else dict(weights)
        for name, weight in given.items():
            if name not in self.plans:
                allowed = ", ".join(self.plans)
                raise refuse("unknown-choice", name="plan", value=name, allowed=allowed)
            in_range(f"weight of {name}", weight, 0.0, LARGEST)
        kept = {name: float(weight) for name, weight in given.items() if weight > 0.0}
        in_range("sum of weights", sum(kept.values()), SMALLEST, LARGEST)
        return kept

    def _part(self, name: str, weight: float) -> Part:
        model = self.plans[name]
        size = model.payment
        return Part(
            frequency=model.frequency, size=size if weight == 1.0 else _scaled(size, weight)
        )

    def _groups(self, weights: dict[str, float]) -> tuple[Group, ...]:
        groups, left = [], dict(weights)
        for one in self.shocks:
            parts = tuple(self._part(name, left.pop(name)) for name in one.plans if name in left)
            if parts:
                groups.append(Group(parts=parts, shock=one.shock))
        groups += [Group(parts=(self._part(name, weight),)) for name, weight in left.items()]
        return tuple(groups)

    def law(
        self,
        weights: str | Mapping[str, float] | None = None,
        *,
        points: int | None = None,
        most: float | None = None,
    ) -> CompoundLaw:
        """Return the exact law of one plan, of a weighted sum, or of the total.

        Parameters
        ----------
        weights
            Name of a plan, or weights (at least 0) by plan; the total by default.
        points, most
            As in `compound_law`.
        """
        given = self._weights(weights)
        if len(given) > 1:
            self._refuse_caps(given)
        law = compound_law(self._groups(given), points=points, most=most)
        ((name, weight), *_) = given.items()
        return _capped(law, self.plans[name].terms.yearly_cap * weight)

    def _refuse_caps(self, names: Iterable[str]) -> None:
        """Refuse a sum in which a plan has a yearly cap: its law is no compound law."""
        if any(isfinite(self.plans[name].terms.yearly_cap) for name in names):
            raise refuse("unknown-choice", name="terms.yearly_cap", value="sum", allowed="inf")

    def figures(self, levels: Sequence[float] = LEVELS) -> SchemeFigures:
        """Return the exact figures of every plan and of the total, each with its error.

        Mean, standard deviation, quantiles and tail means at `levels`; `.balance(premiums)` of what
        comes back sets them against premiums. Laws are kept by content: after a change of one plan
        only its own law and the total's are made anew.
        """
        asked = _asked_levels(tuple(levels))
        self._refuse_caps(self.plans)
        parts = {name: self._part(name, 1.0) for name in self.plans}
        shock_of = {name: one.shock for one in self.shocks for name in one.plans}
        laws = {
            name: read_law((Group(parts=(part,), shock=shock_of.get(name)),))
            for name, part in parts.items()
        }
        groups = [
            Group(parts=tuple(parts[name] for name in one.plans), shock=one.shock)
            for one in self.shocks
        ]
        groups += [Group(parts=(part,)) for name, part in parts.items() if name not in shock_of]
        return figures_of(laws, read_law(tuple(groups)), asked)

    def covariance(self, first: str, second: str) -> float:
        """Cov(S_first, S_second), from the shock that they share."""
        names = self._weights({first: 1.0, second: 1.0})
        if first == second:
            return float(moments_of(self._groups(names))[1])
        for one in self.shocks:
            if first in one.plans and second in one.plans:
                parts = [self._part(name, 1.0) for name in names]
                means = [part.frequency.mean * part.size.mean for part in parts]
                return one.shock.variance * means[0] * means[1]
        return 0.0

    def sample(self, years: int, seed: int, *, first_year: int = 0) -> np.ndarray:
        """Return drawn yearly totals by plan, shape (years, plans), in the order of `plans`.

        A plan's draws are keyed by its name, a shock's by the names of its plans: adding a plan or
        years moves no other draw.
        """
        shock_of = {name: one for one in self.shocks for name in one.plans}
        draws = []
        for name, model in self.plans.items():
            shared = shock_of.get(name)
            draws.append(
                PlanDraw(
                    name=name,
                    frequency=model.frequency,
                    payment=model.payment,
                    cap=model.terms.yearly_cap,
                    shock=shared.shock if shared else None,
                    shock_name=shared.plans if shared else (),
                )
            )
        return draw_years(tuple(draws), years, seed, first_year=first_year)

    def _factors(self) -> dict[str, ShockTable]:
        """Sealed table of the factor that each plan shares."""
        tables = [shared_shock_of(one.shock, one.plans) for one in self.shocks]
        return {name: table for table in tables for name in table.name}

    def _claims_tables(self) -> tuple[PlanTables, ...]:
        """Sealed tables from which single claims are drawn."""
        factors = self._factors()
        return tuple(
            plan_tables_of(
                name, model.frequency, model.payment, model.terms.yearly_cap, factors.get(name)
            )
            for name, model in self.plans.items()
        )

    def claims(
        self, years: int, seed: int, *, first_year: int = 0, mapper: Mapper = map
    ) -> DrawnClaims:
        """Return years drawn claim by claim from sealed tables, in whole fen.

        Parameters
        ----------
        years, first_year
            Years first_year, first_year + 1, …; a year is the same whatever is drawn with it.
        seed
            0 to 2**63 − 1.
        mapper
            Where blocks of years are drawn: `map`, a thread pool's `map`; never changes a bit.
        """
        asked, seed = _asked_years(years, seed, first_year)
        return draw_claims(self._claims_tables(), asked, seed, mapper=mapper)

    def single_claims(self, year: int, seed: int) -> dict[str, np.ndarray]:
        """Return every claim of one year, fen by plan: those that `claims` sums up."""
        asked, seed = _asked_years(1, seed, year)
        return claims_of_year(self._claims_tables(), asked.start, seed)

    def totals(
        self, years: int, seed: int, *, first_year: int = 0, mapper: Mapper = map
    ) -> np.ndarray:
        """Return years drawn in totals of plans, fen, int64 (years, plans).

        One table look-up a plan and year, whatever the number of claims; parameters as `claims`.
        """
        asked, seed = _asked_years(years, seed, first_year)
        factors = self._factors()
        tables = tuple(
            plan_totals_of(name, self._part(name, 1.0), factors.get(name), model.terms.yearly_cap)
            for name, model in self.plans.items()
        )
        return draw_plan_totals(tables, asked, seed, mapper=mapper)
