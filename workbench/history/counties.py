"""Counties: their own level by credibility, who would fail alone, what pooling is worth.

Floor 5, inside `history`. Source: docs/counties.md; Bühlmann and Straub (1970); Bühlmann and
Gisler, A Course in Credibility Theory (2005), chapter 4.
"""

from __future__ import annotations

import csv
import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from workbench.credibility import Structure, buhlmann_straub
from workbench.engine.annual import AnnualLaw
from workbench.engine.county_laws import BITS, pool_law, stand_alone_law, whole_year
from workbench.engine.results import contribution_yuan, expenses_yuan
from workbench.engine.stages import expected_claims
from workbench.guard import Fault, InputRefused, freeze, refuse
from workbench.history.nouns import Payments
from workbench.inputs import County, Inputs
from workbench.risk import Figure
from workbench.textfile import shown

__all__ = [
    "LEVELS",
    "CountyAlone",
    "CountyYears",
    "Pooling",
    "county_lines",
    "county_years",
    "pooling",
    "read_county_years",
]

LEVELS = (0.75, 0.995)
"""Levels of confidence at which pooling is valued."""

LEVEL_NODES = (-(3.0**0.5), 0.0, 3.0**0.5)
LEVEL_WEIGHTS = (1.0 / 6.0, 2.0 / 3.0, 1.0 / 6.0)
LEAST_LEVEL = 0.05
COLUMNS = ("county", "year", "paid_yuan")
_YUAN = re.compile(r"\d{1,12}(\.\d{1,2})?", re.ASCII)
_YEAR = re.compile(r"\d{4}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CountyYears:
    """Fen paid so far by county and year of the event, int64 (counties, years).

    Counties in the order of the pack, `years` calendar years.
    """

    years: tuple[int, ...]
    fen: np.ndarray


@dataclass(frozen=True, slots=True, kw_only=True)
class CountyAlone:
    """One county; yuan a year.

    `ratio` own claims over its share of the scheme's; `factor` their credibility; `level` and
    `level_error` by Bühlmann–Straub. `deficit_probability` alone at the tiers in force, chance
    alone; `deficit_uncertain` with the level uncertain too; `shortfall_yuan` E(deficit)⁺.
    `amounts` claims at `LEVELS`.
    """

    county: County
    paid_yuan: float
    ratio: float
    factor: float
    level: float
    level_error: float
    contribution_yuan: float
    mean_yuan: Figure
    sd_yuan: Figure
    deficit_probability: Figure
    deficit_uncertain: Figure
    shortfall_yuan: Figure
    amounts: dict[float, Figure]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pooling:
    """All counties, the pool as one of them, and what pooling is worth at each of `LEVELS`.

    `saved` is the sum of the counties' amounts less the pool's; `structure` of the credibility;
    `fails` codes of the counties whose deficit probability alone, level uncertain, is above
    `limit`.
    """

    counties: tuple[CountyAlone, ...]
    pool: CountyAlone
    saved: dict[float, Figure]
    structure: Structure
    own_cv: float
    limit: float
    fails: tuple[str, ...]


def _places(inputs: Inputs) -> dict[str, int]:
    if len(inputs.counties) < 2:
        raise refuse("counties-too-few", value=len(inputs.counties))
    found: dict[str, int] = {}
    for place, one in enumerate(inputs.counties):
        for name in (one.code, one.name_zh, one.name_en):
            found.setdefault(name, place)
    return found


def county_years(inputs: Inputs, payments: Payments, date: datetime.date) -> CountyYears:
    """Return what was paid by county and year of the event up to the close of a date.

    Raises
    ------
    InputRefused
        `counties-too-few`, `counties-none` where no county is recorded, `county-unknown` with the
        names that counties.csv does not have, `history-empty`.
    """
    places = _places(inputs)
    day = np.datetime64(date, "D")
    known = payments.where((payments.event <= day) & (payments.paid <= day))
    if not known.number:
        raise refuse("history-empty", value=date.isoformat())
    names = [known.counties[one] for one in np.unique(known.county)]
    if names == [""]:
        raise refuse("counties-none")
    strange = [shown(name) or "–" for name in names if name not in places]
    if strange:
        told = {"value": ", ".join(strange[:5]), "allowed": ", ".join(places)}
        raise refuse("county-unknown", **told)
    years = known.event.astype("datetime64[Y]").astype(np.int64) + 1970
    first, last = int(years.min()), int(years.max())
    fen = np.zeros((len(inputs.counties), last - first + 1), dtype=np.int64)
    to_place = np.array([places.get(name, 0) for name in known.counties], dtype=np.int64)
    np.add.at(fen, (to_place[known.county], years - first), known.fen)
    return CountyYears(years=tuple(range(first, last + 1)), fen=freeze(fen))


def county_lines(inputs: Inputs, found: CountyYears) -> list[str]:
    """Return what was paid as lines county, year, paid_yuan."""
    lines = [",".join(COLUMNS)]
    for one, row in zip(inputs.counties, found.fen, strict=True):
        pairs = zip(found.years, row, strict=True)
        lines += [f"{one.code},{year},{fen / 100:.2f}" for year, fen in pairs]
    return lines


def read_county_years(inputs: Inputs, lines: Sequence[str]) -> CountyYears:
    """Return what lines as `county_lines` writes them say.

    Raises
    ------
    InputRefused
        `cells-header`, `cells-empty`, `county-unknown`, `cells-cell`.
    """
    places, read = _places(inputs), [[one.strip() for one in row] for row in csv.reader(lines)]
    if not read or tuple(read[0]) != COLUMNS:
        told = ", ".join(shown(one) for one in (read[0] if read else []))
        raise refuse("cells-header", value=told, allowed=", ".join(COLUMNS))
    if len(read) < 2:
        raise refuse("cells-empty")
    faults: list[Fault] = []
    rows: list[tuple[int, int, int]] = []
    for number, cells in enumerate(read[1:], start=2):
        county, year, yuan = [*cells, "", "", ""][:3]
        faults += _faults_of(number, county, (year, yuan), places)
        if not faults:
            whole, _, part = yuan.partition(".")
            rows.append((places[county], int(year), int(whole) * 100 + int((part + "00")[:2])))
    if faults:
        raise InputRefused(faults[:20])
    years = tuple(range(min(one[1] for one in rows), max(one[1] for one in rows) + 1))
    fen = np.zeros((len(inputs.counties), len(years)), dtype=np.int64)
    for place, when, amount in rows:
        fen[place, when - years[0]] += amount
    return CountyYears(years=years, fen=freeze(fen))


def _faults_of(
    number: int, county: str, texts: tuple[str, str], places: dict[str, int]
) -> list[Fault]:
    """What is wrong with one line: its county, its year, its yuan."""
    faults = []
    shapes = (("year", _YEAR, "2025"), ("paid_yuan", _YUAN, "1234.56"))
    for text, (column, shape, allowed) in zip(texts, shapes, strict=True):
        if not shape.fullmatch(text):
            told = {"column": column, "value": shown(text), "allowed": allowed}
            faults.append(Fault("cells-cell", {"row": number, **told}))
    if county not in places:
        told = {"value": shown(county), "allowed": ", ".join(places)}
        faults.append(Fault("county-unknown", told))
    return faults


def _structure(inputs: Inputs, found: CountyYears) -> Structure:
    """Credibility of each county's claims against its share of the scheme's, year by year.

    The year's shock, the level of all counties and what is unpaid of the year fall out of the
    ratio.
    """
    share = np.array([one.share for one in inputs.counties])
    by_year = found.fen.sum(axis=0) / 100.0
    kept = by_year > 0.0
    if kept.sum() < 2:
        raise refuse("counties-years", value=int(kept.sum()))
    expected = share[:, None] * by_year[None, kept]
    return buhlmann_straub(found.fen[:, kept] / 100.0 / expected, expected)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Money:
    """Yuan a year of the whole scheme: contributions, fixed expenses, those that follow claims."""

    contribution: float
    fixed: float
    cases: float

    def line(self, share: float, level: float) -> float:
        """Claims above which a county is in deficit."""
        return share * (self.contribution - self.fixed - level * self.cases)


def _money(inputs: Inputs, expenses: str) -> _Money:
    claims = expected_claims(inputs)
    spent, fixed = (
        expenses_yuan(inputs, claims.enrolments, number, expenses=expenses).sum()
        for number in (claims.beneficiaries, np.zeros(len(inputs.plans)))
    )
    return _Money(
        contribution=float(contribution_yuan(inputs, claims.enrolments).sum()),
        fixed=float(fixed),
        cases=float(spent - fixed),
    )


def _figure(fine: float, coarse: float) -> Figure:
    return Figure(float(fine), abs(float(fine) - float(coarse)))


def _told(laws: tuple[AnnualLaw, AnnualLaw], line: float) -> dict[str, object]:
    fine, coarse = laws
    amounts = zip(LEVELS, fine.quantiles(LEVELS), coarse.quantiles(LEVELS), strict=True)
    return {
        "mean_yuan": Figure(float(fine.mean), 0.01),
        "sd_yuan": Figure(float(fine.sd), 0.01),
        "deficit_probability": _figure(
            fine.probability_above(line), coarse.probability_above(line)
        ),
        "shortfall_yuan": _figure(fine.expected_excess(line), coarse.expected_excess(line)),
        "amounts": {level: _figure(one, other) for level, one, other in amounts},
    }


def pooling(
    inputs: Inputs,
    found: CountyYears,
    *,
    own_cv: float | None = None,
    expenses: str = "default",
    limit: float = 0.05,
) -> Pooling:
    """Return the counties alone and together.

    Parameters
    ----------
    inputs
        The scheme and its counties.
    found
        Paid by county and year.
    own_cv
        Coefficient of variation of a county's own shock; None is `county_shock_cv` in force.
    expenses
        "default" or "none".
    limit
        Deficit probability above which a county is counted as failing alone.

    Raises
    ------
    InputRefused
        `counties-too-few`, `counties-years` with claims of fewer than two years.
    """
    _places(inputs)
    structure = _structure(inputs, found)
    cv = inputs.assumptions["county_shock_cv"] if own_cv is None else own_cv
    events, money = whole_year(inputs), _money(inputs, expenses)
    counties = []
    for place, county in enumerate(inputs.counties):
        level, error = float(structure.premiums[place]), float(structure.errors[place])

        def laws(at: float, share: float = county.share) -> tuple[AnnualLaw, AnnualLaw]:
            fine = stand_alone_law(events, share * at, cv)
            return fine, stand_alone_law(events, share * at, cv, BITS - 1)

        told = _told(laws(level), money.line(county.share, level))
        uncertain = _uncertain(
            told["deficit_probability"], laws, money, (county.share, level, error)
        )
        counties.append(
            CountyAlone(
                county=county,
                paid_yuan=float(found.fen[place].sum()) / 100.0,
                ratio=float(structure.means[place]),
                factor=float(structure.factors[place]),
                level=level,
                level_error=error,
                contribution_yuan=county.share * money.contribution,
                deficit_uncertain=uncertain,
                **told,  # type: ignore[arg-type]
            )
        )
    return _together(inputs, tuple(counties), structure, (events, money, cv, limit))


def _uncertain(process: object, laws: object, money: _Money, named: tuple) -> Figure:
    """Deficit probability over a level with its error: three nodes, exact to the fifth moment."""
    share, level, error = named
    assert isinstance(process, Figure) and callable(laws)
    value, bound = 0.0, 0.0
    for node, weight in zip(LEVEL_NODES, LEVEL_WEIGHTS, strict=True):
        if node == 0.0:
            value, bound = value + weight * process.value, bound + weight * process.error
            continue
        at = max(level + node * error, LEAST_LEVEL)
        fine, coarse = laws(at)
        line = money.line(share, at)
        value += weight * fine.probability_above(line)
        bound += weight * abs(fine.probability_above(line) - coarse.probability_above(line))
    return Figure(value, bound)


def _together(
    inputs: Inputs, counties: tuple[CountyAlone, ...], structure: Structure, named: tuple
) -> Pooling:
    events, money, cv, limit = named
    weights = np.array([one.county.share * one.level for one in counties])
    level = float(weights.sum())
    laws = (pool_law(events, weights, cv), pool_law(events, weights, cv, BITS - 1))
    told = _told(laws, money.line(1.0, level))
    pool = CountyAlone(
        county=County(code="", name_zh="", name_en="", share=1.0, level=1.0),
        paid_yuan=sum(one.paid_yuan for one in counties),
        ratio=1.0,
        factor=1.0,
        level=level,
        level_error=0.0,
        contribution_yuan=money.contribution,
        deficit_uncertain=told["deficit_probability"],  # type: ignore[arg-type]
        **told,  # type: ignore[arg-type]
    )
    saved = {}
    for at in LEVELS:
        apart = [one.amounts[at] for one in counties]
        value = sum(one.value for one in apart) - pool.amounts[at].value
        saved[at] = Figure(value, sum(one.error for one in (*apart, pool.amounts[at])))
    return Pooling(
        counties=counties,
        pool=pool,
        saved=saved,
        structure=structure,
        own_cv=cv,
        limit=limit,
        fails=tuple(one.county.code for one in counties if one.deficit_uncertain.value > limit),
    )
