"""What a member of each sex, age and term status is expected to be paid, and a year's claims.

Floor 6, inside `fund`. The engine's closed forms; trends act on from year to year.
Source: docs/fund.md section 2.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from workbench.behaviour.cells import expected_by_cell
from workbench.engine.class_moments import class_moments
from workbench.engine.events import Scheme, scheme_of
from workbench.fund.members import MemberYears
from workbench.inputs import Inputs
from workbench.timeline import AGE_BANDS, SEXES

__all__ = ["BENEFIT", "CASES", "ILLNESS", "expected_years", "member_tables"]

BENEFIT, ILLNESS, CASES = 0, 1, 2
"""Yuan of all events, yuan of illness, beneficiaries."""
YEARS = "years_from_base_to_rating"
TRENDS = ("frequency_trend_per_year", "cost_trend_per_year")
LEAST = 1e-300


def _illness_by_cell(scheme: Scheme) -> np.ndarray:
    """Expected yuan of illness of one member, (cells, plans)."""
    place = scheme.classes["illness"].cell_class
    mean = class_moments(scheme).mean["illness"]
    found = np.zeros((len(place), len(scheme.plans)))
    hit = place >= 0
    found[hit] = scheme.rates.illness[hit][:, None] * mean[place[hit]]
    return found


def member_tables(scheme: Scheme) -> np.ndarray:
    """Return expected figures of one member, (3, plans, 2, 9, 2): `BENEFIT`, `ILLNESS`, `CASES`.

    Last axes: sex, age band, renewed or first term. Means over the cells that hold the plan; where
    there are none of a term status, those of the other, and nothing where there are none at all.
    """
    yuan, cases = expected_by_cell(scheme)
    values = (yuan, _illness_by_cell(scheme), cases)
    cells, plans = scheme.portfolio, len(scheme.plans)
    found = np.zeros((3, plans, len(SEXES), len(AGE_BANDS), 2))
    number = np.zeros(found.shape[1:])
    for place, plan in enumerate(scheme.plans):
        held = cells.holds(plan.code)
        at = (cells.sex[held], cells.band[held], cells.first_term[held].astype(np.int64))
        members = cells.members[held].astype(float)
        np.add.at(number[place], at, members)
        for which, value in enumerate(values):
            np.add.at(found[which, place], at, members * value[held, place])
    mean = np.divide(found, number, out=np.zeros_like(found), where=number > 0.0)
    return np.where(number > 0.0, mean, mean[..., ::-1])


def _nodes(inputs: Inputs, years: int) -> list[int]:
    """Years at which the closed forms are worked out; a parabola of the logarithm joins them."""
    moving = any(inputs.assumptions[name] for name in TRENDS)
    return sorted({0, (years - 1) // 2, years - 1}) if moving else [0]


def _weights(nodes: list[int], year: int) -> np.ndarray:
    """Lagrange weights of the nodes at a year, (nodes,)."""
    found = np.ones(len(nodes))
    for place, node in enumerate(nodes):
        for other in nodes:
            if other != node:
                found[place] *= (year - other) / (node - other)
    return found


def expected_years(inputs: Inputs, members: MemberYears, years: int) -> np.ndarray:
    """Return expected figures at each year's level, (2 terms, 3 kinds, years, plans).

    First the terms of the year itself, then those of the year before, whose members they have: the
    level of claims is the calendar year's for both. Trends go on from where the first year stands.
    """
    nodes, beliefs = _nodes(inputs, years), inputs.assumptions
    tables = []
    for node in nodes:
        moved = beliefs.changed({YEARS: beliefs[YEARS] + node})
        tables.append(member_tables(scheme_of(replace(inputs, assumptions=moved))))
    logs = np.log(np.maximum(tables, LEAST))
    found = np.zeros((2, 3, years, members.members.shape[1]))
    for year in range(years):
        weight = _weights(nodes, year)
        table = np.exp(np.tensordot(weight, logs, axes=1)) if len(nodes) > 1 else tables[0]
        for terms, of in enumerate((year, max(year - 1, 0))):
            found[terms, :, year] = (table * members.members[of]).sum(axis=(2, 3, 4))
    return found
