"""Free-standing compound models: one sum of claims, or several plans with shared shocks.

Floor 3. `CompoundModel` holds the law of a number of claims, the law of a loss and the terms;
`CompoundScheme` several models, of which some share a factor on their numbers of claims. Both give
exact laws and draw years from keyed streams. Source: docs/laws.md; Klugman, Panjer and Willmot,
Loss Models (4th ed., 2012), chapter 9.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from workbench.engine.compound_draw import PlanDraw, draw_years
from workbench.engine.compound_law import CompoundLaw
from workbench.engine.compound_solve import compound_law
from workbench.engine.compound_window import Group, Part, moments_of
from workbench.guard import in_range, refuse
from workbench.laws.coverage import Covered, Terms
from workbench.laws.discrete import Discrete
from workbench.laws.frequency import FrequencyLaw, Poisson
from workbench.laws.mixtures import Scaled
from workbench.laws.shocks import Shock
from workbench.laws.sizes import LARGEST, SMALLEST, SizeLaw

__all__ = ["CompoundModel", "CompoundScheme", "SharedShock"]


def _compiled(law: SizeLaw) -> SizeLaw:
    """A law without density as its table, so that nothing is worked out twice."""
    if not law.is_discrete or isinstance(law, Discrete):
        return law
    atoms = law.atoms()
    return Discrete(atoms.values, atoms.masses)


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
        plain = Terms(yearly_cap=self.terms.yearly_cap)
        return _compiled(
            self.severity if self.terms == plain else Covered(self.severity, self.terms)
        )

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
        size = model.payment if weight == 1.0 else _compiled(Scaled(model.payment, weight))
        return Part(frequency=model.frequency, size=size)

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
        caps = {name: self.plans[name].terms.yearly_cap for name in given}
        if len(given) > 1 and any(np.isfinite(cap) for cap in caps.values()):
            raise refuse("unknown-choice", name="terms.yearly_cap", value="sum", allowed="inf")
        law = compound_law(self._groups(given), points=points, most=most)
        ((name, weight), *_) = given.items()
        return _capped(law, caps[name] * weight)

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
