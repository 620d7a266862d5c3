"""Whether pack and sealed tables of a record can be computed with: shapes, places, finite numbers.

Floor 8.1. A record is a file from outside; a place that points nowhere must be told as a fault of
the record, before anything is drawn.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from workbench.engine.claims import ClaimClass, ClaimGroup
from workbench.engine.grouping import ClaimsTables
from workbench.engine.stay_tables import COST_LANES, DAY_ROWS, DAYS_BITS, FINER
from workbench.engine.tables import SHOCK_ONE
from workbench.engine.totals import LANES, RANGES, REST_LANES, SCORE_STEPS, TotalsTables
from workbench.inputs import Inputs, portfolio_of
from workbench.plans import BENEFIT_FORMS
from workbench.rates import RATE_EVENTS
from workbench.schema import DIMENSIONS, LEVERS, RULE_CONDITIONS, RULE_FIGURES
from workbench.timeline import AGE_BANDS, SEXES

__all__ = ["check_pack", "check_tables"]

_DAYS = (DAY_ROWS << DAYS_BITS,)
MOST_STAYS = 1000
MOST_COUNT = 1 << 24
MOST_AMOUNT = 1e12


def check_pack(pack: Inputs) -> None:
    """Raise ValueError with the name of the first part of a pack that no pack could have."""
    codes = pack.plan_codes
    _need(len(codes) == len(set(codes)) and bool(codes), "plans")
    for plan in pack.plans:
        numbers = [getattr(plan, name) for name in plan.__slots__]
        terms = [one for one in numbers if isinstance(one, int | float)]
        _need(plan.benefit_form in BENEFIT_FORMS and all(map(_amount, terms)), plan.code)
    segments = {segment.name for segment in pack.segments}
    for row in pack.rows:
        counts = (row.women, row.men, row.accident_factor)
        known = set(row.plans) <= set(codes) and row.segment in segments
        _need(known and all(map(_amount, counts)), "+".join(row.plans))
    bands = (len(SEXES), len(AGE_BANDS))
    _need(_whole(pack.mix, bands, 1 << 31), "mix")
    rates = pack.rates.values
    _need(rates.shape == (len(RATE_EVENTS), *bands) and bool(np.all(rates >= 0.0)), "rates")
    for belief in pack.assumptions.beliefs.values():
        _need(abs(belief.value) <= MOST_AMOUNT, belief.name)
    for rule in pack.rules:
        for one in rule.conditions:
            known = one.figure in RULE_FIGURES and one.condition in RULE_CONDITIONS
            _need(known and abs(one.limit) <= MOST_AMOUNT, rule.code)
    for programme in pack.programmes:
        shares = (programme.borne_share, *map(abs, programme.ends))
        known = programme.lever in ("", *LEVERS) and programme.members > 0 < programme.years
        sound = _amount(programme.total_yuan) and all(0.0 <= share <= 1.0 for share in shares)
        _need(known and sound, programme.code)
    for level in pack.relativities:
        known = level.dimension in DIMENSIONS
        _need(known and 0.0 < level.factor <= MOST_AMOUNT, level.table)


def _amount(number: float) -> bool:
    return 0 <= number <= MOST_AMOUNT


def check_tables(tables: Any, pack: Inputs) -> None:
    """Raise ValueError with the name of the first table that cannot be drawn from."""
    if isinstance(tables, ClaimsTables):
        _check_claims(tables, pack)
    elif isinstance(tables, TotalsTables):
        _check_totals(tables, pack)
    else:
        raise ValueError("tables.json")


def _need(sound: bool, name: str) -> None:
    if not sound:
        raise ValueError(name)


def _check_totals(tables: TotalsTables, pack: Inputs) -> None:
    number = len(tables.plans)
    _need([plan.code for plan in tables.plans] == list(pack.plan_codes), "plans")
    for plan in tables.plans:
        rests = RANGES * REST_LANES if plan.shocked else LANES
        _need(_whole(plan.rest_fen, (rests,)), f"{plan.code} rest_fen")
        shapes = ((1,), (LANES,))
        _need(any(_whole(plan.shift_fen, shape) for shape in shapes), f"{plan.code} shift_fen")
    _need(_whole(tables.ties, (RANGES, number, number)), "ties")
    _need(_whole(tables.scores, (LANES,)), "scores")
    _need(_whole(tables.lane_of, (SCORE_STEPS,), LANES), "lane_of")


def _whole(array: np.ndarray, shape: tuple[int, ...], below: int = 0) -> bool:
    """Whether an array holds signed integers in this shape, 0 to `below` where it is given."""
    sound = array.shape == shape and array.dtype.kind == "i"
    return sound and (not below or bool(array.min() >= 0 and array.max() < below))


def _check_claims(tables: ClaimsTables, pack: Inputs) -> None:
    cells = len(portfolio_of(pack).members)
    for shock in (tables.shock, tables.area_shock):
        if shock is not None:
            _need(shock.theta.shape == (SHOCK_ONE,) and shock.theta.dtype.kind == "f", "theta")
            _need(_whole(shock.kept, (SHOCK_ONE,)) and 1.0 <= shock.most < 1e6, "shock")
    for name in tables.rates.__slots__:
        rates = getattr(tables.rates, name)
        sound = rates.shape == (cells,) and rates.dtype.kind == "f"
        _need(bool(sound and np.all((rates >= 0.0) & (rates <= 1.0))), name)
    for group in tables.groups:
        _need(len(group.sources) == len(group.classes), " ".join(group.meaning))
        for place, one in enumerate(group.classes):
            _check_class(one, _name(group, place), len(pack.plans))


def _name(group: ClaimGroup, place: int) -> str:
    return f"{' '.join(group.meaning)} {place + 1}"


def _amounts(table: np.ndarray) -> bool:
    """Whether a table of fen by cost lane is one, and its divided lanes point inside it."""
    if table.ndim != 1 or table.dtype != np.int32 or len(table) < COST_LANES:
        return False
    lanes, finer = table[:COST_LANES], table[COST_LANES:]
    places = -lanes[lanes < 0].astype(np.int64)
    inside = np.all((places >= COST_LANES) & (places <= len(table) - FINER))
    return bool(inside and np.all(finer >= 0))


def _check_class(one: ClaimClass, name: str, plans: int) -> None:
    counts = one.counts
    _need(counts.dtype == np.uint64 and counts.ndim == 1 and counts.size < MOST_COUNT, name)
    _need(0 <= one.stays <= MOST_STAYS and -1 <= one.medical < plans, name)
    _need(not one.amounts or (len(one.amounts) == 2 and one.medical >= 0), name)
    _need(all(map(_amounts, one.amounts)), name)
    if one.paid:
        _need(_whole(one.days, _DAYS, 1 << 15), name)
        most = int(one.days.max())
    for plan, fen, by_day in one.paid:
        _need(0 <= plan < plans and fen.ndim == by_day.ndim == 1 and len(fen) > 0, name)
        _need(fen.dtype.kind == by_day.dtype.kind == "i" and len(by_day) > most, name)
        _need(int(by_day.min()) >= 0, name)
    if one.disability:
        _need(0 <= one.disability[0] < plans and _whole(one.disability[1], (SHOCK_ONE,)), name)
    _need(one.fixed is None or _whole(one.fixed, (plans,)), name)
