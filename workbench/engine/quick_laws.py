"""What one event pays, condensed to a few nodes: laws for totals of many events.

Floor 3. A coarse lattice that keeps three moments of a stay's payment is enough for a claimant's
year when only the low frequencies of the total count; the caps are applied on that lattice. The
same at half the resolution bounds the error. Laws of one claimant alone are those of
`payment_laws`. Source: docs/engine.md, "Condensed laws".
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from workbench.engine.claimant import Stay, StayCounts, medical_lattice_year
from workbench.engine.condense import chebyshev_nodes, interpolation_matrix
from workbench.engine.joint_claimant import joint_year
from workbench.engine.payment_laws import Points, Weighed, daily_yuan
from workbench.guard import freeze
from workbench.laws.terms import MedicalPayment
from workbench.plans import Plan

__all__ = [
    "AXIS_NODES",
    "COARSE",
    "FINE",
    "Resolution",
    "both_paid",
    "illness_nodes",
    "injury_nodes",
    "injury_product",
    "on_nodes",
]

AXIS_NODES = 20
"""Nodes of money and of days before they are added."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """Lattice steps up to the cap (money alone, money beside days) and cost nodes a panel.

    `injury` nodes a panel where one stay is all there is: injuries are a tenth of the events.
    """

    medical: int
    joint: int
    panel: int
    injury: int


FINE = Resolution(medical=378, joint=46, panel=28, injury=18)
COARSE = Resolution(medical=189, joint=23, panel=16, injury=12)


@lru_cache(maxsize=128)
def _weights(yuan: bytes, top: float, number: int) -> np.ndarray:
    """Weights of a grid on the nodes of [0, top]; terms and caps alone make a grid."""
    return freeze(interpolation_matrix(np.frombuffer(yuan), top, number))


@lru_cache(maxsize=64)
def _sums(first: float, second: float, top: float) -> np.ndarray:
    """Weights of the sums of the nodes of two axes on the nodes of [0, top]."""
    total = chebyshev_nodes(first, AXIS_NODES)[:, None] + chebyshev_nodes(second, AXIS_NODES)
    return freeze(interpolation_matrix(total.ravel(), top))


def on_nodes(points: Points, top: float) -> np.ndarray:
    """Return the masses of points on a fixed grid, condensed to the nodes of [0, top]."""
    if len(points.yuan) < AXIS_NODES:
        return points.mass @ interpolation_matrix(points.yuan, top)
    nodes = len(chebyshev_nodes(top))
    return points.mass @ _weights(np.ascontiguousarray(points.yuan).tobytes(), top, nodes)


def _added(law: np.ndarray, ends: tuple[float, float], daily: np.ndarray, top: float) -> np.ndarray:
    """Condense money + daily yuan; `law` (AXIS_NODES of money, days), `ends` of both axes."""
    days = law @ _weights(daily.tobytes(), ends[1], AXIS_NODES)
    return days.ravel() @ _sums(*ends, top)


@lru_cache(maxsize=256)
def _medical(stay: Stay, plan: Plan, counts: StayCounts, resolution: Resolution) -> np.ndarray:
    steps, panel = resolution.medical, resolution.panel
    return medical_lattice_year(stay, plan, counts.of("medical"), steps, panel)


@lru_cache(maxsize=256)
def _joint(
    stay: Stay, medical: Plan, allowance: Plan, counts: StayCounts, resolution: Resolution
) -> np.ndarray:
    steps, panel = resolution.joint, resolution.panel
    return joint_year(stay, medical, allowance, counts, steps=steps, panel=panel)


def _lattice(plan: Plan, steps: int) -> np.ndarray:
    return plan.annual_cap_yuan * np.arange(steps + 1) / steps


def illness_nodes(
    stay: Stay,
    counts: StayCounts,
    held: tuple[Weighed, Weighed | None],
    *,
    top: float,
    resolution: Resolution,
) -> np.ndarray:
    """Return the masses of an illness claimant's payment on the nodes of [0, top].

    `held`: the medical plan and the allowance plan (or None), each with a positive weight.
    """
    (medical, weight), daily = held
    cap = weight * medical.annual_cap_yuan
    if daily is None:
        law = _medical(stay, medical, counts, resolution)
        return on_nodes(Points(yuan=weight * _lattice(medical, resolution.medical), mass=law), top)
    law = _joint(stay, medical, daily.plan, counts, resolution)
    money = weight * _lattice(medical, resolution.joint)
    yuan = daily.weight * daily_yuan(daily.plan, np.arange(law.shape[1]))
    rows = _weights(money.tobytes(), cap, AXIS_NODES).T @ law
    return _added(rows, (cap, float(yuan[-1])), yuan, top)


@lru_cache(maxsize=128)
def _injury(stay: Stay, plan: Plan, most: int, panel: int) -> tuple[np.ndarray, np.ndarray]:
    """Amounts (n,) of the medical plan at cost nodes, and masses by node and days (n, most)."""
    payment = MedicalPayment.of(plan, stay.basic, plan.first_stay_share)
    z, weight = stay.nodes((payment,), plan.annual_cap_yuan, panel)
    amount = payment.amount(stay.cost.at_score(z))
    limited = np.minimum(amount, plan.annual_cap_yuan)
    days = stay.days_given(z, most) if most else np.ones((len(z), 1))
    return freeze(limited), freeze(weight[:, None] * days)


def injury_nodes(
    stay: Stay, medical: Weighed, yuan: np.ndarray, *, top: float, resolution: Resolution
) -> np.ndarray:
    """Return the masses of an injury stay's payment on the nodes of [0, top], disability apart.

    `yuan` (days,): what the plans that pay by the day pay for 1 … days, empty where none is held.
    """
    plan, weight = medical
    cap = weight * plan.annual_cap_yuan
    amount, mass = _injury(stay, plan, len(yuan), resolution.injury)
    if not len(yuan):
        return mass[:, 0] @ interpolation_matrix(weight * amount, top)
    rows = interpolation_matrix(weight * amount, cap, AXIS_NODES).T @ mass
    return _added(rows, (cap, float(yuan[-1])), np.ascontiguousarray(yuan), top)


def both_paid(
    stay: Stay, counts: StayCounts, plans: tuple[Plan, Plan], resolution: Resolution = FINE
) -> float:
    """E[medical · allowance] of one illness claimant's year, yuan squared."""
    medical, allowance = plans
    law = _joint(stay, medical, allowance, counts, resolution)
    yuan = daily_yuan(allowance, np.arange(law.shape[1]))
    return float(_lattice(medical, resolution.joint) @ law @ yuan)


def injury_product(
    stay: Stay, plan: Plan, yuan: np.ndarray, resolution: Resolution = FINE
) -> float:
    """E[medical · daily yuan] of one injury stay, yuan squared; `yuan` as for `injury_nodes`."""
    amount, mass = _injury(stay, plan, len(yuan), resolution.injury)
    return float(amount @ mass @ yuan)
