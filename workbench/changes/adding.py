"""Adds a plan to a pack: the terms of one that is there, under a new code, for some of the members.

Floor 2, inside `changes`. A new plan in earnest is a row of `plans.csv` and its code in
`bundles.csv`; this is the same for a what-if.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from workbench.consistency import contradictions
from workbench.guard import InputRefused, refuse
from workbench.inputs import Inputs

__all__ = ["add_plan"]


def add_plan(inputs: Inputs, code: str, *, like: str, holders: str, **terms: Any) -> Inputs:
    """Return the pack with one more plan.

    Parameters
    ----------
    inputs
        The pack.
    code
        Code of the new plan, such as "P6".
    like
        Code of the plan whose terms it takes.
    holders
        Bundle whose members hold it from now on, as `bundles.csv` writes it: "P3", "P1+P2".
    terms
        Terms and names that differ, by the names of `plans.csv`: `premium_yuan=40`.

    Raises
    ------
    InputRefused
        An unknown plan or bundle, a code or a form that is taken, terms that contradict.
    """
    _check(inputs, code, like, holders)
    plan = replace(inputs.plan(like), code=code, **terms)
    held = tuple(holders.split("+"))
    rows = tuple(
        replace(row, plans=(*row.plans, code)) if row.plans == held else row for row in inputs.rows
    )
    more = replace(inputs, plans=(*inputs.plans, plan), rows=rows, splits=())
    if faults := contradictions(more):
        raise InputRefused(faults)
    return more


def _check(inputs: Inputs, code: str, like: str, holders: str) -> None:
    codes = inputs.plan_codes
    if code in codes:
        raise refuse("unknown-choice", name="code", value=code, allowed="P6, P7 …")
    if like not in codes:
        raise refuse("unknown-choice", name="like", value=like, allowed=codes)
    bundles = ["+".join(row.plans) for row in inputs.rows]
    if holders not in bundles:
        raise refuse("unknown-choice", name="holders", value=holders, allowed=bundles)
