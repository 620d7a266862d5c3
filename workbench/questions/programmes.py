"""The question `programmes`: what the scheme does besides its plans, and where each breaks even.

Floor 8. Discounts and prevention of `data/programmes.csv`, each by itself; and what the newspaper's
stray amount would imply under each reading.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from workbench.premium.fragment import FRAGMENT_YUAN, Reading, readings
from workbench.premium.programmes import ProgrammeResult, SchemeSafety, programme_result
from workbench.questions.documents import figure_part, finite
from workbench.questions.registry import Asked, Mapper, Option, Question
from workbench.questions.run import FORM
from workbench.questions.table import Cell, Column, Named, Table, Word
from workbench.risk import Figure

__all__ = ["QUESTION", "ProgrammesAnswer"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammesAnswer:
    """Every programme of the pack, and the readings of the amount."""

    programmes: tuple[ProgrammeResult, ...]
    readings: tuple[Reading, ...]


def _verb(asked: Asked, mapper: Mapper) -> ProgrammesAnswer:
    form, expenses = asked.own["form"], asked.choices.expenses
    inputs = asked.inputs
    return ProgrammesAnswer(
        programmes=tuple(
            programme_result(inputs, one, form=form, expenses=expenses) for one in inputs.programmes
        ),
        readings=readings(inputs, asked.own["amount"], form=form, expenses=expenses),
    )


def _maybe(figure: Figure | None) -> dict[str, Any] | None:
    return None if figure is None else figure_part(figure)


def _safety(part: SchemeSafety) -> dict[str, Any]:
    names = (
        "returned_per_hundred",
        "deficit_probability",
        "expected_shortfall_yuan",
        "expected_surplus_yuan",
    )
    return {name: figure_part(getattr(part, name)) for name in names}


_FIGURES = (
    "cost_per_member_yuan",
    "saved_yuan",
    "saved_low_yuan",
    "saved_high_yuan",
    "net_yuan",
    "break_even_effect",
    "break_even_yuan_per_member",
    "carried_times",
)


def _programme(one: ProgrammeResult) -> dict[str, Any]:
    told = one.programme
    return {
        "code": told.code,
        "name_zh": told.name_zh,
        "name_en": told.name_en,
        "kind": told.kind,
        "state": told.state,
        "provenance": told.provenance,
        "members": told.members,
        "reach": finite(one.reach),
        "lever": told.lever or None,
        "effect": finite(told.effect) if told.lever else None,
        "effect_low": finite(told.effect_low) if told.lever else None,
        "effect_high": finite(told.effect_high) if told.lever else None,
        "programme_cost_yuan": figure_part(one.cost_yuan),
        "programme_per_enrolment_yuan": figure_part(one.cost_per_enrolment_yuan),
        **{name: _maybe(getattr(one, name)) for name in _FIGURES},
        "break_even_lever": one.break_even_lever,
        "before": _safety(one.before),
        "after": _safety(one.after),
    }


def _reading(one: Reading) -> dict[str, Any]:
    names = ("per_enrolment_yuan", "compared", "loss_ratio")
    return {
        "code": one.code,
        "verdict": one.verdict,
        **{name: _maybe(getattr(one, name)) for name in names},
        "rate_scale": _maybe(one.scale),
        "safety": None if one.safety is None else _safety(one.safety),
    }


def _document(asked: Asked, answer: ProgrammesAnswer) -> dict[str, Any]:
    return {
        "programmes": [_programme(one) for one in answer.programmes],
        "readings": [_reading(one) for one in answer.readings],
    }


_COST = (
    Column(key="programme", kind="word"),
    Column(key="programme_members", kind="count"),
    Column(key="programme_cost_yuan", kind="yuan"),
    Column(key="cost_per_member_yuan", kind="price"),
    Column(key="saved_low_yuan", kind="yuan"),
    Column(key="saved_yuan", kind="yuan"),
    Column(key="saved_high_yuan", kind="yuan"),
    Column(key="net_yuan", kind="yuan"),
    Column(key="programme_effect", kind="percent"),
    Column(key="break_even_effect", kind="percent"),
    Column(key="break_even_yuan_per_member", kind="price"),
    Column(key="carried_times", kind="ratio"),
)
_SAFETY = (
    Column(key="hundred_benefits", kind="hundred"),
    Column(key="deficit_probability", kind="probability"),
    Column(key="expected_shortfall_yuan", kind="money"),
    Column(key="expected_surplus_yuan", kind="money"),
)


def _named(one: ProgrammeResult) -> Named:
    return Named(zh=one.programme.name_zh, en=one.programme.name_en)


def _cost_table(answer: ProgrammesAnswer) -> Table:
    rows = tuple(
        (
            _named(one),
            one.programme.members,
            one.cost_yuan,
            one.cost_per_member_yuan,
            one.saved_low_yuan,
            one.saved_yuan,
            one.saved_high_yuan,
            one.net_yuan,
            one.programme.effect if one.programme.lever else None,
            one.break_even_effect,
            one.break_even_yuan_per_member,
            one.carried_times,
        )
        for one in answer.programmes
    )
    return Table(name="programmes", columns=_COST, rows=rows)


def _safe(part: SchemeSafety | None) -> tuple[Cell, ...]:
    if part is None:
        return (None,) * len(_SAFETY)
    return (
        part.returned_per_hundred,
        part.deficit_probability,
        part.expected_shortfall_yuan,
        part.expected_surplus_yuan,
    )


def _safety_table(answer: ProgrammesAnswer) -> tuple[Table, ...]:
    """The scheme without any, and with each programme by itself."""
    if not answer.programmes:
        return ()
    before = answer.programmes[0].before
    rows: list[tuple[Cell, ...]] = [(Word("word.no_programme"), *_safe(before))]
    rows += [(_named(one), *_safe(one.after)) for one in answer.programmes]
    columns = (Column(key="programme", kind="word"), *_SAFETY)
    return (Table(name="programmes_safety", columns=columns, rows=tuple(rows)),)


def _readings_table(answer: ProgrammesAnswer) -> Table:
    rows = tuple(
        (
            Word(f"reading.{one.code}"),
            Word(f"verdict.{one.verdict}"),
            one.per_enrolment_yuan,
            one.compared,
            one.loss_ratio,
            one.scale,
            *_safe(one.safety)[1:],
        )
        for one in answer.readings
    )
    columns = (
        Column(key="reading", kind="word"),
        Column(key="verdict", kind="word"),
        Column(key="per_enrolment_yuan", kind="price"),
        Column(key="compared", kind="ratio"),
        Column(key="loss_ratio", kind="percent"),
        Column(key="rate_scale", kind="ratio"),
        *_SAFETY[1:],
    )
    return Table(name="fragment_readings", columns=columns, rows=rows)


def _tables(asked: Asked, answer: ProgrammesAnswer) -> tuple[Table, ...]:
    return (_cost_table(answer), *_safety_table(answer), _readings_table(answer))


QUESTION = Question(
    name="programmes",
    options=(
        FORM,
        Option(name="amount", kind="number", low=1e4, high=1e10, default=FRAGMENT_YUAN),
    ),
    verb=_verb,
    document=_document,
    tables=_tables,
)
"""Registered in `workbench.questions`."""
