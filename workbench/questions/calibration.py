"""The question `calibrate`: two scales solved to two published totals, and what they leave open.

Floor 8. Changes are applied before the solving: another split is `--set enrolments.P1=…`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from workbench.calibrate import Calibration, LossRatioRange, SplitStudy, calibrate, split_study
from workbench.calibrate.splits import SplitOutcome
from workbench.questions.documents import finite
from workbench.questions.registry import Asked, Mapper, Question
from workbench.questions.run import named
from workbench.questions.table import Cell, Column, Named, Span, Table, Word

__all__ = ["CalibrationAnswer", "QUESTION"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationAnswer:
    """The solved scales and the same for every enrolment split."""

    calibration: Calibration
    study: SplitStudy


def _verb(asked: Asked, mapper: Mapper) -> CalibrationAnswer:
    return CalibrationAnswer(calibration=calibrate(asked.inputs), study=split_study(asked.inputs))


def _solved(calibration: Calibration) -> dict[str, Any]:
    return {
        one.name: {
            "value": finite(one.value),
            "before": finite(one.before),
            "low": finite(one.low),
            "high": finite(one.high),
            "target": one.target,
            "wanted": finite(one.wanted),
            "reached": finite(one.reached),
            "residual": finite(one.residual),
        }
        for one in calibration.solved
    }


def _reached(value: float, residual: float) -> dict[str, float | None]:
    """A figure that was solved for: its error is what the solving left, or the rounding."""
    return {"value": finite(value), "error": finite(max(abs(residual), 1e-9) * value)}


def _split(outcome: SplitOutcome) -> dict[str, Any]:
    solved = outcome.calibration
    return {
        "code": outcome.split.code,
        "enrolments": dict(outcome.enrolments),
        "mean_premium_yuan": finite(outcome.mean_premium_yuan),
        "solved": {one.name: finite(one.value) for one in solved.solved},
        "loss_ratios": {code: finite(ratio) for code, ratio in outcome.loss_ratios.items()},
        "loss_ratio": finite(outcome.loss_ratio),
    }


def _document(asked: Asked, answer: CalibrationAnswer) -> dict[str, Any]:
    found = answer.calibration
    return {
        "beneficiaries": _reached(found.rate.reached, found.rate.residual),
        "paid_yuan": _reached(found.cost.reached, found.cost.residual),
        "solved": _solved(found),
        "mix_claimant_rate": finite(found.mix_claimant_rate),
        "iterations": found.iterations,
        "unidentified": list(found.unidentified),
        "splits": [_split(outcome) for outcome in answer.study.outcomes],
        "refused_splits": [
            {"code": split.code, "faults": [fault.code for fault in faults]}
            for split, faults in answer.study.refused
        ],
        "loss_ratio_ranges": {
            code: {
                "low": finite(one.low),
                "high": finite(one.high),
                "low_split": one.low_split,
                "high_split": one.high_split,
            }
            for code, one in _ranges(asked, answer).items()
        },
    }


def _ranges(asked: Asked, answer: CalibrationAnswer) -> dict[str, LossRatioRange]:
    """Ranges by plan code over the splits of the study."""
    outcomes = answer.study.outcomes
    ranges = {}
    for code in asked.inputs.plan_codes if outcomes else ():
        ratios = {one.split.code: one.loss_ratios[code] for one in outcomes}
        least, most = min(ratios, key=lambda s: ratios[s]), max(ratios, key=lambda s: ratios[s])
        ranges[code] = LossRatioRange(
            low=ratios[least], high=ratios[most], low_split=least, high_split=most
        )
    return ranges


def _solved_table(answer: CalibrationAnswer) -> Table:
    keys = ("current", "solved", "least", "most")
    columns = (
        Column(key="name"),
        Column(key="meaning", kind="word"),
        *(Column(key=key, kind="number") for key in keys),
        Column(key="target", kind="word"),
        Column(key="wanted", kind="count"),
        Column(key="reached", kind="count"),
    )
    rows = tuple(
        (
            one.name,
            Word(f"name.{one.name}"),
            one.before,
            one.value,
            one.low,
            one.high,
            Word(f"name.{one.target}"),
            one.wanted,
            one.reached,
        )
        for one in answer.calibration.solved
    )
    return Table(name="calibration", columns=columns, rows=rows)


def _split_name(outcome: SplitOutcome) -> Named | Word:
    split = outcome.split
    return Named(zh=split.name_zh, en=split.name_en) if split.name_zh else Word("word.own_split")


def _splits_table(asked: Asked, answer: CalibrationAnswer) -> Table:
    codes = asked.inputs.plan_codes
    columns = (
        Column(key="split", kind="word"),
        Column(key="mean_premium_yuan", kind="price"),
        *(Column(key=code, kind="percent", plain=True) for code in codes),
        Column(key="loss_ratio", kind="percent"),
    )
    rows = tuple(
        (
            _split_name(one),
            one.mean_premium_yuan,
            *(one.loss_ratios[code] for code in codes),
            one.loss_ratio,
        )
        for one in answer.study.outcomes
    )
    return Table(name="splits", columns=columns, rows=rows)


def _ranges_table(asked: Asked, answer: CalibrationAnswer) -> Table:
    ranges = _ranges(asked, answer)
    rows: list[tuple[Cell, ...]] = [
        (plan.code, named(plan), Span(ranges[plan.code].low, ranges[plan.code].high))
        for plan in asked.inputs.plans
        if plan.code in ranges
    ]
    columns = (
        Column(key="code"),
        Column(key="plan", kind="word"),
        Column(key="loss_ratio_range", kind="range"),
    )
    return Table(name="ranges", columns=columns, rows=tuple(rows))


def _open_table(asked: Asked, answer: CalibrationAnswer) -> Table:
    beliefs = asked.inputs.assumptions.beliefs
    rows = tuple(
        (
            name,
            beliefs[name].value,
            beliefs[name].low,
            beliefs[name].high,
            Word(f"name.{name.split('.')[0]}"),
        )
        for name in answer.calibration.unidentified
        if name in beliefs
    )
    columns = (
        Column(key="name"),
        Column(key="value", kind="number"),
        Column(key="least", kind="number"),
        Column(key="most", kind="number"),
        Column(key="meaning", kind="word"),
    )
    return Table(name="unidentified", columns=columns, rows=rows)


def _tables(asked: Asked, answer: CalibrationAnswer) -> tuple[Table, ...]:
    return (
        _solved_table(answer),
        _splits_table(asked, answer),
        _ranges_table(asked, answer),
        _open_table(asked, answer),
    )


QUESTION = Question(name="calibrate", options=(), verb=_verb, document=_document, tables=_tables)
"""Registered in `workbench.questions`."""
