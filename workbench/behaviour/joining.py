"""New-form workers who join: what their own basic insurance and accident class do to the surplus.

Floor 5, inside `behaviour`. Source: docs/participation.md section 7; docs/facts.md (2,707 members).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.changes import Changes, apply
from workbench.engine.results import contribution_yuan, expenses_yuan
from workbench.engine.stages import expected_claims
from workbench.exact import MEAN_ROUNDING_YUAN
from workbench.inputs import Inputs
from workbench.risk import Figure

__all__ = ["ACCIDENT_FACTORS", "COINSURANCES", "Joiners", "JoinRow", "MEMBERS_NOW", "joiners"]

MEMBERS_NOW = 2_707
"""New-form workers among the members, a public fact (docs/facts.md)."""

COINSURANCES = (0.25, 0.30)
"""What residents' insurance leaves to the patient; our assumption (docs/participation.md)."""

ACCIDENT_FACTORS = (1.5, 2.25, 3.5)
"""Drivers, couriers, riders: classes 3 to 5 of the national scale from 1.00 to 4.50."""

RESIDENT_SHARE = 2.0 / 3.0
"""Share of the joiners insured as residents, the others as employees; our assumption."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinRow:
    """One assumption about the joiners and what they change a year, yuan.

    `surplus_yuan` by plan code; `cost_yuan` the expected benefits of one joiner in all his plans.
    """

    basic_coinsurance: float
    accident_factor: float
    surplus_yuan: dict[str, Figure]
    scheme_surplus_yuan: Figure
    cost_yuan: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Joiners:
    """What new-form workers who join change, over basic insurance and accident class."""

    members: int
    bundle: str
    resident_share: float
    rows: tuple[JoinRow, ...]

    @property
    def low(self) -> Figure:
        """Least change of the scheme's expected surplus, yuan."""
        return min((row.scheme_surplus_yuan for row in self.rows), key=lambda one: one.value)

    @property
    def high(self) -> Figure:
        """Greatest change of the scheme's expected surplus, yuan."""
        return max((row.scheme_surplus_yuan for row in self.rows), key=lambda one: one.value)


def _surplus(inputs: Inputs, expenses: str) -> tuple[np.ndarray, float]:
    """Expected surplus by plan, and benefits in all, yuan a year."""
    claims = expected_claims(inputs)
    spent = expenses_yuan(inputs, claims.enrolments, claims.beneficiaries, expenses=expenses)
    paid = claims.paid_yuan
    return contribution_yuan(inputs, claims.enrolments) - spent - paid, float(paid.sum())


def _name(inputs: Inputs, wanted: str) -> str:
    """A name of a segment that is not there yet."""
    known = {segment.name for segment in inputs.segments}
    return wanted if wanted not in known else _name(inputs, f"{wanted}_more")


def _with(inputs: Inputs, members: int, bundle: str, own: dict[str, float], wanted: str) -> Inputs:
    if not members:
        return inputs
    name = _name(inputs, wanted)
    values: dict[str, float | str] = {"members": float(members), "bundle": bundle, **own}
    return apply(
        inputs, Changes({f"segment:{name}.{part}": value for part, value in values.items()})
    )


def joiners(
    inputs: Inputs,
    members: int = 20_000,
    *,
    bundle: str = "P1",
    resident_share: float = RESIDENT_SHARE,
    expenses: str = "default",
) -> Joiners:
    """Return what joining new-form workers change.

    Parameters
    ----------
    inputs
        The scheme they join.
    members
        How many join; ages and sexes as the scheme's mix.
    bundle
        Plans that each of them holds, as `bundles.csv` writes it: "P1", "P1+P5".
    resident_share
        Share insured as residents, with the coinsurances of `COINSURANCES`; the others have the
        employees'.
    expenses
        "default", or "none".

    Raises
    ------
    InputRefused
        An unknown bundle, a plan of one sex, members out of range.
    """
    before, paid_before = _surplus(inputs, expenses)
    resident = int(members * resident_share + 0.5)
    rows = []
    for share in COINSURANCES:
        for factor in ACCIDENT_FACTORS:
            own = {"accident_factor": factor}
            more = _with(
                inputs, resident, bundle, {**own, "basic_coinsurance": share}, "new_resident"
            )
            more = _with(more, members - resident, bundle, own, "new_employee")
            rows.append(_row((share, factor), more, (before, paid_before, members), expenses))
    return Joiners(members=members, bundle=bundle, resident_share=resident_share, rows=tuple(rows))


def _row(
    named: tuple[float, float], more: Inputs, was: tuple[np.ndarray, float, int], expenses: str
) -> JoinRow:
    after, paid = _surplus(more, expenses)
    before, paid_before, members = was
    change = after - before
    error = 2.0 * MEAN_ROUNDING_YUAN
    return JoinRow(
        basic_coinsurance=named[0],
        accident_factor=named[1],
        surplus_yuan={
            code: Figure(float(one), error)
            for code, one in zip(more.plan_codes, change, strict=True)
        },
        scheme_surplus_yuan=Figure(float(change.sum()), error * len(change)),
        cost_yuan=Figure((paid - paid_before) / members, error * len(change) / members),
    )
