"""Tables of the question `participation`: always low, central and high, never one curve.

Floor 8.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.behaviour import BAND_NAMES, MEASURES, Band, PlanParticipation
from workbench.questions.participation_document import TURNINGS, paid_by
from workbench.questions.registry import Asked
from workbench.questions.run_tables import named
from workbench.questions.table import Cell, Column, Named, Table, Word
from workbench.risk import Figure

if TYPE_CHECKING:
    from workbench.questions.participation import ParticipationAnswer

__all__ = ["brief_tables", "participation_tables"]

Rows = list[tuple[Cell, ...]]

ENDS = ("low", "central", "high")
CASES = {
    "today": "word.case_today",
    "nobody": "word.case_nobody",
    "low": "word.case_low",
    "central": "word.case_central",
    "high": "word.case_high",
}
_TURNING_WORDS = {
    "equilibrium": "word.turning_equilibrium",
    "loses_beyond": "word.turning_loses_beyond",
    "spiral": "word.turning_spiral",
}
_PAYER_WORDS = {
    "member": "word.payer_member",
    "unit": "word.payer_unit",
    "union": "word.payer_union",
}
IN_FORCE_MARK, NEW_MARK, ILLUSTRATION_MARK = "●", "▶", "▨"
SHOWN_STEP = 5.0
"""A screen shows every fifth yuan, the tier in force and the new one; files have them all."""

_KINDS = {
    "enrolments": "count",
    "cost_per_enrolment_yuan": "price",
    "loss_ratio": "percent",
    "expected_surplus_yuan": "money",
    "deficit_probability": "probability",
    "expected_shortfall_yuan": "yuan",
}
_THREE = {
    "enrolments": ("enrolments_low", "enrolments_central", "enrolments_high"),
    "cost_per_enrolment_yuan": (
        "cost_per_enrolment_low_yuan",
        "cost_per_enrolment_central_yuan",
        "cost_per_enrolment_high_yuan",
    ),
    "loss_ratio": ("loss_ratio_low", "loss_ratio_central", "loss_ratio_high"),
    "expected_surplus_yuan": (
        "expected_surplus_low_yuan",
        "expected_surplus_central_yuan",
        "expected_surplus_high_yuan",
    ),
    "deficit_probability": (
        "deficit_probability_low",
        "deficit_probability_central",
        "deficit_probability_high",
    ),
    "expected_shortfall_yuan": (
        "expected_shortfall_low_yuan",
        "expected_shortfall_central_yuan",
        "expected_shortfall_high_yuan",
    ),
    "turning_yuan": ("turning_low_yuan", "turning_central_yuan", "turning_high_yuan"),
    "payer_total_yuan": (
        "payer_total_low_yuan",
        "payer_total_central_yuan",
        "payer_total_high_yuan",
    ),
}
"""Columns of a band: low, central, high."""

_PLAN = (Column(key="code"), Column(key="plan", kind="word"))


def _three(band: Band | None) -> tuple[Cell, ...]:
    return (None, None, None) if band is None else (band.low, band.central, band.high)


def _three_columns(name: str, kind: str) -> tuple[Column, ...]:
    return tuple(Column(key=key, kind=kind) for key in _THREE[name])


def _change(after: Figure, before: float) -> Figure:
    return after.scaled(1.0 / before).shifted(-1.0)


def _main_rows(name: Named, one: PlanParticipation) -> Rows:
    """Today, the new terms if nobody reacts, and the least, central and greatest of each figure."""
    rows: Rows = []
    for word, state in (("today", one.before), ("nobody", one.unmoved)):
        figures = [getattr(state, measure) for measure in MEASURES]
        head = (one.code, name, state.premium_yuan, Word(CASES[word]))
        rows.append((*head, figures[0], Figure(0.0, 0.0), *figures[1:]))
    for end in ENDS:
        figures = [getattr(one.band(measure), end) for measure in MEASURES]
        change = _change(figures[0], one.before.enrolments.value)
        head = (one.code, name, one.premium_yuan, Word(CASES[end]))
        rows.append((*head, figures[0], change, *figures[1:]))
    return rows


def _main(asked: Asked, answer: ParticipationAnswer) -> Table:
    rows = [
        row
        for code, one in answer.plans.items()
        for row in _main_rows(named(asked.inputs.plan(code)), one)
    ]
    first, *others = MEASURES
    columns = (
        *_PLAN,
        Column(key="premium_yuan", kind="price"),
        Column(key="case", kind="word"),
        Column(key=first, kind=_KINDS[first]),
        Column(key="enrolments_change", kind="percent"),
        *(Column(key=name, kind=_KINDS[name]) for name in others),
    )
    return Table(name="participation", columns=columns, rows=tuple(rows))


def _uncertain_rows(name: Named, one: PlanParticipation) -> Rows:
    found = one.uncertain
    if found is None:
        return []
    rows: Rows = [
        (one.code, name, price, Word(CASES[word]), deficit.probability, deficit.shortfall_yuan)
        for word, price, deficit in (
            ("today", one.before.premium_yuan, found.today),
            ("nobody", one.premium_yuan, found.unmoved),
        )
    ]
    for end in ENDS:
        risk = (getattr(found.probability, end), getattr(found.shortfall_yuan, end))
        rows.append((one.code, name, one.premium_yuan, Word(CASES[end]), *risk))
    return rows


def _uncertain(asked: Asked, answer: ParticipationAnswer) -> tuple[Table, ...]:
    """Deficits with the assumptions uncertain, where draws were asked for."""
    rows = [
        row
        for code, one in answer.plans.items()
        for row in _uncertain_rows(named(asked.inputs.plan(code)), one)
    ]
    columns = (
        *_PLAN,
        Column(key="premium_yuan", kind="price"),
        Column(key="case", kind="word"),
        Column(key="deficit_probability", kind="probability"),
        Column(key="expected_shortfall_yuan", kind="yuan"),
    )
    table = Table(name="participation_uncertain", columns=columns, rows=tuple(rows))
    return (table,) if rows else ()


def _scheme(answer: ParticipationAnswer) -> Table:
    sums = answer.scheme
    rows: Rows = [
        (Word(CASES["today"]), sums.enrolments_before, sums.surplus_before),
        (Word(CASES["nobody"]), sums.enrolments_before, sums.surplus_unmoved),
    ]
    rows += [
        (Word(CASES[end]), getattr(sums.enrolments, end), getattr(sums.surplus, end))
        for end in ENDS
    ]
    columns = (
        Column(key="case", kind="word"),
        Column(key="enrolments", kind="count"),
        Column(key="expected_surplus_yuan", kind="money"),
    )
    return Table(name="participation_scheme", columns=columns, rows=tuple(rows))


def _mark(one: PlanParticipation, place: int) -> str:
    premium, marks = float(one.premiums[place]), ""
    if premium == one.before.premium_yuan:
        marks += IN_FORCE_MARK
    elif place == one.place:
        marks += NEW_MARK
    return marks + (ILLUSTRATION_MARK if one.illustration[place] else "")


def _shown(one: PlanParticipation, place: int) -> bool:
    premium = float(one.premiums[place])
    return premium % SHOWN_STEP == 0.0 or place == one.place or premium == one.before.premium_yuan


def _by_premium(
    asked: Asked, answer: ParticipationAnswer, measures: tuple[str, ...], *, every: bool
) -> Table:
    rows: Rows = []
    for code, one in answer.plans.items():
        name = named(asked.inputs.plan(code))
        for place, premium in enumerate(one.premiums.tolist()):
            if every or _shown(one, place):
                cells = [
                    cell for measure in measures for cell in _three(one.bands[measure].at(place))
                ]
                rows.append((code, name, premium, _mark(one, place), *cells))
    columns = (
        *_PLAN,
        Column(key="premium_yuan", kind="price"),
        Column(key="mark", kind="text"),
        *(column for name in measures for column in _three_columns(name, _KINDS[name])),
    )
    return Table(name="participation_premiums", columns=columns, rows=tuple(rows))


def _turnings(asked: Asked, answer: ParticipationAnswer) -> Table:
    rows: Rows = []
    for code, one in answer.plans.items():
        for name in TURNINGS:
            found = getattr(one, name)
            rows.append(
                (
                    code,
                    named(asked.inputs.plan(code)),
                    Word(_TURNING_WORDS[name]),
                    found.found,
                    found.asked,
                    *_three(found.premium_yuan),
                    None if found.enrolments is None else found.enrolments.central,
                )
            )
    columns = (
        *_PLAN,
        Column(key="turning", kind="word"),
        Column(key="reactions_found", kind="count"),
        Column(key="reactions_asked", kind="count"),
        *_three_columns("turning_yuan", "price"),
        Column(key="enrolments_central", kind="count"),
    )
    return Table(name="participation_turning", columns=columns, rows=tuple(rows))


def _years(asked: Asked, answer: ParticipationAnswer) -> Table:
    measures = ("enrolments", "cost_per_enrolment_yuan", "expected_surplus_yuan")
    rows: Rows = [
        (
            code,
            named(asked.inputs.plan(code)),
            row.year,
            *(cell for name in measures for cell in _three(row.bands[name])),
            *_three(row.bands["deficit_probability"]),
        )
        for code, one in answer.plans.items()
        for row in one.years
    ]
    columns = (
        *_PLAN,
        Column(key="path_year", kind="count"),
        *(column for name in measures for column in _three_columns(name, _KINDS[name])),
        *_three_columns("deficit_probability", "probability"),
    )
    return Table(name="participation_years", columns=columns, rows=tuple(rows))


def _payers(asked: Asked, answer: ParticipationAnswer) -> Table:
    rows: Rows = [
        (
            code,
            named(asked.inputs.plan(code)),
            Word(_PAYER_WORDS[payer]),
            old,
            new,
            one.before.enrolments.scaled(old),
            *(getattr(one.band("enrolments"), end).scaled(new) for end in ENDS),
        )
        for code, one in answer.plans.items()
        for payer, (old, new) in paid_by(one).items()
    ]
    columns = (
        *_PLAN,
        Column(key="payer", kind="word"),
        Column(key="payer_before_yuan", kind="price"),
        Column(key="payer_after_yuan", kind="price"),
        Column(key="payer_total_before_yuan", kind="money"),
        *_three_columns("payer_total_yuan", "money"),
    )
    return Table(name="participation_payers", columns=columns, rows=tuple(rows))


def _ages(asked: Asked, answer: ParticipationAnswer) -> Table:
    rows: Rows = [
        (
            code,
            named(asked.inputs.plan(code)),
            row.age_band,
            row.before,
            *_three(row.after),
            _change(row.after.central, row.before),
            row.benefit_yuan,
        )
        for code, one in answer.plans.items()
        for row in one.ages
    ]
    columns = (
        *_PLAN,
        Column(key="age_band"),
        Column(key="enrolments_today", kind="count"),
        *_three_columns("enrolments", "count"),
        Column(key="enrolments_change", kind="percent"),
        Column(key="benefit_per_member_yuan", kind="price"),
    )
    return Table(name="participation_ages", columns=columns, rows=tuple(rows))


def _band_table(asked: Asked) -> Table:
    beliefs = [asked.inputs.assumptions.belief(name) for name in BAND_NAMES]
    rows: Rows = [
        (one.name, one.low, one.value, one.high, Word(f"name.{one.name}")) for one in beliefs
    ]
    columns = (
        Column(key="name"),
        Column(key="least", kind="number"),
        Column(key="value", kind="number"),
        Column(key="most", kind="number"),
        Column(key="meaning", kind="word"),
    )
    return Table(name="participation_band", columns=columns, rows=tuple(rows))


def _new_form(answer: ParticipationAnswer) -> Table:
    found = answer.joiners
    codes = found.bundle.split("+")
    rows: Rows = [
        (
            row.basic_coinsurance,
            row.accident_factor,
            row.cost_yuan,
            *(row.surplus_yuan[code] for code in codes),
            row.scheme_surplus_yuan,
        )
        for row in found.rows
    ]
    columns = (
        Column(key="basic_coinsurance", kind="percent"),
        Column(key="accident_factor", kind="number"),
        Column(key="benefit_per_joiner_yuan", kind="price"),
        *(Column(key=code, kind="money", plain=True) for code in codes),
        Column(key="surplus_change_yuan", kind="money"),
    )
    return Table(name="participation_new_form", columns=columns, rows=tuple(rows))


def participation_tables(asked: Asked, answer: ParticipationAnswer) -> tuple[Table, ...]:
    """Return every table, the main one first."""
    return (
        _main(asked, answer),
        *_uncertain(asked, answer),
        _scheme(answer),
        _by_premium(asked, answer, MEASURES, every=True),
        _turnings(asked, answer),
        _years(asked, answer),
        _payers(asked, answer),
        _ages(asked, answer),
        _band_table(asked),
        _new_form(answer),
    )


SCREEN_MEASURES = ("enrolments", "expected_surplus_yuan", "deficit_probability")


def brief_tables(asked: Asked, answer: ParticipationAnswer) -> tuple[Table, ...]:
    """Return the tables of a screen: premiums and ages only where one plan was asked for."""
    one_plan = len(answer.plans) == 1
    more = (
        _by_premium(asked, answer, SCREEN_MEASURES, every=False),
        _years(asked, answer),
        _payers(asked, answer),
        _ages(asked, answer),
    )
    return (
        _main(asked, answer),
        *_uncertain(asked, answer),
        _scheme(answer),
        _turnings(asked, answer),
        *(more if one_plan else ()),
        _band_table(asked),
        _new_form(answer),
    )
