"""Moments of the year for many sets of assumptions at once.

Floor 3. Expected yuan, beneficiaries and standard deviations of every draw of the assumptions by
the closed forms of `moments`, with arrays over the draws in place of one scheme each: hundreds of
draws a second and core instead of a dozen. `supports` says for which packs and names; others go one
by one. Source: docs/sensitivity.md, "Many draws at once".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from workbench.engine.class_moments import unpaid_probability
from workbench.engine.events import Scheme, scheme_of
from workbench.engine.many_events import Sums, add_illness, add_injuries, medical_yuan
from workbench.engine.mixing import common_shock
from workbench.engine.payment_laws import PLAN_COLUMNS, class_points
from workbench.engine.stages import claims_key
from workbench.inputs import Inputs
from workbench.plans import EVENT_KINDS

__all__ = ["CLAIM_NAMES", "ManyMoments", "many_moments", "medical_paid", "supports"]

RATE, FACTOR = "hospital_claimant_rate", "critical_illness_factor"
MEN = "special_disease_men_relativity"
FIRST, SHOCK = "first_term_share", "hospital_shock_cv"
YEARS, RATIO = "years_from_base_to_rating", "base_enrolment_ratio"
CLAIM_NAMES = frozenset(
    {
        RATE,
        "hospital_claimant_rate_scale",
        "stay_cost_mean_yuan",
        "stay_cost_scale",
        "stay_cost_cv",
        "illness_extra_stays_mean",
        "in_scope_share",
        "basic_deductible_yuan",
        "basic_coinsurance",
        "stay_cost_days_correlation",
        FACTOR,
        "disabilities_per_death",
        MEN,
        FIRST,
        SHOCK,
        "illness_days_mean",
        "illness_days_cv",
        "injury_days_mean",
        "injury_days_cv",
        "disability_degree_mean",
        RATIO,
        "frequency_trend_per_year",
        "cost_trend_per_year",
        YEARS,
    }
)
"""Names of `--set` that may differ from draw to draw."""
_TABLES = (RATE, "", FACTOR, "", "")
"""The assumption that multiplies the table of each event; no other is known here."""

Values = Mapping[str, np.ndarray]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ManyMoments:
    """Yearly figures of each draw.

    `beneficiaries` and `paid_yuan` (draws, plans), the latter 0 where it was not asked for;
    `sd_yuan` (draws, plans + 1), the total last, None where it was not.
    """

    paid_yuan: np.ndarray
    beneficiaries: np.ndarray
    sd_yuan: np.ndarray | None


def supports(inputs: Inputs, names: Sequence[str]) -> bool:
    """Return whether `many_moments` knows the pack and all that differs from draw to draw."""
    beliefs, plans = inputs.assumptions, inputs.plans
    known = set(names) <= CLAIM_NAMES and inputs.rates.times_parameter == _TABLES
    one_area = len({row.area for row in inputs.rows}) == 1
    waits = {
        plan.waiting_none_until_day
        for plan in plans
        if plan.benefit_form in ("medical", "allowance")
    }
    women_only = all(
        "M" not in plan.eligible_sex for plan in plans if plan.benefit_form == "special"
    )
    parts = [RATE, FACTOR, "hospital_claimant_rate_scale", "disabilities_per_death"]
    moving = all(beliefs[name] > 0.0 for name in parts)
    return known and one_area and len(waits) <= 1 and (women_only or MEN not in names) and moving


def many_moments(inputs: Inputs, values: Values, *, asked: str = "spread") -> ManyMoments:
    """Return the moments of the year of each draw.

    Parameters
    ----------
    inputs
        The pack, changes applied; `supports` must hold.
    values
        Names of `CLAIM_NAMES` with the value of each draw, (draws,).
    asked
        "events" (beneficiaries alone), "means", or "spread": standard deviations too, which take
        most of the time.

    Notes
    -----
    Means and beneficiaries are those of `expected_claims` to rounding; standard deviations agree
    with those of the law to about 1e-6 (tests/test_many.py).
    """
    size = len(next(iter(values.values()))) if values else 1
    given = {name: np.asarray(column, dtype=float) for name, column in values.items()}
    counts, keys = _counts(inputs, given, size)
    scheme = scheme_of(inputs)
    sums = Sums.empty(size, len(inputs.plans), asked)
    columns = [_columns(scheme, place, given, size) for place in range(len(scheme.beliefs))]
    add_illness(sums, scheme, columns, keys["illness"], counts["illness"])
    both = counts["injury"], counts["disabled"]
    add_injuries(sums, scheme, columns, keys["injury"], both)
    for kind in ("special", "critical", "death"):
        _add_fixed(sums, scheme, kind, keys[kind], counts[kind])
    deviations = None
    if asked == "spread":
        shock = _shock_variance(inputs, columns[0][SHOCK])[:, None]
        illness = np.concatenate([sums.illness, sums.illness.sum(axis=1, keepdims=True)], axis=1)
        deviations = np.sqrt(sums.second + shock * illness**2)
    return ManyMoments(paid_yuan=sums.mean, beneficiaries=sums.paid, sd_yuan=deviations)


def medical_paid(inputs: Inputs, values: Values, steps: int) -> np.ndarray:
    """Return the expected yuan of the medical plans alone in each draw, (draws,).

    `steps` of the lattice up to the cap; few of them are quick, and off by what the cap takes.
    """
    size = len(next(iter(values.values())))
    counts, keys = _counts(inputs, values, size)
    scheme = scheme_of(inputs)
    columns = [_columns(scheme, place, values, size) for place in range(len(scheme.beliefs))]
    return medical_yuan(scheme, columns, keys, counts, steps)


def _columns(scheme: Scheme, segment: int, given: Values, size: int) -> dict[str, np.ndarray]:
    """Every name of a segment as one value a draw; what the segment has of its own stays."""
    own = scheme.inputs.segments[segment].beliefs
    beliefs = scheme.beliefs[segment]
    return {
        name: given[name] if name in given and name not in own else np.full(size, beliefs[name])
        for name in CLAIM_NAMES
    }


def _shock_variance(inputs: Inputs, cv: np.ndarray) -> np.ndarray:
    """Variance of the common shock, (draws,): states of the year, and a factor with cv inside."""
    calm = replace(inputs, assumptions=inputs.assumptions.changed({SHOCK: 0.08}))
    states = (1.0 + common_shock(calm.assumptions).variance) / (1.0 + 0.08**2)
    return states * (1.0 + cv**2) - 1.0


def _parts(scheme: Scheme, segment: int) -> dict[str, tuple[str, np.ndarray]]:
    """Expected events by cell at the pack's own assumptions: part → (kind, cells)."""
    cells, rates = scheme.portfolio, scheme.rates
    here = cells.members * (cells.segment == segment)
    plain = rates.injury / cells.accident_factor
    return {
        "hospital": ("illness", here * (rates.illness + plain)),
        "plain": ("illness", here * plain),
        "injury": ("injury", here * rates.injury),
        "disabled": ("injury", here * rates.disabled),
        "special": ("special", here * rates.special),
        "insured": ("critical", here * (rates.critical + rates.special)),
        "not_special": ("critical", here * rates.special),
        "death": ("death", here * rates.death),
    }


def _by_class(inputs: Inputs, places: dict[str, dict[tuple, int]]) -> list[dict[str, tuple]]:
    """Expected events by class key of each segment and part; new keys are given a place."""
    scheme = scheme_of(inputs)
    for kind in EVENT_KINDS:
        for key in map(tuple, scheme.classes[kind].keys.tolist()):
            places[kind].setdefault(key, len(places[kind]))
    found = []
    for segment in range(len(scheme.beliefs)):
        tables = {}
        for part, (kind, cells) in _parts(scheme, segment).items():
            classes = scheme.classes[kind]
            order = [places[kind][tuple(key)] for key in classes.keys.tolist()]
            tables[part] = (order, classes.expected(cells))
        found.append(tables)
    return found


def _factors(scheme: Scheme, segment: int, given: Values, size: int) -> dict[str, np.ndarray]:
    """What each draw multiplies the parts of a segment by, (draws,)."""
    now, base = _columns(scheme, segment, given, size), scheme.beliefs[segment]
    level = base[RATIO] / now[RATIO]
    trend = (1.0 + now["frequency_trend_per_year"]) ** now[YEARS]
    trend = trend / (1.0 + base["frequency_trend_per_year"]) ** base[YEARS]
    scale = now["hospital_claimant_rate_scale"] / base["hospital_claimant_rate_scale"]
    return {
        "hospital": level * trend * scale * now[RATE] / base[RATE],
        "plain": -level,
        "injury": level,
        "disabled": level * now["disabilities_per_death"] / base["disabilities_per_death"],
        "special": level,
        "insured": level * now[FACTOR] / base[FACTOR],
        "not_special": -level,
        "death": level,
    }


_TARGET = {
    "hospital": "illness",
    "plain": "illness",
    "injury": "injury",
    "disabled": "disabled",
    "special": "special",
    "insured": "critical",
    "not_special": "critical",
    "death": "death",
}
"""Part → count it belongs to; counts of "disabled" stand beside the classes of injuries."""


def _counts(
    inputs: Inputs, given: Values, size: int
) -> tuple[dict[str, np.ndarray], dict[str, list[tuple]]]:
    """Expected events by kind, (draws, classes), and the keys of the classes.

    Members are spread in whole numbers, so every share of first terms has its own cells.
    """
    shares, which = np.unique(given.get(FIRST, np.zeros(1)), return_inverse=True)
    which = which.reshape(-1) if FIRST in given else np.zeros(size, dtype=np.int64)
    kept = shares.tobytes() if FIRST in given else b""
    tables, keys = _tables(_Kept(inputs, (claims_key(inputs), kept)))
    number = {"disabled": len(keys["injury"]), **{kind: len(one) for kind, one in keys.items()}}
    counts = {kind: np.zeros((size, most)) for kind, most in number.items()}
    scheme = scheme_of(inputs)
    for segment, parts in enumerate(tables):
        for part, factor in _factors(scheme, segment, given, size).items():
            counts[_TARGET[part]] += parts[part][which] * factor[:, None]
    return counts, keys


@dataclass(frozen=True, slots=True, eq=False)
class _Kept:
    """A pack with the key of what is kept: its claims, and the shares of first terms as bytes."""

    inputs: Inputs
    key: tuple

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Kept) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)


@lru_cache(maxsize=8)
def _tables(kept: _Kept) -> tuple[list[dict[str, np.ndarray]], dict[str, list[tuple]]]:
    """Expected events of every segment and part, (shares, classes), and the keys of the classes."""
    inputs, shares = kept.inputs, np.frombuffer(kept.key[1])
    places: dict[str, dict[tuple, int]] = {kind: {} for kind in EVENT_KINDS}
    packs = [_at_share(inputs, share) for share in shares] or [inputs]
    by_share = [_by_class(pack, places) for pack in packs]
    found = []
    for segment in range(len(inputs.segments)):
        parts = {}
        for part, kind in _TARGET.items():
            classes = len(places["injury" if kind == "disabled" else kind])
            parts[part] = np.zeros((len(packs), classes))
            for row, one in enumerate(by_share):
                order, expected = one[segment][part]
                parts[part][row, order] = expected
        found.append(parts)
    return found, {kind: list(one) for kind, one in places.items()}


def _at_share(inputs: Inputs, share: float) -> Inputs:
    return replace(inputs, assumptions=inputs.assumptions.changed({FIRST: float(share)}))


def _add_fixed(
    sums: Sums, scheme: Scheme, kind: str, keys: list[tuple], counts: np.ndarray
) -> None:
    """Add events whose payments no assumption moves: diagnoses and deaths."""
    number = len(scheme.plans)
    asked = np.eye(number, dtype=bool).tolist()
    for place, key in enumerate(keys):
        row = np.array(key)
        events = counts[:, place]
        for plan in (int(one) for one in row[PLAN_COLUMNS[kind]] if one >= 0):
            points = class_points(scheme, kind, row, np.eye(number)[plan])
            paid = 1.0 - unpaid_probability(scheme, kind, key, asked[plan])
            sums.mean[:, plan] += events * points.moment(1)
            sums.paid[:, plan] += events * paid
            sums.second[:, plan] += events * points.moment(2)
        together = class_points(scheme, kind, row, np.ones(number)).moment(2)
        sums.second[:, -1] += events * together
