"""All exact figures of a year of several plans, kept by plan: a slider asks anew what it moved.

Floor 3. The law of a plan is kept under its nouns (frequency, payment of a claim, shock), the
total's under all of them. A premium changes no law: `SchemeFigures.balance` only reads.
Source: docs/laws.md section 6.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from workbench.engine.compound.quick import law_of_spectrum
from workbench.engine.compound.read import ReadLaw, SlowLaw
from workbench.engine.compound.solve import compound_law
from workbench.engine.compound.spectrum import spectrum_of
from workbench.engine.compound.window import Group
from workbench.guard import in_range, refuse
from workbench.laws.sizes import LARGEST
from workbench.risk import LEVELS, Figure

__all__ = ["Balance", "LawFigures", "SchemeFigures", "figures_of", "read_law"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LawFigures:
    """Figures of one yearly total, each with the bound of its numerical error; by level."""

    mean: Figure
    sd: Figure
    quantiles: Mapping[float, Figure]
    tail_means: Mapping[float, Figure]


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """A yearly total S against a premium (contribution less expenses) of the year.

    P(S > premium), E(S − premium)⁺ and premium − E[S].
    """

    premium: float
    deficit_probability: Figure
    expected_shortfall: Figure
    expected_surplus: Figure


@lru_cache(maxsize=256)
def read_law(groups: tuple[Group, ...]) -> ReadLaw:
    """Return the law of a total, kept by content: from few frequencies where they are enough."""
    spectrum = spectrum_of(groups)
    return SlowLaw(law=compound_law(groups)) if spectrum is None else law_of_spectrum(spectrum)


@lru_cache(maxsize=256)
def _figures(law: ReadLaw, levels: tuple[float, ...]) -> LawFigures:
    quantiles, tail_means = law.tails(levels)
    return LawFigures(
        mean=law.mean,
        sd=law.sd,
        quantiles=dict(zip(levels, quantiles, strict=True)),
        tail_means=dict(zip(levels, tail_means, strict=True)),
    )


@lru_cache(maxsize=4096)
def _balance(law: ReadLaw, premium: float) -> Balance:
    probability, shortfall = law.beyond(premium)
    mean = law.mean
    return Balance(
        premium=premium,
        deficit_probability=probability,
        expected_shortfall=shortfall,
        expected_surplus=Figure(premium - mean.value, mean.error),
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SchemeFigures:
    """Exact figures of plans by name and of their total; `laws` and `total_law` behind them."""

    plans: Mapping[str, LawFigures]
    total: LawFigures
    laws: Mapping[str, ReadLaw]
    total_law: ReadLaw

    def balance(self, premiums: Mapping[str, float]) -> dict[str, Balance]:
        """Return each plan and, under "total", their sum against the year's premiums.

        `premiums` by plan: contribution less expenses of the year, at least 0; every plan once.
        Only what a moved premium touches is read again.
        """
        if premiums.keys() != self.laws.keys():
            allowed = ", ".join(self.laws)
            raise refuse(
                "unknown-choice", name="premiums", value=", ".join(premiums), allowed=allowed
            )
        found, total = {}, 0.0
        for name, law in self.laws.items():
            premium = in_range(f"premium of {name}", premiums[name], 0.0, LARGEST)
            found[name] = _balance(law, premium)
            total += premium
        found["total"] = _balance(self.total_law, total)
        return found


def figures_of(
    laws: Mapping[str, ReadLaw], total: ReadLaw, levels: tuple[float, ...] = LEVELS
) -> SchemeFigures:
    """Return the figures of these laws at these levels, kept by law."""
    return SchemeFigures(
        plans={name: _figures(law, levels) for name, law in laws.items()},
        total=_figures(total, levels),
        laws=laws,
        total_law=total,
    )
