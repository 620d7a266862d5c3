"""The fund's own terms: contributions, rates, what is shared, reinsurance, programmes, in fen.

Floor 6, inside `fund`. Source: docs/fund.md section 3; docs/assumptions.md section 6.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from workbench.fund.calendar import MONTHS, FundCalendar
from workbench.fund.laws import YearsLaws
from workbench.fund.members import MemberYears
from workbench.guard import freeze
from workbench.inputs import Inputs, Programme
from workbench.laws.reinsurance import Cover, QuotaShare, StopLoss
from workbench.premium.reinsurance import Ceding
from workbench.premium.technical import expense_terms

__all__ = ["RATE_BITS", "RATE_ONE", "FundTerms", "YearCover", "covers_of", "fund_terms"]

RATE_BITS = 32
RATE_ONE = 1 << RATE_BITS
MILLION = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class YearCover:
    """Reinsurance of one year of the scheme: the cover, its price, what is expected to be ceded."""

    cover: Cover
    price_fen: int
    ceded_yuan: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FundTerms:
    """Everything about the fund that no path changes by itself.

    `contribution_fen` and `enrolments` (years + 1, plans), the year before the first included, at
    the tiers in force; `opening_fen` the free fund; `interest` a month in parts of 2**32;
    `expense_share`, `per_enrolment_fen`; `remitted` and `retained` in millionths; `programme_fen` a
    month; `covers` one a year or empty.
    """

    codes: tuple[str, ...]
    calendar: FundCalendar
    contribution_fen: np.ndarray
    enrolments: np.ndarray
    renewing: np.ndarray
    opening_fen: int
    interest: int
    expense_share: float
    per_enrolment_fen: float
    remitted: int
    retained: int
    programme_fen: int
    covers: tuple[YearCover, ...] = ()

    @property
    def years(self) -> int:
        """Length of the horizon."""
        return len(self.contribution_fen) - 1


def fund_terms(
    inputs: Inputs,
    members: MemberYears,
    calendar: FundCalendar,
    *,
    expenses: str = "default",
    programmes: Sequence[Programme] = (),
) -> FundTerms:
    """Return the terms of a pack."""
    beliefs = inputs.assumptions
    number = np.concatenate([members.enrolments[:1], members.enrolments])
    premium = np.array([plan.premium_yuan for plan in inputs.plans])
    spent = expense_terms(inputs, inputs.plans[0], expenses)
    monthly = (1.0 + beliefs["interest_rate_per_year"]) ** (1.0 / MONTHS) - 1.0
    cost = sum(one.total_yuan / one.years * one.borne_share for one in programmes)
    return FundTerms(
        codes=inputs.plan_codes,
        calendar=calendar,
        contribution_fen=freeze(np.rint(100.0 * number * premium), np.int64),
        enrolments=freeze(number),
        renewing=members.renewing,
        opening_fen=round(100.0 * beliefs["opening_fund_yuan"]),
        interest=round(monthly * RATE_ONE),
        expense_share=spent.share,
        per_enrolment_fen=100.0 * spent.per_enrolment_yuan,
        remitted=round(MILLION * beliefs["remittance_share"]),
        retained=round(MILLION * beliefs["risk_retained_share"]),
        programme_fen=round(100.0 * cost / MONTHS),
    )


def year_growth(laws: YearsLaws, calendar: FundCalendar) -> np.ndarray:
    """Return a calendar year's expected claims over the first year's, (years, plans).

    Cover of a year is partly from the terms of the year before.
    """
    new = (laws.season * calendar.covered).mean(axis=1)
    return laws.growth[0] * new + laws.growth[1] * (1.0 - new)


def covers_of(
    ceding: Ceding | None, draws: Sequence[YearsLaws], calendar: FundCalendar
) -> tuple[YearCover, ...]:
    """Return the covers of a horizon: (1 + loading) times what is expected to be ceded.

    A stop loss starts at `size` times the year's expected claims. What it takes is expected by the
    law of the scheme's first year, stretched to the year's expected claims; mean over the draws.
    """
    if ceding is None:
        return ()
    means = np.array([year_growth(one, calendar) @ one.expected_fen for one in draws]) / 100.0
    found = []
    for year, level in enumerate(means.mean(axis=0)):
        attachment = float(level) * ceding.size
        if ceding.kind == "quota_share":
            cover: Cover = QuotaShare(share=ceding.size)
            ceded = float(level) * ceding.size
        else:
            cover = StopLoss(attachment=attachment)
            totals = [one.total for one in draws if one.total is not None]
            factors = means[:, year] / [max(one.mean, 1e-9) for one in totals]
            ceded = float(
                np.mean(
                    [
                        factor * one.expected_excess(attachment / factor)
                        for factor, one in zip(factors, totals, strict=True)
                    ]
                )
            )
        price = round(100.0 * (1.0 + ceding.loading) * max(ceded, 0.0))
        found.append(YearCover(cover=cover, price_fen=price, ceded_yuan=ceded))
    return tuple(found)
