"""Draws the scheme's year event by event and stay by stay.

Source: docs of the model, sections 3 to 6 and 8. NumPy only; a plain loop over the years.
"""

from dataclasses import dataclass

import numpy as np

from .scheme import PAYS, PLANS, Scheme, log_days, log_sd


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """Simulated years."""

    paid_fen: np.ndarray
    """Paid by plan, int64 (years, 5)."""
    beneficiaries: np.ndarray
    """Events that paid a plan more than zero, int64 (years, 5)."""
    persons: np.ndarray
    """Events that paid anything at all, int64 (years,)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stays:
    """Hospital stays; one row a stay."""

    claimant: np.ndarray
    """Number of the claimant, 0, 1, ..., (stays,)."""
    day: np.ndarray
    """Day of the year, 1..365, (stays,)."""
    cost: np.ndarray
    """Cost X in yuan, (stays,)."""
    length: np.ndarray
    """Days L in hospital, (stays,)."""


def simulate(scheme: Scheme, years: int, seed: int, form: str = "collective") -> Result:
    """Draw ``years`` independent years of the scheme, "collective" or "individual"."""
    if form not in ("collective", "individual"):
        raise ValueError(form)
    rng = np.random.default_rng(seed)
    paid = np.zeros((years, len(PLANS)), dtype=np.int64)
    beneficiaries = np.zeros((years, len(PLANS)), dtype=np.int64)
    persons = np.zeros(years, dtype=np.int64)
    for year in range(years):
        for fen in draw_year(scheme, form, rng):
            paid[year] += fen.sum(axis=0)
            beneficiaries[year] += (fen > 0).sum(axis=0)
            persons[year] += (fen > 0).any(axis=1).sum()
    return Result(paid_fen=paid, beneficiaries=beneficiaries, persons=persons)


def draw_year(scheme: Scheme, form: str, rng: np.random.Generator) -> list[np.ndarray]:
    """Payments in fen of one year: for each kind of event an array (events, 5)."""
    counts = draw_counts(scheme, form, rng)
    index = np.arange(len(scheme.members))
    illness, injury, special, other, death = (np.repeat(index, n) for n in counts.T)
    return [
        draw_illness(scheme, illness, rng),
        draw_injury(scheme, injury, rng),
        draw_diagnosis(scheme, special, True, rng),
        draw_diagnosis(scheme, other, False, rng),
        pay_death(scheme, death),
    ]


def shock_states(scheme: Scheme) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities and factors of normal, epidemic and deferral years; mean factor 1."""
    epidemic = scheme.value("epidemic_year_probability")
    deferral = scheme.value("deferral_year_probability")
    share = np.array([1 - epidemic - deferral, epidemic, deferral])
    factor = np.array(
        [1.0, scheme.value("epidemic_year_factor"), scheme.value("deferral_year_factor")]
    )
    return share, factor / (share @ factor)


def draw_shock(scheme: Scheme, rng: np.random.Generator) -> float:
    """Common factor on illness: a state of the year times a gamma factor inside it."""
    share, factor = shock_states(scheme)
    cv = scheme.value("hospital_shock_cv")
    inside = rng.gamma(1 / cv**2, cv**2) if cv > 0 else 1.0
    return inside * (rng.choice(factor, p=share) if share[0] < 1 else 1.0)


def draw_counts(scheme: Scheme, form: str, rng: np.random.Generator) -> np.ndarray:
    """Events by cell and kind, (cells, 5); events that pay no plan held are left out."""
    theta = draw_shock(scheme, rng)
    rates = scheme.rates * (scheme.holds @ PAYS.T)
    n = scheme.members
    if form == "collective":
        rates[:, 0] *= theta
        return rng.poisson(n[:, None] * rates)
    illness, injury, special, other, death = rates.T
    illness = np.minimum(illness * theta, 1 - injury)
    return np.stack(
        [
            *draw_either(n, illness, injury, rng),
            *draw_either(n, special, other, rng),
            rng.binomial(n, death),
        ],
        axis=1,
    )


def draw_either(
    n: np.ndarray, first: np.ndarray, second: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Members with the first, with the second of two events of which each has at most one."""
    some = rng.binomial(n, first)
    rest = np.maximum(1 - first, 1e-300)
    return some, rng.binomial(n - some, np.minimum(second / rest, 1))


def draw_stays(
    scheme: Scheme, cell: np.ndarray, claimant: np.ndarray, law: str, rng: np.random.Generator
) -> Stays:
    """Draw one stay for each entry of ``claimant``; ``cell`` has one row a claimant."""
    size = len(claimant)
    rho = scheme.value("stay_cost_days_correlation")
    z1 = rng.standard_normal(size)
    z2 = rho * z1 + np.sqrt(1 - rho**2) * rng.standard_normal(size)
    mu = scheme.log_cost()[scheme.band[cell[claimant]]]
    days = np.exp(log_days(scheme, law) + log_sd(scheme, law) * z2)
    return Stays(
        claimant=claimant,
        day=rng.integers(1, int(scheme.value("days_in_year")), size, endpoint=True),
        cost=np.exp(mu + log_sd(scheme, "stay_cost") * z1),
        length=np.maximum(1, np.floor(days + 0.5)),
    )


def draw_illness(scheme: Scheme, cell: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Illness claimants of the given cells, 1 + Poisson stays each: fen (claimants, 5)."""
    number = 1 + rng.poisson(scheme.value("illness_extra_stays_mean"), len(cell))
    claimant = np.repeat(np.arange(len(cell)), number)
    return pay_illness(scheme, cell, draw_stays(scheme, cell, claimant, "illness_days", rng))


def pay_illness(scheme: Scheme, cell: np.ndarray, stays: Stays) -> np.ndarray:
    """Pay the illness stays of claimants in the given cells: fen (claimants, 5)."""
    order = np.lexsort((stays.day, stays.claimant))
    claimant, day = stays.claimant[order], stays.day[order]
    cost, length = stays.cost[order], stays.length[order]
    paid = np.zeros((len(cell), len(PLANS)), dtype=np.int64)
    # 1. The inpatient plan: rank counts the stays that this plan pays, in order of day.
    own = covered(scheme, "P1", cell[claimant], day)
    fen = inpatient_fen(scheme, cost[own], rank_within(claimant[own]))
    total = np.bincount(claimant[own], weights=fen, minlength=len(cell))
    paid[:, 0] = np.minimum(total, np.floor(100 * scheme.limit("P1", "annual_cap_yuan") + 0.5))
    # 2. The daily allowance, with its own waiting.
    own = covered(scheme, "P2", cell[claimant], day)
    beyond = np.maximum(length[own] - scheme.term("P2", "elimination_days"), 0)
    days = np.bincount(claimant[own], weights=beyond, minlength=len(cell))
    paid[:, 1] = allowance_fen(scheme, "P2", days)
    return paid


def covered(scheme: Scheme, plan: str, cell: np.ndarray, day: np.ndarray) -> np.ndarray:
    """Which illness stays a plan pays: held, and not in the waiting time of a first term."""
    waiting = scheme.first_term[cell] & (day <= scheme.term(plan, "waiting_none_until_day"))
    return scheme.holds[cell, PLANS.index(plan)] & ~waiting


def rank_within(claimant: np.ndarray) -> np.ndarray:
    """Rank 0, 1, ... of each stay among those of its claimant; ``claimant`` is sorted."""
    return np.arange(len(claimant)) - np.searchsorted(claimant, claimant)


def self_pay(scheme: Scheme, cost: np.ndarray) -> np.ndarray:
    """Basic-insurance self-pay in scope, B, in yuan."""
    in_scope = scheme.value("in_scope_share") * cost
    deductible = scheme.value("basic_deductible_yuan")
    above = np.maximum(in_scope - deductible, 0)
    return np.minimum(in_scope, deductible) + scheme.value("basic_coinsurance") * above


def inpatient_fen(scheme: Scheme, cost: np.ndarray, rank: np.ndarray) -> np.ndarray:
    """What P1 pays for each stay before the yearly cap, in fen, rounded half up."""
    first, later = scheme.term("P1", "first_stay_share"), scheme.term("P1", "later_stay_share")
    share = np.where(rank == 0, first, later)
    above = np.maximum(self_pay(scheme, cost) - scheme.term("P1", "deductible_yuan"), 0)
    return np.floor(100 * share * above + 0.5)


def allowance_fen(scheme: Scheme, plan: str, days: np.ndarray) -> np.ndarray:
    """Daily allowance for the year's days beyond elimination, limited, in fen."""
    counted = np.minimum(days, scheme.limit(plan, "max_days_per_year"))
    yuan = scheme.term(plan, "daily_yuan") * counted
    if plan == "P2":
        yuan = np.minimum(yuan, scheme.limit(plan, "annual_cap_yuan"))
    return np.floor(100 * yuan + 0.5).astype(np.int64)


def draw_injury(scheme: Scheme, cell: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Injury claimants of the given cells, one stay each: fen (claimants, 5)."""
    stays = draw_stays(scheme, cell, np.arange(len(cell)), "injury_days", rng)
    disabled = rng.random(len(cell)) < scheme.disabled[cell]
    degree = rng.exponential(scheme.value("disability_degree_mean"), len(cell))
    return pay_injury(scheme, cell, stays, np.where(disabled, degree, 0.0))


def pay_injury(scheme: Scheme, cell: np.ndarray, stays: Stays, degree: np.ndarray) -> np.ndarray:
    """Pay injury claimants, one stay each in their order, degree 0 where not disabled."""
    paid = np.zeros((len(cell), len(PLANS)), dtype=np.int64)
    fen = inpatient_fen(scheme, stays.cost, np.zeros(len(cell)))
    paid[:, 0] = np.minimum(fen, np.floor(100 * scheme.limit("P1", "annual_cap_yuan") + 0.5))
    for plan, column in (("P2", 1), ("P5", 4)):
        days = np.maximum(stays.length - scheme.term(plan, "elimination_days"), 0)
        paid[:, column] = allowance_fen(scheme, plan, days)
    lump = scheme.term("P5", "disability_max_yuan") * np.minimum(degree, 1)
    paid[:, 4] += np.floor(100 * lump + 0.5).astype(np.int64)
    return paid * scheme.holds[cell]


def draw_diagnosis(
    scheme: Scheme, cell: np.ndarray, special: bool, rng: np.random.Generator
) -> np.ndarray:
    """Diagnoses in the given cells on uniform days: fen (diagnoses, 5)."""
    day = rng.integers(1, int(scheme.value("days_in_year")), len(cell), endpoint=True)
    return pay_diagnosis(scheme, cell, day, special)


def pay_diagnosis(scheme: Scheme, cell: np.ndarray, day: np.ndarray, special: bool) -> np.ndarray:
    """Pay diagnoses; a special disease is a critical illness as well, on the same day."""
    paid = np.zeros((len(cell), len(PLANS)), dtype=np.int64)
    for plan in ("P3", "P4") if special else ("P3",):
        full, partial = scheme.term(plan, "lump_sum_yuan"), scheme.term(plan, "partial_lump_yuan")
        ladder = np.where(day <= scheme.term(plan, "waiting_partial_until_day"), partial, full)
        ladder = np.where(day <= scheme.term(plan, "waiting_none_until_day"), 0, ladder)
        yuan = np.where(scheme.first_term[cell], ladder, full)
        paid[:, PLANS.index(plan)] = np.floor(100 * yuan + 0.5)
    return paid * scheme.holds[cell]


def pay_death(scheme: Scheme, cell: np.ndarray) -> np.ndarray:
    """Pay accidental deaths: fen (deaths, 5)."""
    paid = np.zeros((len(cell), len(PLANS)), dtype=np.int64)
    paid[:, 4] = np.floor(100 * scheme.term("P5", "death_yuan") + 0.5)
    return paid * scheme.holds[cell]
