"""What the question `layers` answers, as a document and as tables.

Floor 8.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from workbench.engine.claim_layers import ClaimFigures
from workbench.engine.layers import CoverFigures
from workbench.laws.reinsurance import Cover, PerPerson, QuotaShare, StopLoss
from workbench.questions.documents import figure_part, finite
from workbench.questions.registry import Asked
from workbench.questions.table import Cell, Column, Table, Word
from workbench.risk import Figure

__all__ = ["LayersAnswer", "layers_document", "layers_tables"]

_COVERS = {QuotaShare: "quota_share", StopLoss: "stop_loss", PerPerson: "per_person"}


@dataclass(frozen=True, slots=True, kw_only=True)
class LayersAnswer:
    """What covers take and leave of a year's amount.

    `whole` has mean, sd and 99.5 % quantile of the amount; `covers` each cover by itself with its
    figures (layers: of what the quota share leaves); `left` the same three of what all of them
    leave; `claims` covers on claimant-years, empty where years are drawn in totals.
    """

    weights: np.ndarray
    whole: Mapping[str, Figure]
    covers: tuple[tuple[Cover, CoverFigures], ...]
    left: Mapping[str, Figure]
    claims: tuple[tuple[Cover, ClaimFigures], ...]


def _terms(cover: Cover) -> dict[str, Any]:
    key = _COVERS[type(cover)]
    floor = "retention_yuan" if key == "per_person" else "attachment_yuan"
    limit = finite(cover.width)
    return {"cover": key, floor: cover.floor, "limit_yuan": limit, "share": cover.part}


def _figures(one: CoverFigures | ClaimFigures) -> dict[str, Any]:
    return {entry.name: figure_part(getattr(one, entry.name)) for entry in fields(one)}


_WHOLE = {
    "mean_yuan": "retained_yuan",
    "sd_yuan": "retained_sd_yuan",
    "quantile_995_yuan": "retained_995_yuan",
}
"""Figures of the whole amount: those of an amount from which nothing is taken."""


def layers_document(asked: Asked, answer: LayersAnswer) -> dict[str, Any]:
    """Return the parts of the JSON document."""
    codes = asked.inputs.plan_codes
    pairs = zip(codes, answer.weights, strict=True)
    return {
        "weights": {code: finite(weight) for code, weight in pairs if weight},
        "whole": {name: figure_part(answer.whole[part]) for name, part in _WHOLE.items()},
        "covers": [{**_terms(cover), **_figures(one)} for cover, one in answer.covers],
        "left": {name: figure_part(figure) for name, figure in answer.left.items()},
        "claims": [{**_terms(cover), **_figures(one)} for cover, one in answer.claims],
    }


_YEAR = (Column(key="cover", kind="word"), Column(key="attachment_yuan", kind="yuan"))
_LIMIT = (Column(key="limit_yuan", kind="yuan"), Column(key="ceded_part", kind="percent"))
_CEDED = (
    *_YEAR,
    *_LIMIT,
    Column(key="ceded_yuan", kind="yuan"),
    Column(key="ceded_sd_yuan", kind="yuan"),
    Column(key="attach_probability", kind="probability"),
    Column(key="exhaust_probability", kind="probability"),
    Column(key="ceded_when_attached_yuan", kind="yuan"),
    Column(key="rate_on_line", kind="percent"),
)
_LEFT = (
    *_YEAR,
    *_LIMIT,
    Column(key="amount_when_attached_yuan", kind="money"),
    Column(key="retained_yuan", kind="money"),
    Column(key="retained_sd_yuan", kind="money"),
    Column(key="retained_995_yuan", kind="money"),
)
_CLAIMS = (
    Column(key="retention_yuan", kind="yuan"),
    *_LIMIT,
    Column(key="claims_above", kind="number"),
    Column(key="ceded_yuan", kind="yuan"),
    Column(key="ceded_sd_yuan", kind="yuan"),
    Column(key="ceded_995_yuan", kind="yuan"),
    Column(key="ceded_share", kind="percent"),
    Column(key="retained_yuan", kind="money"),
    Column(key="retained_sd_yuan", kind="money"),
    Column(key="retained_995_yuan", kind="money"),
)


def _cells(one: CoverFigures | ClaimFigures, columns: tuple[Column, ...]) -> list[Cell]:
    """Cells of the figures among the columns; none where a figure does not exist."""
    cells: list[Cell] = []
    for column in columns:
        figure = getattr(one, column.key, None)
        if isinstance(figure, Figure):
            cells.append(figure if np.isfinite(figure.value) else None)
    return cells


def _row(cover: Cover, one: CoverFigures | ClaimFigures, columns: tuple[Column, ...]) -> tuple:
    named: list[Cell] = [] if columns is _CLAIMS else [Word(f"cover.{_COVERS[type(cover)]}")]
    terms: list[Cell] = [cover.floor, finite(cover.width), cover.part]
    return (*named, *terms, *_cells(one, columns))


def layers_tables(asked: Asked, answer: LayersAnswer) -> tuple[Table, ...]:
    """What each cover takes, what it leaves, covers on claimant-years."""
    ceded = tuple(_row(cover, one, _CEDED) for cover, one in answer.covers)
    alone = [_row(cover, one, _LEFT) for cover, one in answer.covers]
    ends = [
        (Word(key), None, None, None, None, *figures.values())
        for key, figures in (("cover.none", answer.whole), ("cover.all", answer.left))
    ]
    claims = tuple(_row(cover, one, _CLAIMS) for cover, one in answer.claims)
    tables = (
        Table(name="layers", columns=_CEDED, rows=ceded),
        Table(name="layers_left", columns=_LEFT, rows=(ends[0], *alone, ends[1]), total=True),
        Table(name="layers_claims", columns=_CLAIMS, rows=claims),
    )
    return tables if claims else tables[:2]
