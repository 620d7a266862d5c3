"""Expected claims of every cell of members and every plan, in closed form.

Floor 4, inside `premium`. Expected events of a cell times what one event of its class pays on
average; sums over the cells are the plans' own figures. Source: docs/model.md sections 2, 7, 8.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.engine.class_moments import class_moments
from workbench.engine.events import EventClasses, Scheme, scheme_of
from workbench.engine.stages import claims_key, remember
from workbench.guard import freeze
from workbench.inputs import Inputs
from workbench.plans import EVENT_KINDS
from workbench.portfolio import Portfolio

__all__ = ["CellClaims", "cell_claims"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CellClaims:
    """A year's expected claims by cell and plan.

    `enrolments` (cells, plans) int64: the members of a cell in each plan that they hold, 0 else;
    `paid_yuan` and `beneficiaries` (cells, plans) a year.
    """

    portfolio: Portfolio
    enrolments: np.ndarray
    paid_yuan: np.ndarray
    beneficiaries: np.ndarray


def _spread(classes: EventClasses, events: np.ndarray, worth: np.ndarray) -> np.ndarray:
    """Events of each cell (cells,) times the worth (classes, plans) of one, (cells, plans)."""
    found = np.zeros((len(events), worth.shape[1]))
    pays = classes.cell_class >= 0
    found[pays] = events[pays, None] * worth[classes.cell_class[pays]]
    return found


def _make_cells(scheme: Scheme, inputs: Inputs) -> CellClaims:
    moments, injuries = class_moments(scheme), scheme.classes["injury"]
    hurt = scheme.expected_events("disabled")
    paid = _spread(injuries, hurt, moments.hurt_mean)
    cases = _spread(injuries, hurt, moments.hurt_paid[:, :-1])
    for kind in EVENT_KINDS:
        events, classes = scheme.expected_events(kind), scheme.classes[kind]
        paid = paid + _spread(classes, events, moments.mean[kind])
        cases = cases + _spread(classes, events, moments.paid[kind][:, :-1])
    held = np.stack([scheme.portfolio.holds(code) for code in inputs.plan_codes], axis=1)
    return CellClaims(
        portfolio=scheme.portfolio,
        enrolments=freeze(held * scheme.portfolio.members[:, None], np.int64),
        paid_yuan=freeze(paid),
        beneficiaries=freeze(cases),
    )


def cell_claims(inputs: Inputs) -> CellClaims:
    """Return the expected claims of every cell, kept by content."""
    found: CellClaims = remember(
        ("cells", claims_key(inputs)), lambda: _make_cells(scheme_of(inputs), inputs)
    )
    return found
