"""What hospital stays cost, what of it members bear themselves, and what of that a plan pays.

Floor 4, inside `premium`. A benefit should not pay more than the event costs. Lump sums and deaths
have no cost in the data and are not judged. Source: docs/benefits.md, section 6; docs/model.md
section 3 (own cost = whole cost − what basic insurance pays inside its scope).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.engine.claimant import Stay
from workbench.engine.class_laws import class_counts
from workbench.engine.class_moments import class_moments
from workbench.engine.events import Scheme, scheme_of
from workbench.inputs import Inputs

__all__ = ["STAY_FORMS", "StayCosts", "stay_costs"]

STAY_FORMS = ("medical", "allowance", "accident")
"""Forms that pay for stays, so that their benefit can be held against a cost."""
_HELD = {"illness": slice(3, 5), "injury": slice(2, 5)}


@dataclass(frozen=True, slots=True, kw_only=True)
class StayCosts:
    """Expected yuan a year of the stays of a plan's members.

    `whole_yuan` what their stays cost, `own_yuan` what of it basic insurance leaves to them,
    `paid_yuan` what the plan pays for stays (no disability, no death); `most_share` the share of
    their own cost that members get back from all their plans together, of those who hold it with
    the plans that make it most, for illness or for injuries.
    """

    whole_yuan: float
    own_yuan: float
    paid_yuan: float
    most_share: float

    @property
    def own_share(self) -> float:
        """Share of what members bear themselves that the plan pays."""
        return self.paid_yuan / self.own_yuan

    @property
    def whole_share(self) -> float:
        """Share of the whole cost of the stays that the plan pays."""
        return self.paid_yuan / self.whole_yuan


def _one_stay(stay: Stay) -> np.ndarray:
    """(whole cost, own cost) that a stay has on average, yuan."""
    whole, basic = stay.cost.mean, stay.basic
    kink = np.asarray(basic.deductible_yuan / basic.in_scope_share)
    below = float(stay.cost.limited_mean(kink))
    inside = basic.in_scope_share * (below + basic.coinsurance * (whole - below))
    return np.array([whole, (1.0 - basic.in_scope_share) * whole + inside])


def _costs(scheme: Scheme, kind: str, keys: np.ndarray) -> np.ndarray:
    """(whole cost, own cost) of one event of each class, yuan (classes, 2)."""
    rows = []
    for key in keys.tolist():
        segment, group = key[:2]
        extra = scheme.beliefs[segment]["illness_extra_stays_mean"] if kind == "illness" else 0.0
        rows.append((1.0 + extra) * _one_stay(scheme.stays[segment, group, kind]))
    return np.array(rows).reshape(-1, 2)


def _together(held: np.ndarray, number: np.ndarray, means: np.ndarray, own: np.ndarray) -> float:
    """Largest share of the own cost that all plans pay, over the sets of plans held together."""
    _, sets = np.unique(held, axis=0, return_inverse=True)
    paid = np.bincount(sets.reshape(-1), weights=number * means.sum(axis=1))
    borne = np.bincount(sets.reshape(-1), weights=number * own)
    return float(np.max(paid[borne > 0.0] / borne[borne > 0.0], initial=0.0))


def stay_costs(inputs: Inputs, place: int) -> StayCosts | None:
    """Return what the stays of the members of the plan at a place cost; None for other forms."""
    if inputs.plans[place].benefit_form not in STAY_FORMS:
        return None
    scheme = scheme_of(inputs)
    counts, moments = class_counts(scheme), class_moments(scheme)
    whole = own = paid = most = 0.0
    for kind, columns in _HELD.items():
        keys = scheme.classes[kind].keys
        holds = np.any(keys[:, columns] == place, axis=1)
        pays = inputs.plans[place].covers(kind)
        number = counts[kind] * holds * pays
        costs, means = _costs(scheme, kind, keys), moments.mean[kind]
        whole += float(number @ costs[:, 0])
        own += float(number @ costs[:, 1])
        paid += float(number @ means[:, place])
        most = max(most, _together(keys[:, columns], number, means, costs[:, 1]))
    return StayCosts(whole_yuan=whole, own_yuan=own, paid_yuan=paid, most_share=most)
