"""Levels written in names that `--set` takes, so that the model then expects what they say.

Floor 5, inside `experience`. Beneficiaries are linear in every rate and are solved by a line, mean
costs by the secant method. Plans that share a rate are solved to their sum.
Source: docs/own-figures.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import hypot

import numpy as np

from workbench.changes import Changes, apply
from workbench.engine.stages import expected_claims
from workbench.experience.fitting import Solver, Work, cut, linear, one_name, rounded, secant
from workbench.experience.nouns import History, Level, Updated
from workbench.guard import Fault, InputRefused
from workbench.inputs import Inputs
from workbench.risk import Figure

__all__ = ["updated_changes"]

HOSPITAL = ("medical", "allowance")
INJURY, DEATH = "injury_rate_scale", "accidental_death_rate_scale"
APART = 2.0

Levels = Mapping[tuple[str, str], Figure]
Targets = Mapping[tuple[str, str], float]


def _figures(inputs: Inputs) -> dict[tuple[str, str], float]:
    """Expected beneficiaries and mean cost by (plan, figure)."""
    claims = expected_claims(inputs)
    found = {}
    for place, code in enumerate(inputs.plan_codes):
        people, paid = float(claims.beneficiaries[place]), float(claims.paid_yuan[place])
        found[code, "frequency"] = people
        found[code, "cost"] = paid / people if people > 0.0 else 0.0
    return found


def _codes(inputs: Inputs, forms: tuple[str, ...], levels: Levels, figure: str) -> list[str]:
    return [
        plan.code
        for plan in inputs.plans
        if plan.benefit_form in forms and (plan.code, figure) in levels
    ]


def _pooled(base: Targets, levels: Levels, codes: list[str], figure: str) -> Figure:
    """Return one level for plans that share a name, weighted by what each expects.

    Errors are added, not squared: the plans share the members and the year's shock.
    """
    parts = [base[code, "frequency"] for code in codes]
    whole = sum(parts) or 1.0
    shares = [part / whole for part in parts]
    found = [levels[code, figure] for code in codes]
    return Figure(
        sum(share * one.value for share, one in zip(shares, found, strict=True)),
        sum(share * one.error for share, one in zip(shares, found, strict=True)),
    )


def _sum(codes: list[str], figure: str) -> Callable[[Inputs], float]:
    """What plans expect together: beneficiaries, or paid over beneficiaries."""

    def expected(inputs: Inputs) -> float:
        claims = expected_claims(inputs)
        places = [inputs.plan_codes.index(code) for code in codes]
        people = float(claims.beneficiaries[places].sum())
        return people if figure == "frequency" else float(claims.paid_yuan[places].sum()) / people

    return expected


def _accident(work: Work, levels: Levels, base: Targets) -> dict[str, Figure]:
    """Solve injuries and deaths to the number and the amount of the accident plan: two lines."""
    codes = _codes(work.pack, ("accident",), levels, "frequency")
    if not codes:
        return {}
    number = _pooled(base, levels, codes, "frequency")
    costs = [code for code in codes if (code, "cost") in levels]
    cost = _pooled(base, levels, costs, "cost") if costs else Figure(1.0, 0.0)
    now = np.array([work.current(INJURY), work.current(DEATH)])
    start = _both(work, codes, now)
    steps = np.eye(2) * 0.1
    slopes = np.array([(_both(work, codes, now + step) - start) / 0.1 for step in steps]).T
    if abs(np.linalg.det(slopes)) <= 1e-12 * np.abs(slopes).prod(axis=1).sum():
        return {}

    def solved(more: float, dearer: float) -> np.ndarray:
        return now + np.linalg.solve(slopes, start * [more, more * dearer] - start)

    found = solved(number.value, cost.value)
    moved = (
        solved(number.value + number.error, cost.value) - found,
        solved(number.value, cost.value + cost.error) - found,
    )
    return {
        name: Figure(
            rounded(cut(work, name, float(found[place]))),
            hypot(moved[0][place], moved[1][place]),
        )
        for place, name in enumerate((INJURY, DEATH))
    }


def _both(work: Work, codes: list[str], scales: np.ndarray) -> np.ndarray:
    """Expected beneficiaries and yuan of some plans at scales of injuries and deaths, (2,)."""
    inputs = work.at({INJURY: float(scales[0]), DEATH: float(scales[1])})
    claims = expected_claims(inputs)
    places = [inputs.plan_codes.index(code) for code in codes]
    return np.array([claims.beneficiaries[places].sum(), claims.paid_yuan[places].sum()])


_STEPS: tuple[tuple[str, str, tuple[str, ...], Solver], ...] = (
    ("hospital_claimant_rate", "frequency", HOSPITAL, linear),
    ("critical_illness_factor", "frequency", ("critical",), linear),
    ("special_disease_rate_scale", "frequency", ("special",), linear),
    ("stay_cost_mean_yuan", "cost", ("medical",), secant),
    ("illness_days_mean", "cost", ("allowance",), secant),
)
"""Name, figure, forms of the plans that carry it, how it is solved; injuries come before."""


def _solve(work: Work, levels: Levels) -> dict[str, Figure]:
    base = _figures(work.at({}))
    values = _accident(work, levels, base)
    work.keep({name: one.value for name, one in values.items()})
    for name, figure, forms, solve in _STEPS:
        codes = _codes(work.pack, forms, levels, figure)
        if not codes:
            continue
        level = _pooled(base, levels, codes, figure)
        wanted = sum(base[code, "frequency"] for code in codes)
        of = _sum(codes, figure)
        if figure == "cost":
            wanted = sum(base[code, "frequency"] * base[code, "cost"] for code in codes) / wanted
        # Injuries moved since: the level is that of the figures before any change.
        scale = wanted / of(work.at({}))
        found = one_name(work, name, Figure(level.value * scale, level.error * scale), of, solve)
        work.keep({one: value.value for one, value in found.items()})
        values |= found
    return values


def _apart(work: Work, levels: Levels) -> None:
    """Tell where plans that share the hospital rate are further apart than their errors."""
    codes = _codes(work.pack, HOSPITAL, levels, "frequency")
    if len(codes) != 2:
        return
    one, other = (levels[code, "frequency"] for code in codes)
    if abs(one.value - other.value) > APART * hypot(one.error, other.error):
        told = ", ".join(f"{code} {levels[code, 'frequency'].value:.3f}" for code in codes)
        work.told.append(Fault("observe-hospital-shared", {"value": told}))


def _newest(history: History, codes: tuple[str, ...]) -> dict[str, float]:
    """Enrolments of the newest year of each plan."""
    return {
        f"enrolments.{code}": float(rows[-1].enrolments)
        for code in codes
        if (rows := history.of_plan(code))
    }


def _own_enrolments(work: Work, history: History) -> dict[str, Figure]:
    """Keep own enrolments, all together or none: they are raked as one."""
    wanted = _newest(history, work.pack.plan_codes)
    more = work.changes.merge(Changes(wanted))
    try:
        apply(work.pack, more)
    except InputRefused as refusal:
        told = {"value": ", ".join(f"{name}={value:.0f}" for name, value in wanted.items())}
        work.told += [Fault("observe-enrolments-left-out", told), *refusal.faults]
        return {}
    work.changes = more
    return {name: Figure(value, 0.0) for name, value in wanted.items()}


def updated_changes(
    pack: Inputs, asked: Changes, history: History, levels: tuple[Level, ...]
) -> Updated:
    """Return the changes that make the model expect what the levels say, at own enrolments.

    Parameters
    ----------
    pack
        The pack as read.
    asked
        Changes under which the levels were found; they stand in the answer beside the new ones.
    history, levels
        Own figures, and their levels by credibility.

    Values leave a range only to its end, and what the pack refuses is left out; both are told.
    """
    work = Work(pack=pack, changes=asked)
    wanted: dict[tuple[str, str], Figure] = {
        (one.plan, one.figure): one.level for one in levels if one.method != "terms"
    }
    values = _own_enrolments(work, history)
    base = _figures(work.at({}))
    _apart(work, wanted)
    values |= _solve(work, wanted)
    years = {code: len(history.of_plan(code)) for code in pack.plan_codes}
    marks = {f"own_years.{code}": Figure(number, 0.0) for code, number in years.items() if number}
    values |= marks
    work.changes = work.changes.merge(Changes({name: mark.value for name, mark in marks.items()}))
    after = _figures(work.at({}))
    before = Work(pack=pack, changes=asked)
    kept = {name: one for name, one in values.items() if name in work.changes.values}
    return Updated(
        values=kept,
        before={name: before.current(name) for name in kept},
        changes=work.changes,
        reached={key: after[key] / base[key] for key in base if base[key] > 0.0},
        told=tuple(work.told),
    )
