"""The sliders of the page: one line each, with the name that `--set` takes.

Floor 10, no widget here. Range and today's value come from the pack; label, unit and the reason for
the range are words under `page.knob_`, `page.knob_unit_` and `page.knob_why_`.
"""

from __future__ import annotations

from dataclasses import dataclass

from workbench.inputs import Inputs
from workbench.names import allowed_name
from workbench.schema import USUAL_PREMIUM
from workbench.show.numbers import number
from workbench.show.words import plan_name, words

__all__ = [
    "FUND_KNOBS",
    "KNOBS",
    "RESERVE_KNOBS",
    "Knob",
    "Range",
    "every_knob",
    "knob_label",
    "knob_unit",
    "knob_why",
    "knobs_of",
    "range_of",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Knob:
    """One slider.

    `name` is a name of `--set`; `step` of the slider and its keys; `place` is "premium", "sight" or
    "more", "own" where it stands on a page of its own; `topic` ends the keys of its words; `plan`
    is the plan whose premium it is.
    """

    name: str
    step: float
    place: str
    topic: str
    plan: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """Least and greatest value of a slider, and today's."""

    low: float
    high: float
    today: float


def _knob(name: str, step: float, place: str) -> Knob:
    return Knob(name=name, step=step, place=place, topic=name)


KNOBS: tuple[Knob, ...] = (
    _knob("participation_scale", 0.01, "sight"),
    _knob("hospital_claimant_rate_scale", 0.01, "sight"),
    _knob("stay_cost_scale", 0.01, "sight"),
    _knob("hospital_shock_cv", 0.005, "more"),
    _knob("critical_illness_factor", 0.01, "more"),
    _knob("expense_share", 0.005, "more"),
)
"""The sliders besides the premiums, in the order of the page."""

FUND_KNOBS: tuple[Knob, ...] = (
    _knob("opening_fund_yuan", 50_000, "own"),
    _knob("frequency_trend_per_year", 0.0025, "own"),
    _knob("cost_trend_per_year", 0.005, "own"),
)
"""Sliders of the page Fund alone."""

RESERVE_KNOBS: tuple[Knob, ...] = (_knob("reporting_delay_stretch", 0.01, "own"),)
"""Sliders of the page Reserves alone."""

PREMIUM_STEP = 1.0


def knobs_of(pack: Inputs) -> tuple[Knob, ...]:
    """Return the sliders that every page has: the premium of each plan, then the rest."""
    premiums = (
        Knob(
            name=f"plans.{plan.code}.premium_yuan",
            step=PREMIUM_STEP,
            place="premium",
            topic="premium",
            plan=plan.code,
        )
        for plan in pack.plans
    )
    return (*premiums, *KNOBS)


def every_knob(pack: Inputs) -> tuple[Knob, ...]:
    """Return the sliders of all pages: what an address may carry."""
    return (*knobs_of(pack), *FUND_KNOBS, *RESERVE_KNOBS)


def range_of(pack: Inputs, knob: Knob) -> Range:
    """Return the range of a slider: that of its name; 25 to 95 yuan for a premium."""
    allowed = allowed_name(pack, knob.name)
    assert allowed is not None and allowed.low is not None and allowed.high is not None
    today = 0.0 if allowed.current is None else allowed.current
    if knob.plan:
        low, high = USUAL_PREMIUM
        return Range(low=min(low, today), high=max(high, today), today=today)
    return Range(low=allowed.low, high=allowed.high, today=today)


def knob_label(pack: Inputs, knob: Knob, language: str) -> str:
    """Return what a slider is called; a premium has the name of its plan."""
    if knob.plan:
        return plan_name(pack.plan(knob.plan), language)
    return words(language)(f"page.knob_{knob.topic}")


def knob_unit(knob: Knob, language: str) -> str:
    """Return the unit of a slider."""
    return words(language)(f"page.knob_unit_{knob.topic}")


def knob_why(pack: Inputs, knob: Knob, language: str) -> str:
    """Return the range of a slider with its reason."""
    ends = range_of(pack, knob)
    say = words(language)
    return say(
        "page.knob_range",
        low=number(ends.low),
        high=number(ends.high),
        today=number(ends.today),
        why=say(f"page.knob_why_{knob.topic}"),
    )
