"""What a programme moves: the rate of an event, or the cost of a stay, of those it reaches.

Floor 4, inside `premium`. Those reached are taken as members like the others, so the scheme's rate
falls by effect × reach. Source: docs/pricing.md section 6.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from workbench.guard import freeze, refuse
from workbench.inputs import Inputs, Programme, portfolio_of
from workbench.rates import RATE_EVENTS
from workbench.timeline import FEMALE, MALE

__all__ = ["programme_named", "reach_of", "with_effect", "with_programme"]

HOSPITAL_SCALE, STAY_SCALE = "hospital_claimant_rate_scale", "stay_cost_scale"
SPECIAL, CRITICAL = RATE_EVENTS.index("special_disease"), RATE_EVENTS.index("critical_illness")
HOSPITAL, INJURY = RATE_EVENTS.index("hospital_claimant"), RATE_EVENTS.index("injury_claimant")


def programme_named(inputs: Inputs, code: str) -> Programme:
    """Return a programme of the pack.

    Raises
    ------
    InputRefused
        `unknown-choice` with the programmes that the pack has.
    """
    for one in inputs.programmes:
        if one.code == code:
            return one
    allowed = tuple(one.code for one in inputs.programmes)
    raise refuse("unknown-choice", name="--programme", value=code, allowed=allowed)


def reach_of(inputs: Inputs, programme: Programme) -> float:
    """Return the share of the members whose claims it can move, at most 1.

    Of a special disease the women, where men have none.
    """
    cells = portfolio_of(inputs)
    women_only = (
        programme.lever == "special_disease"
        and not inputs.assumptions["special_disease_men_relativity"]
    )
    among = cells.members[cells.sex == FEMALE] if women_only else cells.members
    return min(1.0, programme.members / max(int(among.sum()), 1))


def with_programme(inputs: Inputs, programme: Programme) -> Inputs:
    """Return the pack with a programme's effect on claims."""
    if not programme.lever:
        return inputs
    return with_effect(inputs, programme.lever, programme.effect * reach_of(inputs, programme))


def with_effect(inputs: Inputs, lever: str, fall: float) -> Inputs:
    """Return the pack in which what `lever` names is lower by the share `fall` for all members.

    Of the hospital claimant rate illness takes the whole fall, as with its scale. A special disease
    is a critical illness too, and an injury a hospital claim: these rates fall by as many cases.
    """
    if lever in ("hospital_claimant", "stay_cost"):
        name = HOSPITAL_SCALE if lever == "hospital_claimant" else STAY_SCALE
        return _scaled(inputs, name, 1.0 - fall)
    values = np.array(inputs.rates.values)
    if lever == "special_disease":
        cases = np.array(values[SPECIAL])
        cases[MALE] = cases[FEMALE] * inputs.assumptions["special_disease_men_relativity"]
        values[CRITICAL] -= fall * cases / inputs.assumptions["critical_illness_factor"]
    if lever == "injury_claimant":
        values[HOSPITAL] -= fall * values[INJURY] / _hospital_level(inputs)
    values[RATE_EVENTS.index(lever)] *= 1.0 - fall
    return replace(inputs, rates=replace(inputs.rates, values=freeze(values)))


def _hospital_level(inputs: Inputs) -> float:
    """What turns a relativity of the hospital claimant rate into a rate on the injuries' level."""
    beliefs = inputs.assumptions
    trend = (1.0 + beliefs["frequency_trend_per_year"]) ** beliefs["years_from_base_to_rating"]
    return beliefs["hospital_claimant_rate"] * beliefs[HOSPITAL_SCALE] * trend


def _scaled(inputs: Inputs, name: str, factor: float) -> Inputs:
    """Return the pack with a scale times `factor`, in every segment that has one of its own too."""
    segments = tuple(
        replace(one, beliefs={**one.beliefs, name: one.beliefs[name] * factor})
        if name in one.beliefs
        else one
        for one in inputs.segments
    )
    beliefs = inputs.assumptions.changed({name: inputs.assumptions[name] * factor})
    return replace(inputs, assumptions=beliefs, segments=segments)
