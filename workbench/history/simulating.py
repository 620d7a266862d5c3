"""A simulated payment history: drawn by the engine, with the delay curve; and three unlike it.

Floor 5, inside `history`. The truth is known, so that every method can be scored. Expected numbers
are those of the scheme, whose totals are the two published ones. Source: docs/history.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from workbench.changes import Changes, apply
from workbench.engine.events import scheme_of
from workbench.engine.grouping import claims_tables
from workbench.engine.replay import YearPayments, replay_year
from workbench.guard import freeze, refuse, whole_number
from workbench.history.nouns import Payments
from workbench.inputs import Inputs
from workbench.laws.shocks import GammaShock
from workbench.reserving.unpaid import calendar_of
from workbench.streams import meaning_key, words

__all__ = [
    "FIRST_YEAR",
    "GENERATORS",
    "MOST_YEARS",
    "REBOUND",
    "Generator",
    "heavier",
    "simulated_history",
    "uniforms",
]

FIRST_YEAR, YEARS, MOST_YEARS = 2021, 5, 20
REPORTED_AT, COMPLETE_AT = 0.4, 0.7
"""Our assumption: a claim is reported after about two fifths of its delay, complete after seven."""

HEAVY_FROM, HEAVY_SHAPE = 0.90, 0.45
REBOUND = 1.08
LONGER_EACH_YEAR = 0.12
UNIT = 2.0**-53


@dataclass(frozen=True, slots=True, kw_only=True)
class Generator:
    """How a history is made: changes to the pack, delay by year, what is done to the amounts."""

    key: str
    changes: Changes = Changes()
    stretch: Callable[[int], float] = lambda year: 1.0
    heavy: bool = False
    rebound: bool = False


GENERATORS: Mapping[str, Generator] = {
    one.key: one
    for one in (
        Generator(key="own"),
        Generator(key="heavy_tail", heavy=True),
        Generator(
            key="regimes",
            rebound=True,
            changes=Changes(
                {
                    "epidemic_year_probability": 0.10,
                    "deferral_year_probability": 0.15,
                    "hospital_shock_cv": 0.04,
                }
            ),
        ),
        Generator(key="slower", stretch=lambda year: 1.0 + LONGER_EACH_YEAR * year),
    )
}
"""`own` is our model; the three others are deliberately unlike it: a heavier tail of amounts,
epidemic and deferral years with a rebound, a delay that grows longer year by year."""


def uniforms(seed: int, what: str, year: int, number: int) -> np.ndarray:
    """Return numbers evenly spread over (0, 1) of a purpose and a year, (number,)."""
    raw = words(seed, meaning_key("history", what), year).random_raw(number)
    return ((raw >> np.uint64(11)).astype(float) + 0.5) * UNIT


def heavier(fen: np.ndarray, plan: np.ndarray, draws: np.ndarray) -> np.ndarray:
    """Return amounts whose part above a plan's 90 % quantile follows a Pareto law, int64.

    Mean excess and number above the threshold are kept; all arrays (payments,).
    """
    found = fen.astype(float).copy()
    for one in np.unique(plan):
        mine = plan == one
        threshold = np.quantile(found[mine], HEAVY_FROM)
        above = mine & (found > threshold)
        if above.sum() > 1:
            scale = (found[above].mean() - threshold) * (1.0 - HEAVY_SHAPE)
            excess = ((1.0 - draws[above]) ** -HEAVY_SHAPE - 1.0) * scale / HEAVY_SHAPE
            found[above] = threshold + excess
    return np.rint(found).astype(np.int64)


def _fen(payments: YearPayments, generator: Generator, draws: np.ndarray) -> np.ndarray:
    return heavier(payments.fen, payments.plan, draws) if generator.heavy else payments.fen


def _dates(
    payments: YearPayments, year: int, draws: Mapping[str, np.ndarray]
) -> dict[str, np.ndarray]:
    """Event, report, papers complete and payment of each; in this order, the same day allowed."""
    start = np.datetime64(f"{year:04d}-01-01", "D")
    event = start + (payments.date - 1).astype("timedelta64[D]")
    month = np.datetime64(f"{year:04d}-01", "M") + (payments.paid_month - 1).astype(
        "timedelta64[M]"
    )
    first = month.astype("datetime64[D]")
    length = ((month + np.timedelta64(1, "M")).astype("datetime64[D]") - first).astype(np.int64)
    paid = first + np.floor(draws["day"] * length).astype("timedelta64[D]")
    paid = np.maximum(paid, event)
    delay = (paid - event).astype(np.int64)
    spread = 0.5 + draws["papers"]
    reported = np.floor(delay * np.minimum(REPORTED_AT * spread, 1.0)).astype("timedelta64[D]")
    complete = np.floor(delay * np.minimum(COMPLETE_AT * spread, 1.0)).astype("timedelta64[D]")
    return {
        "event": event,
        "reported": event + reported,
        "complete": event + complete,
        "paid": paid,
    }


def _counties(inputs: Inputs, payments: YearPayments, *, seed: int, place: int) -> np.ndarray:
    """County of each payment, one for all of a claimant.

    Illness falls to the counties by share of members · level · own shock of the year, all else by
    share of members: counties divide the scheme's claims and change none of them.
    """
    counties = inputs.counties
    if not counties:
        return np.zeros(len(payments.fen), dtype=np.int64)
    share = np.array([one.share for one in counties])
    cv = inputs.assumptions["county_shock_cv"]
    shock = np.ones(len(counties))
    if cv > 0.0:
        shock = GammaShock(cv).from_uniform(uniforms(seed, "county-shock", place, len(counties)))
    level = np.array([one.level for one in counties])
    ill = np.array([meaning[0] == "illness" for meaning in payments.groups])[payments.group]
    chosen = uniforms(seed, "county", place, max(payments.claims, 1))[payments.claim]
    found = np.zeros(len(payments.fen), dtype=np.int64)
    for kind, weight in ((True, share * level * shock), (False, share)):
        ends = np.cumsum(weight) / weight.sum()
        mine = ill == kind
        found[mine] = np.searchsorted(ends, chosen[mine])
    return np.minimum(found, len(counties) - 1)


def _one_year(
    inputs: Inputs, generator: Generator, place: int, *, seed: int, year: int
) -> dict[str, np.ndarray]:
    """Columns of the payments of one year's events, and its shock."""
    scheme = scheme_of(inputs)
    payments = replay_year(
        scheme,
        claims_tables(scheme),
        year=place,
        seed=seed,
        calendar=calendar_of(inputs, stretch=generator.stretch(place)),
    )
    number = len(payments.fen)
    draws = {what: uniforms(seed, what, place, number) for what in ("day", "papers", "tail")}
    return {
        "plan": payments.plan,
        "county": _counties(inputs, payments, seed=seed, place=place),
        "fen": _fen(payments, generator, draws["tail"]),
        "theta": np.array([payments.theta]),
        **_dates(payments, year, draws),
    }


def simulated_history(
    inputs: Inputs,
    *,
    seed: int = 1,
    generator: str = "own",
    first_year: int = FIRST_YEAR,
    years: int = YEARS,
) -> Payments:
    """Return a simulated history of all payments, those after the last year included.

    Parameters
    ----------
    inputs
        The scheme; every year has its members and terms.
    seed
        Names the draws.
    generator
        A key of `GENERATORS`.
    first_year, years
        Calendar years of the events.

    Raises
    ------
    InputRefused
        `unknown-choice`, `value-out-of-range`.
    """
    if generator not in GENERATORS:
        raise refuse("unknown-choice", name="generator", value=generator, allowed=tuple(GENERATORS))
    number = whole_number("years", years, 1, MOST_YEARS)
    made = GENERATORS[generator]
    usual = apply(inputs, made.changes)
    again = apply(usual, Changes({"hospital_claimant_rate_scale": REBOUND}))
    parts, before = [], 1.0
    for place in range(number):
        rebound = made.rebound and before < 0.9
        part = _one_year(
            again if rebound else usual, made, place, seed=seed, year=first_year + place
        )
        before = float(part.pop("theta")[0])
        parts.append(part)
    columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    order = np.lexsort((columns["plan"], columns["event"]))
    return Payments(
        codes=inputs.plan_codes,
        counties=tuple(one.code for one in inputs.counties) or ("",),
        generator=generator,
        **{name: freeze(values[order]) for name, values in columns.items()},
    )
