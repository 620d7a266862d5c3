"""From a scheme to the groups and classes that are drawn claim by claim.

Floor 3. The expected number of every class is summed over cells before the table is sealed.
Source: docs/model.md sections 2 to 5.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from workbench.engine.claimant import Stay, paid_stay_counts
from workbench.engine.claims import NOTHING, ClaimClass, ClaimGroup
from workbench.engine.class_laws import class_counts
from workbench.engine.events import MemberRates, Scheme
from workbench.engine.mixing import common_shock
from workbench.engine.payment_laws import PLAN_COLUMNS, class_points
from workbench.engine.stay_tables import amount_table, days_table
from workbench.engine.tables import Shock, disability_table, poisson_table, shock_table
from workbench.guard import freeze
from workbench.laws.shocks import GammaRegimes
from workbench.laws.terms import MedicalPayment, paid_days, to_fen
from workbench.plans import Plan

__all__ = ["ClaimsTables", "claim_groups", "claims_tables", "expected_payments", "stay_class"]

LEAST_EVENTS = 1e-12
"""Classes with fewer expected events a year than this are not drawn."""


def _paid_tables(plan: Plan, place: int, most: int) -> tuple:
    """(place, fen by total paid days, paid days by raw day) of an allowance or accident plan."""
    total = np.arange(plan.max_days_per_year + 1)
    yuan = plan.daily_yuan * total
    if plan.benefit_form == "allowance":
        yuan = np.minimum(yuan, plan.annual_cap_yuan)
    by_day = paid_days(np.arange(most + 1), plan.elimination_days, plan.max_days_per_year)
    return place, freeze(to_fen(yuan)), freeze(by_day, np.int64)


def stay_class(
    scheme: Scheme,
    stay: Stay,
    held: tuple[int, int, int],
    *,
    mean: float,
    medical_only: int = 0,
    allowance_only: int = 0,
    both: int = 1,
    disability: tuple | None = None,
) -> ClaimClass:
    """Return the class of events with this number of paid stays.

    `held` are the places of the medical, allowance and accident plan, −1 where not held.
    """
    plans = [scheme.plans[place] if place >= 0 else None for place in held]
    days_plans = [(plan, place) for plan, place in zip(plans[1:], held[1:], strict=True) if plan]
    most = 1 + max((p.elimination_days + p.max_days_per_year for p, _ in days_plans), default=0)
    amounts: tuple[np.ndarray, ...] = ()
    cap_fen = 0
    if plans[0]:
        shares = (plans[0].first_stay_share, plans[0].later_stay_share)
        amounts = tuple(
            amount_table(
                stay, MedicalPayment.of(plans[0], stay.basic, share), plans[0].annual_cap_yuan
            )
            for share in shares
        )
        cap_fen = int(to_fen(np.asarray(plans[0].annual_cap_yuan)))
    return ClaimClass(
        counts=poisson_table(mean),
        mean=mean,
        stays=medical_only + allowance_only + both,
        medical_only=medical_only,
        allowance_only=allowance_only,
        medical=held[0],
        cap_fen=cap_fen,
        amounts=amounts,
        days=days_table(stay.days, stay.correlation, most) if days_plans else NOTHING,
        paid=tuple(_paid_tables(plan, place, most) for plan, place in days_plans),
        disability=disability,
    )


def _codes(scheme: Scheme, places: Iterable[int]) -> tuple[str, ...]:
    return tuple(scheme.plans[int(place)].code if place >= 0 else "" for place in places)


Source = tuple[int, float]
Entry = tuple[tuple[str, ...], ClaimClass, str, tuple[Source, ...]]
"""What a class is for, the class, the kind of event, and which share of which event class."""


def _illness(scheme: Scheme, expected: np.ndarray, area: str) -> Iterator[Entry]:
    """Classes of illness claimants by number of paid stays, terms added together.

    `expected` events (classes,) at the largest shock; `area` whose they are, "" for all together.
    """
    classes = scheme.classes["illness"]
    by_stays: dict[tuple[int, ...], list[Source]] = {}
    for index, key in enumerate(classes.keys):
        segment, group, first, medical, allowance = (int(entry) for entry in key)
        plans = [scheme.plans[place] if place >= 0 else None for place in (medical, allowance)]
        counts = paid_stay_counts(scheme.beliefs[segment], bool(first), *plans)
        for (early, both), weight in np.ndenumerate(counts.weights):
            only = (early, 0) if counts.early == "medical" else (0, early)
            place = (segment, group, medical, allowance, *only, both)
            if early + both:
                by_stays.setdefault(place, []).append((index, float(weight)))
    for place in sorted(by_stays):
        segment, group, medical, allowance, medical_only, allowance_only, both = place
        mean = sum(float(expected[index]) * weight for index, weight in by_stays[place])
        if mean > LEAST_EVENTS:
            stay = scheme.stays[segment, group, "illness"]
            meaning = (scheme.inputs.segments[segment].name, *_codes(scheme, place[2:4]))
            one = stay_class(
                scheme,
                stay,
                (medical, allowance, -1),
                mean=mean,
                medical_only=medical_only,
                allowance_only=allowance_only,
                both=both,
            )
            meaning = (*meaning, area) if area else meaning
            yield meaning, one, "illness", tuple(by_stays[place])


def _injury(scheme: Scheme) -> Iterator[Entry]:
    """Classes of injury claimants, without and with a disability that a plan pays."""
    classes = scheme.classes["injury"]
    expected = classes.expected(scheme.expected_events("injury"))
    hurt = classes.expected(scheme.expected_events("disabled"))
    for index, (key, number, extra) in enumerate(zip(classes.keys, expected, hurt, strict=True)):
        segment, group = int(key[0]), int(key[1])
        held = (int(key[2]), int(key[3]), int(key[4]))
        beliefs = scheme.beliefs[segment]
        stay = scheme.stays[segment, group, "injury"]
        meaning = (scheme.inputs.segments[segment].name, *_codes(scheme, key[2:]))
        insured = held[2] >= 0
        plain = number - (extra if insured else 0.0)
        whole = ((index, 1.0),)
        if plain > LEAST_EVENTS:
            kind = "undisabled" if insured else "injury"
            yield meaning, stay_class(scheme, stay, held, mean=plain), kind, whole
        if insured and extra > LEAST_EVENTS:
            most = scheme.plans[held[2]].disability_max_yuan
            table = disability_table(beliefs["disability_degree_mean"], most)
            one = stay_class(scheme, stay, held, mean=extra, disability=(held[2], table))
            yield meaning, one, "disabled", whole


def _fixed(scheme: Scheme, kind: str) -> Iterator[Entry]:
    """Classes of diagnoses and deaths: one a day range, with a fixed payment of each plan."""
    classes = scheme.classes[kind]
    expected = classes.expected(scheme.expected_events(kind))
    number_of_plans = len(scheme.plans)
    for index, (key, number) in enumerate(zip(classes.keys, expected, strict=True)):
        laws = [class_points(scheme, kind, key, row) for row in np.eye(number_of_plans)]
        held = key[PLAN_COLUMNS[kind]]
        for place, share in enumerate(laws[0].mass):
            fixed = np.array([to_fen(law.yuan[place]) for law in laws])
            # A day range that pays nothing keeps its place: a term that makes it pay moves no
            # draw of another.
            if number * share > LEAST_EVENTS:
                mean = float(number * share)
                one = ClaimClass(counts=poisson_table(mean), mean=mean, fixed=freeze(fixed))
                yield _codes(scheme, held), one, kind, ((index, float(share)),)


def _shocks(scheme: Scheme) -> tuple[Shock, Shock]:
    """Sealed tables of the common shock and of an area's own."""
    own = GammaRegimes(cv=scheme.area_shock_cv)
    return shock_table(common_shock(scheme.inputs.assumptions)), shock_table(own)


def _at_most(scheme: Scheme) -> list[tuple[str, np.ndarray]]:
    """Expected illness (classes,) at the largest shocks, by area where areas have their own."""
    counts = class_counts(scheme)
    common, own = (shock.most for shock in _shocks(scheme))
    if "illness_by_area" not in counts:
        return [("", common * counts["illness"])]
    return list(zip(scheme.areas, common * own * counts["illness_by_area"], strict=True))


def claim_groups(scheme: Scheme) -> tuple[ClaimGroup, ...]:
    """Return all groups of a scheme, in a fixed order."""
    sources = [
        *(("illness", area, _illness(scheme, row, area)) for area, row in _at_most(scheme)),
        ("injury", "", _injury(scheme)),
        *((kind, "", _fixed(scheme, kind)) for kind in ("special", "critical", "death")),
    ]
    groups = []
    for kind, area, classes in sources:
        by_meaning: dict[tuple[str, ...], list[tuple]] = {}
        for entry in classes:
            by_meaning.setdefault(entry[0], []).append(entry[1:])
        for meaning, members in by_meaning.items():
            groups.append(
                ClaimGroup(
                    meaning=(kind, *meaning),
                    shocked=kind == "illness",
                    classes=tuple(one for one, _, _ in members),
                    sources=tuple((event, shares) for _, event, shares in members),
                    area=area,
                )
            )
    return tuple(groups)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimsTables:
    """Everything that years drawn claim by claim look up: groups, shock, rates of the cells.

    The collective form needs no rates; the individual form takes its binomial numbers from them.
    `area_shock` is that of areas' own shocks, None where they have none.
    """

    groups: tuple[ClaimGroup, ...]
    shock: Shock
    rates: MemberRates
    area_shock: Shock | None = None

    @property
    def arrays(self) -> list[np.ndarray]:
        """Every sealed array of the collective form, in a fixed order."""
        shocks = (self.shock, self.area_shock) if self.area_shock else (self.shock,)
        arrays = [table for shock in shocks for table in (shock.theta, shock.kept)]
        for group in self.groups:
            for one in group.classes:
                whole = (one.stays, one.medical_only, one.allowance_only, one.medical, one.cap_fen)
                arrays += [np.array(whole, dtype=np.int64), one.counts, *one.amounts]
                arrays += [table for table in (one.days, one.fixed) if table is not None]
                arrays += [table for _, fen, days in one.paid for table in (fen, days)]
                arrays += [one.disability[1]] if one.disability else []
        return arrays


def claims_tables(scheme: Scheme) -> ClaimsTables:
    """Return the sealed tables of a scheme."""
    common, own = _shocks(scheme)
    return ClaimsTables(
        groups=claim_groups(scheme),
        shock=common,
        rates=scheme.rates,
        area_shock=own if scheme.area_shock_cv > 0.0 else None,
    )


def _payments_of(one: ClaimClass, plans: int) -> np.ndarray:
    """Payments of one event of a class by plan, (plans,); a year's cap may leave less."""
    found = np.zeros(plans)
    if one.fixed is not None and not one.stays:
        return (np.asarray(one.fixed) > 0).astype(float)
    both = one.stays - one.medical_only - one.allowance_only
    if one.medical >= 0:
        found[one.medical] += both + one.medical_only
    for place, _, _ in one.paid:
        found[place] += both + one.allowance_only
    if one.disability is not None:
        found[one.disability[0]] += 1.0
    return found


def expected_payments(scheme: Scheme) -> np.ndarray:
    """Return the expected number of payments a year by plan: each paid stay is one, (plans,)."""
    plans, tables = len(scheme.plans), claims_tables(scheme)
    # Illness is drawn at the largest shocks and thinned; its mean is that over the largest.
    most = tables.shock.most * (tables.area_shock.most if tables.area_shock else 1.0)
    return np.sum(
        [
            one.mean / (most if group.shocked else 1.0) * _payments_of(one, plans)
            for group in tables.groups
            for one in group.classes
        ],
        axis=0,
    )
