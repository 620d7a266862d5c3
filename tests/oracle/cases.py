"""A hand-worked claimant, and the moments of the year in closed form.

Source: docs of the model, sections 7 (formulas) and 10 (worked example). One stay is integrated
by Gauss-Legendre nodes in Z2 between the normal scores where the days change, times equal steps
in Z1 given Z2. Several stays of one claimant, with yearly cap and day limit, are added by plain
convolution on a lattice of paid yuan x paid days. Rounding to fen is left out.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from math import exp, factorial, isinf, log

import numpy as np

from .members import Stays, shock_states
from .scheme import EVENTS, PLANS, Scheme, log_days, log_sd

# A man of 45-49 with P1 and P2: cost in yuan and days in hospital of his two stays, in order.
WORKED_STAYS = ((12_345.67, 9), (3_210.40, 4))
WORKED_RENEWED_FEN = (165_539, 78_000)
# In his first term, the first stay on day 20: not paid, and the second is his first.
WORKED_FIRST_TERM_DAYS = (20, 200)
WORKED_FIRST_TERM_FEN = (52_429, 24_000)

COST_CELLS = 500  # lattice steps up to the yearly cap
MOST_STAYS = 9  # of one claimant; Poisson(0.4) extra stays go beyond with probability 3e-10
NO_DAY_LIMIT = 366
NO_CAP_YUAN = 300_000.0
SCORE = 8.5  # a standard normal goes beyond with probability 2e-17
STEP = 0.005  # of the normal score: a deductible that cuts a step moves paid stays by less
HALF_FEN_YUAN = 0.005


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """What one event pays."""

    mean: np.ndarray
    """By plan, yuan, (5,)."""
    square: np.ndarray
    """Means of products of two plans, yuan squared, (5, 5)."""
    zero: dict[tuple[int, ...], float]
    """Probability that none of these plans (indices, ascending) pays anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Nodes:
    """One stay as weighted points, flat arrays."""

    weight: np.ndarray
    self_pay: np.ndarray
    """Basic-insurance self-pay in scope B, yuan."""
    length: np.ndarray
    """Days L in hospital."""


def worked_stays(days: tuple[int, int]) -> Stays:
    """Return the two stays of the worked example on the given days."""
    cost, length = np.array(WORKED_STAYS).T
    return Stays(claimant=np.zeros(2, dtype=int), day=np.array(days), cost=cost, length=length)


def closed_form(scheme: Scheme) -> dict[str, np.ndarray]:
    """Moments of the year in yuan and events, plans in order.

    Returns ``mean`` (5,), ``total_mean``, ``beneficiaries`` (5,), ``persons``, and for both forms
    ``covariance`` (5, 5), ``sd`` (5,), ``total_sd``, the individual ones ending in
    ``_individual``. Error below 0.1 yuan in the default scheme.
    """
    share, factor = shock_states(scheme)
    kappa2 = (1 + scheme.value("hospital_shock_cv") ** 2) * (share @ factor**2) - 1
    second, less = np.zeros((2, len(PLANS), len(PLANS)))
    mean, shocked, paid = np.zeros((3, len(PLANS)))
    persons = 0.0
    events = event_laws(scheme)
    for cell, n in enumerate(scheme.members):
        held, rates = scheme.holds[cell], scheme.rates[cell]
        each = np.zeros((len(EVENTS), len(PLANS)))
        for event, law in enumerate(events(cell)):
            each[event] = rates[event] * law.mean * held
            second += n * rates[event] * law.square * np.outer(held, held)
            silent = [law.zero.get((plan,), 1.0) for plan in range(len(PLANS))]
            paid += n * rates[event] * held * (1 - np.array(silent))
            concerned = tuple(p for p in range(len(PLANS)) if held[p] and (p,) in law.zero)
            persons += n * rates[event] * (1 - law.zero[concerned])
        mean += n * each.sum(axis=0)
        shocked += n * each[0]
        for part in (each[0] + each[1], each[2] + each[3], each[4]):
            less += n * np.outer(part, part)
        less += n * kappa2 * np.outer(each[0], each[0])
    found = {"mean": mean, "total_mean": mean.sum()}
    found |= {"beneficiaries": paid, "persons": np.array(persons)}
    collective = second + kappa2 * np.outer(shocked, shocked)
    for form, matrix in (("", collective), ("_individual", collective - less)):
        found[f"covariance{form}"] = matrix
        found[f"sd{form}"] = np.sqrt(np.diag(matrix))
        found[f"total_sd{form}"] = np.sqrt(matrix.sum())
    return found


def event_laws(scheme: Scheme) -> Callable[[int], list[Law]]:
    """Return a function: cell -> the laws of its events in the order of EVENTS, all plans held."""
    illness = cache(lambda band: illness_laws(scheme, band))
    stay = cache(lambda band: injury_stay_law(scheme, band))
    injury = cache(lambda band, chance: with_disability(scheme, stay(band), chance))
    diagnosis = cache(lambda first, plans: diagnosis_law(scheme, first, plans))
    death = law_of(np.array([[scheme.term("P5", "death_yuan")]]), np.ones(1), (4,))

    def of_cell(cell: int) -> list[Law]:
        band, first = int(scheme.band[cell]), bool(scheme.first_term[cell])
        return [
            illness(band)[first],
            injury(band, float(scheme.disabled[cell])),
            diagnosis(first, (2, 3)),
            diagnosis(first, (2,)),
            death,
        ]

    return of_cell


def law_of(pay: np.ndarray, weight: np.ndarray, plans: tuple[int, ...]) -> Law:
    """Law of weighted points; ``pay`` (len(plans), points) in yuan."""
    mean, square = np.zeros(len(PLANS)), np.zeros((len(PLANS), len(PLANS)))
    mean[list(plans)] = pay @ weight
    square[np.ix_(plans, plans)] = (pay * weight) @ pay.T
    zero: dict[tuple[int, ...], float] = {(): 1.0}
    for size in range(1, len(plans) + 1):
        for subset in combinations(range(len(plans)), size):
            silent = np.all(pay[list(subset)] < HALF_FEN_YUAN, axis=0)
            zero[tuple(plans[i] for i in subset)] = float(silent @ weight)
    return Law(mean=mean, square=square, zero=zero)


def diagnosis_law(scheme: Scheme, first: bool, plans: tuple[int, ...]) -> Law:
    """Law of a diagnosis by counting the days of the year; one day serves all ``plans``."""
    days = int(scheme.value("days_in_year"))
    pay = np.zeros((len(plans), days))
    for row, plan in enumerate(PLANS[i] for i in plans):
        until = int(scheme.term(plan, "waiting_partial_until_day")) if first else 0
        none = int(scheme.term(plan, "waiting_none_until_day")) if first else 0
        pay[row] = scheme.term(plan, "lump_sum_yuan")
        pay[row, :until] = scheme.term(plan, "partial_lump_yuan")
        pay[row, :none] = 0
    return law_of(pay, np.full(days, 1 / days), plans)


def day_limit(scheme: Scheme, plan: str) -> int:
    """Paid days of a year at most."""
    limit = scheme.limit(plan, "max_days_per_year")
    return NO_DAY_LIMIT if isinf(limit) else int(limit)


def stay_nodes(scheme: Scheme, band: int, days: str, longest: int) -> Nodes:
    """Points of one stay; lengths of ``longest`` days and more are put together."""
    nu, tau = log_days(scheme, days), log_sd(scheme, days)
    change = [(log(length - 0.5) - nu) / tau for length in range(2, longest + 1)]
    edges = np.clip([-SCORE, *change, SCORE], -SCORE, SCORE)
    z2, w2, length = [], [], []
    for day, (low, high) in enumerate(zip(edges[:-1], edges[1:], strict=True), start=1):
        x, w = np.polynomial.legendre.leggauss(40 if high - low > 1 else 4)
        z2.append((low + high) / 2 + x * (high - low) / 2)
        w2.append(w * (high - low) / 2)
        length.append(np.full(len(x), day))
    scores, day_weight = np.concatenate(z2), np.concatenate(w2)
    day_weight = day_weight * np.exp(-(scores**2) / 2)
    u = np.arange(-SCORE, SCORE, STEP) + STEP / 2
    rho = scheme.value("stay_cost_days_correlation")
    z1 = rho * scores[:, None] + np.sqrt(1 - rho**2) * u
    cost = np.exp(scheme.log_cost()[band] + log_sd(scheme, "stay_cost") * z1)
    weight = day_weight[:, None] * np.exp(-(u**2) / 2)
    in_scope, basic = scheme.value("in_scope_share") * cost, scheme.value("basic_deductible_yuan")
    above = basic + scheme.value("basic_coinsurance") * (in_scope - basic)
    return Nodes(
        weight=(weight / weight.sum()).ravel(),
        self_pay=np.where(in_scope <= basic, in_scope, above).ravel(),
        length=np.repeat(np.concatenate(length), len(u)),
    )


def injury_stay_law(scheme: Scheme, band: int) -> Law:
    """Law of the one stay of an injury claimant: P1, P2 and the allowance of P5."""
    beyond = {p: int(scheme.term(p, "elimination_days")) for p in ("P2", "P5")}
    longest = max(beyond[plan] + day_limit(scheme, plan) for plan in beyond)
    nodes = stay_nodes(scheme, band, "injury_days", longest)
    above = np.maximum(nodes.self_pay - scheme.term("P1", "deductible_yuan"), 0)
    inpatient = scheme.term("P1", "first_stay_share") * above
    pay = [np.minimum(inpatient, scheme.limit("P1", "annual_cap_yuan"))]
    for plan, first in beyond.items():
        days = np.clip(nodes.length - first, 0, day_limit(scheme, plan))
        pay.append(scheme.term(plan, "daily_yuan") * days)
    pay[1] = np.minimum(pay[1], scheme.limit("P2", "annual_cap_yuan"))
    return law_of(np.array(pay), nodes.weight, (0, 1, 4))


def with_disability(scheme: Scheme, stay: Law, chance: float) -> Law:
    """Add to P5, with ``chance``, a lump by an exponential degree of disability."""
    m, lump = scheme.value("disability_degree_mean"), scheme.term("P5", "disability_max_yuan")
    chance = chance if lump > 0 else 0.0
    # E[min(E, 1)] and E[min(E, 1)^2] of an exponential E of mean m.
    once = chance * lump * m * (1 - exp(-1 / m))
    twice = chance * lump**2 * 2 * m**2 * (1 - exp(-1 / m) * (1 + 1 / m))
    mean, square = stay.mean.copy(), stay.square.copy()
    square[4, :] += once * stay.mean
    square[:, 4] += once * stay.mean
    square[4, 4] += twice
    mean[4] += once
    zero = {s: p * (1 - chance) if 4 in s else p for s, p in stay.zero.items()}
    return Law(mean=mean, square=square, zero=zero)


def illness_laws(scheme: Scheme, band: int) -> tuple[Law, Law]:
    """Laws of an illness claimant-year, renewed and first-term.

    A stay is early (past the waiting of one plan only), open (past both) or waited. Early stays
    come before open ones. The claimant has one sure stay and a Poisson number more.
    """
    waits = [scheme.term(plan, "waiting_none_until_day") for plan in ("P1", "P2")]
    year = scheme.value("days_in_year")
    early, opened = abs(waits[0] - waits[1]) / year, 1 - max(waits) / year
    table = illness_table(scheme, band, 0 if waits[0] <= waits[1] else 1, early > 0)
    nu = scheme.value("illness_extra_stays_mean")

    def mix(early: float, opened: float) -> Law:
        law = Law(mean=np.zeros(5), square=np.zeros((5, 5)), zero={})
        for (a, b), part in table.items():
            chance = (1 - early - opened) * poisson(a, nu * early) * poisson(b, nu * opened)
            chance += early * poisson(a - 1, nu * early) * poisson(b, nu * opened)
            chance += opened * poisson(a, nu * early) * poisson(b - 1, nu * opened)
            np.add(law.mean, chance * part.mean, out=law.mean)
            np.add(law.square, chance * part.square, out=law.square)
            for plans, silent in part.zero.items():
                law.zero[plans] = law.zero.get(plans, 0.0) + chance * silent
        return law

    return mix(0.0, 1.0), mix(early, opened)


def poisson(k: int, mean: float) -> float:
    """Poisson probability, 0 for negative ``k``."""
    return 0.0 if k < 0 else mean**k * exp(-mean) / factorial(k)


def illness_table(
    scheme: Scheme, band: int, sooner: int, has_early: bool
) -> dict[tuple[int, int], Law]:
    """Laws given the numbers of early and of open stays; early ones pay plan ``sooner`` only."""
    first_day, limit = int(scheme.term("P2", "elimination_days")), day_limit(scheme, "P2")
    nodes = stay_nodes(scheme, band, "illness_days", first_day + limit)
    step = min(scheme.limit("P1", "annual_cap_yuan"), NO_CAP_YUAN) / COST_CELLS
    above = np.maximum(nodes.self_pay - scheme.term("P1", "deductible_yuan"), 0)
    days = np.clip(nodes.length - first_day, 0, limit)
    shares = [scheme.term("P1", f"{which}_stay_share") for which in ("first", "later")]
    kernels = [lattice(nodes.weight, share * above / step, days, limit) for share in shares]
    stay = law_of(np.stack([shares[0] * above, days]), nodes.weight, (0, 1)).zero
    single = {s: stay[(sooner,)] if sooner in s else 1.0 for s in stay}
    table: dict[tuple[int, int], Law] = {}
    start = np.zeros((COST_CELLS + 1, limit + 1))
    start[0, 0] = 1
    for a in range(MOST_STAYS + 1 if has_early else 1):
        if a:
            ranked = kernels[min(a - 1, 1)][0]
            only = np.zeros_like(start)
            if sooner == 0:
                only[:, 0] = ranked.sum(axis=1)
            else:
                only[0] = ranked.sum(axis=0)
            start = convolve(start, only)
        law = start
        for b in range(MOST_STAYS + 1 - a):
            before = a if sooner == 0 else 0  # stays that P1 has paid before the open ones
            if b:
                law = convolve(law, kernels[min(before + b - 1, 1)][0])
            inpatient = before + b
            spread = [kernels[min(i, 1)][1] for i in range(inpatient)]
            zero = {s: stay[s] ** b * single[s] ** a for s in stay}
            table[a, b] = lattice_law(scheme, law, step, sum(spread), zero)
    return table


def lattice(
    weight: np.ndarray, cost: np.ndarray, days: np.ndarray, limit: int
) -> tuple[np.ndarray, float]:
    """Put points on the lattice, split linearly between two costs; and the variance this adds."""
    cost = np.minimum(cost, COST_CELLS)
    low = np.minimum(cost.astype(np.int64), COST_CELLS - 1)
    part = cost - low
    at = low * (limit + 1) + days
    size = (COST_CELLS + 1) * (limit + 1)
    law = np.bincount(at, weight * (1 - part), size)
    law += np.bincount(at + limit + 1, weight * part, size)
    return law.reshape(COST_CELLS + 1, limit + 1), float(weight @ (part * (1 - part)))


def convolve(law: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Law of the sum of two independent lattice points; what lies beyond stays on the edge."""
    rows, columns = law.shape
    shape = (2 * rows, 2 * columns)
    total = np.fft.irfft2(np.fft.rfft2(law, shape) * np.fft.rfft2(other, shape), shape)
    total[rows - 1] += total[rows:].sum(axis=0)
    total[:, columns - 1] += total[:, columns:].sum(axis=1)
    return total[:rows, :columns]


def lattice_law(
    scheme: Scheme, law: np.ndarray, step: float, spread: float, zero: dict[tuple[int, ...], float]
) -> Law:
    """Moments of P1 and P2 on the lattice, less the variance that its splitting added."""
    cost = step * np.arange(law.shape[0])
    days = scheme.term("P2", "daily_yuan") * np.arange(law.shape[1])
    days = np.minimum(days, scheme.limit("P2", "annual_cap_yuan"))
    mean, square = np.zeros(len(PLANS)), np.zeros((len(PLANS), len(PLANS)))
    by_cost, by_days = law.sum(axis=1), law.sum(axis=0)
    mean[:2] = cost @ by_cost, days @ by_days
    square[0, 0] = cost**2 @ by_cost - step**2 * spread
    square[0, 1] = square[1, 0] = cost @ law @ days
    square[1, 1] = days**2 @ by_days
    return Law(mean=mean, square=square, zero=zero)
