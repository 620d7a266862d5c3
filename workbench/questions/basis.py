"""The choice of a basis: process risk alone, parameters uncertain, or the level too.

Floor 8. Questions that show a deficit take these options; the document says what they chose.
Source: docs/uncertainty.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from workbench.basis import KINDS, Basis
from workbench.engine.mixture import MixtureLaw
from workbench.engine.stages import YearDraws, YearLaws
from workbench.guard import refuse
from workbench.questions.documents import figure_part, finite
from workbench.questions.registry import Asked, Option, Own
from workbench.questions.table import Cell, Column, Named, Table, Word
from workbench.risk import Figure
from workbench.uncertainty import LEAST_DRAWS, MOST_DRAWS, spread_shares, standard_error

__all__ = [
    "BASIS",
    "BASIS_OPTIONS",
    "DRAWS",
    "DRAW_SEED",
    "UNCERTAIN",
    "band_table",
    "bands_of",
    "bands_part",
    "basis_choice",
    "basis_of",
    "basis_part",
    "basis_rule",
    "shares_part",
    "shares_table",
]

DEFAULT_DRAWS, DEFAULT_SEED = 200, 1
BAND = (0.05, 0.95)
"""Share of the draws below the ends of a band."""

BASIS = Option(name="basis", allowed=KINDS, default="process")
DRAWS = Option(name="draws", kind="whole", low=LEAST_DRAWS, high=MOST_DRAWS)
DRAW_SEED = Option(name="draw-seed", kind="whole", low=0, high=2**63 - 1)
UNCERTAIN = Option(name="uncertain", kind="text", repeat=True, default=())
BASIS_OPTIONS = (BASIS, DRAWS, DRAW_SEED, UNCERTAIN)


def basis_rule(own: dict[str, Any], given: Own) -> None:
    """Give draws and their seed defaults where parameters are uncertain; refuse them elsewhere."""
    if own["basis"] == "process":
        for name in ("draws", "draw-seed", "uncertain"):
            if given.get(name) not in (None, (), []):
                raise refuse("uncertain-needs-basis", name=f"--{name}", allowed=KINDS[1:])
        return
    own["draws"] = DEFAULT_DRAWS if own["draws"] is None else own["draws"]
    own["draw-seed"] = DEFAULT_SEED if own["draw-seed"] is None else own["draw-seed"]


def basis_of(asked: Asked) -> Basis:
    """Return the basis that was asked for; process risk alone without any.

    The two totals belong to the pack as it was read: what was changed since is no part of them.
    """
    own = asked.own
    kind = own.get("basis") or "process"
    if kind == "process":
        return Basis()
    return Basis(
        kind=kind,
        draws=own.get("draws") or DEFAULT_DRAWS,
        seed=DEFAULT_SEED if own.get("draw-seed") is None else own["draw-seed"],
        only=tuple(own.get("uncertain") or ()),
        base=asked.pack,
    )


def basis_choice(asked: Asked) -> dict[str, Any]:
    """Return what a document says of its basis without what the draws gave."""
    chosen = basis_of(asked)
    if chosen.kind == "process":
        return {"kind": "process", "draws": None, "solved_again": None}
    return {
        "kind": chosen.kind,
        "draws": chosen.draws,
        "draw_seed": chosen.seed,
        "solved_again": not chosen.only,
    }


def basis_part(asked: Asked, laws: YearLaws) -> dict[str, Any]:
    """Return what a document says of its basis: kind, draws, what was drawn, the solved scales."""
    draws, part = laws.draws, basis_choice(asked)
    if draws is None:
        return part
    beliefs = asked.inputs.assumptions
    return {
        **part,
        "outside_range": draws.outside,
        "years_from_base_to_rating": finite(beliefs["years_from_base_to_rating"]),
        "uncertain": {name: _spread(values) for name, values in draws.values.items()},
        "solved": {name: _spread(values) for name, values in draws.solved.items()},
    }


def _spread(values: np.ndarray) -> dict[str, Any]:
    """Mean over the draws with its error, and the band that holds nine draws in ten."""
    low, high = np.quantile(values, BAND)
    mean = Figure(float(values.mean()), float(standard_error(values)))
    return {"mean": figure_part(mean), "low": finite(float(low)), "high": finite(float(high))}


Band = tuple[float, float]


def bands_of(asked: Asked, laws: YearLaws) -> Mapping[str, Band]:
    """Return the loss ratio's 5 % and 95 % over the draws by plan code, "" for the scheme."""
    if laws.draws is None:
        return {}
    premiums = np.array([plan.premium_yuan for plan in asked.inputs.plans])
    contribution = laws.enrolments * premiums
    money = np.append(contribution, contribution.sum())
    ratios = laws.draws.paid_yuan / np.where(money > 0.0, money, np.nan)
    low, high = np.quantile(ratios, BAND, axis=0)
    codes = (*asked.inputs.plan_codes, "")
    return {
        code: (float(low[place]), float(high[place]))
        for place, code in enumerate(codes)
        if money[place] > 0.0
    }


def bands_part(asked: Asked, laws: YearLaws) -> dict[str, Any] | None:
    """Return the bands of a document by plan code and `total`; None under process risk alone."""
    bands = bands_of(asked, laws)
    if not bands:
        return None
    return {code or "total": {"low": low, "high": high} for code, (low, high) in bands.items()}


_BANDS = (
    Column(key="code"),
    Column(key="plan", kind="word"),
    Column(key="loss_ratio", kind="percent"),
    Column(key="loss_ratio_5", kind="percent"),
    Column(key="loss_ratio_95", kind="percent"),
    Column(key="sd_within_yuan", kind="money"),
    Column(key="sd_between_yuan", kind="money"),
    Column(key="sd_yuan", kind="money"),
)


def band_table(asked: Asked, laws: YearLaws) -> tuple[Table, ...]:
    """Return how far the loss ratios move over the draws, and the two parts of the spread.

    Nothing under process risk alone.
    """
    if laws.draws is None:
        return ()
    bands = bands_of(asked, laws)
    names: list[Named | Word] = [
        Named(zh=plan.name_zh, en=plan.name_en) for plan in asked.inputs.plans
    ]
    rows: list[tuple[Cell, ...]] = []
    places = zip((*asked.inputs.plan_codes, ""), (*names, Word("word.total")), strict=True)
    money = laws.enrolments * np.array([plan.premium_yuan for plan in asked.inputs.plans])
    for place, (code, name) in enumerate(places):
        law = laws.laws[place]
        contribution = float(money.sum() if place == len(names) else money[place])
        if contribution <= 0.0 or not isinstance(law, MixtureLaw):
            continue
        within, between = _parts(laws.draws, place)
        ratio = Figure(law.mean / contribution, law.mean_error / contribution)
        sd = Figure(law.sd, law.sd_error)
        rows.append((code, name, ratio, *bands[code], within, between, sd))
    return (Table(name="bands", columns=_BANDS, rows=tuple(rows), total=True),)


def shares_of(laws: YearLaws) -> tuple[tuple[str, ...], np.ndarray, np.ndarray] | None:
    """Return the rows of the spread (year, each name, rest), shares and errors, (rows, plans + 1).

    None under process risk alone, or with too few draws for so many names.
    """
    draws = laws.draws
    if draws is None:
        return None
    names = tuple(draws.places)
    columns = [draws.places[name] for name in names]
    found = spread_shares(columns, draws.paid_yuan, draws.sd_yuan**2)
    return None if found is None else (("year", *names, "rest"), *found)


def shares_part(asked: Asked, laws: YearLaws) -> dict[str, Any] | None:
    """Return the share of each part in the variance of a document, by row and plan code."""
    found = shares_of(laws)
    if found is None:
        return None
    rows, shares, errors = found
    codes = (*asked.inputs.plan_codes, "total")
    return {
        row: {
            code: figure_part(Figure(float(shares[place, one]), float(errors[place, one])))
            for one, code in enumerate(codes)
        }
        for place, row in enumerate(rows)
    }


def shares_table(asked: Asked, laws: YearLaws) -> tuple[Table, ...]:
    """Return the share of the year and of each assumption in the variance of what is paid."""
    found = shares_of(laws)
    if found is None:
        return ()
    rows, shares, errors = found
    words = {"year": Word("word.spread_year"), "rest": Word("word.spread_rest")}
    cells: list[tuple[Cell, ...]] = [
        (
            words.get(row, row),
            *(
                Figure(float(share), float(error))
                for share, error in zip(shares[place], errors[place], strict=True)
            ),
        )
        for place, row in enumerate(rows)
    ]
    columns = (
        Column(key="spread_part", kind="word"),
        *(Column(key=code, kind="percent", plain=True) for code in asked.inputs.plan_codes),
        Column(key="spread_total", kind="percent"),
    )
    return (Table(name="spread_shares", columns=columns, rows=tuple(cells)),)


def _parts(draws: YearDraws, place: int) -> tuple[Figure, Figure]:
    """Standard deviations within the draws (of the year) and between them (of the parameters)."""
    squares = draws.sd_yuan[:, place] ** 2
    within = float(np.sqrt(squares.mean()))
    gaps = (draws.paid_yuan[:, place] - draws.paid_yuan[:, place].mean()) ** 2
    between = float(np.sqrt(gaps.mean()))
    return (
        Figure(within, float(standard_error(squares)) / (2.0 * max(within, 1e-9))),
        Figure(between, float(standard_error(gaps)) / (2.0 * max(between, 1e-9))),
    )
