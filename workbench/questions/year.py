"""The question `year`: one drawn year again, payment by payment.

Floor 8. The year of `run --engine claims` with the same seed and number, drawn alone: its payments
add up to the fen of that run. Days, months and delays are drawn beside it (docs/layers.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.engine.replay import YearPayments, replay_year
from workbench.guard import MAX_YEARS
from workbench.plans import Plan
from workbench.questions.registry import Asked, Mapper, Option, Question
from workbench.questions.run import DEFAULT_SEED, FORM, named
from workbench.questions.table import Cell, Column, Table, Word
from workbench.reserving.unpaid import calendar_of

__all__ = ["QUESTION", "YearAnswer", "caps_kept"]

_OPTIONS = (
    Option(name="year", kind="whole", low=1, high=MAX_YEARS, default=1),
    Option(name="seed", kind="whole", low=0, high=2**63 - 1, default=DEFAULT_SEED),
    FORM,
)
LARGEST = 10
WITH_SEGMENT = ("illness", "injury")


@dataclass(frozen=True, slots=True, kw_only=True)
class YearAnswer:
    """Payments of a drawn year, fen of each claimant by plan (claims, plans), and digests."""

    payments: YearPayments
    by_claim: np.ndarray
    tables_sha256: str
    results_sha256: str


def _verb(asked: Asked, mapper: Mapper) -> YearAnswer:
    from workbench.engine.events import scheme_of
    from workbench.engine.grouping import claims_tables
    from workbench.engine.tables import digest

    own, inputs = asked.own, asked.inputs
    scheme = scheme_of(inputs)
    tables = claims_tables(scheme)
    payments = replay_year(
        scheme,
        tables,
        year=own["year"] - 1,
        seed=own["seed"],
        calendar=calendar_of(inputs),
        form=own["form"],
    )
    columns = (payments.claim, payments.plan, payments.fen, payments.day, payments.paid_month)
    return YearAnswer(
        payments=payments,
        by_claim=payments.by_claim(len(inputs.plans)),
        tables_sha256=digest(tables.arrays),
        results_sha256=digest(list(columns)),
    )


def _cap_fen(plan: Plan) -> int:
    """Most that one claimant can be paid by a plan, fen."""
    if plan.benefit_form in ("critical", "special"):
        yuan = plan.lump_sum_yuan
    elif plan.benefit_form == "accident":
        injury = plan.disability_max_yuan + plan.daily_yuan * plan.max_days_per_year
        yuan = max(plan.death_yuan, injury)
    else:
        yuan = plan.annual_cap_yuan
    return int(np.floor(yuan * 100.0 + 0.5))


def _plan_parts(asked: Asked, answer: YearAnswer) -> list[dict[str, int]]:
    """Return each plan's payments, beneficiaries, fen, largest claimant, cap, how many at it."""
    parts = []
    for place, plan in enumerate(asked.inputs.plans):
        fen, cap = answer.by_claim[:, place], _cap_fen(plan)
        parts.append(
            {
                "payments": int(np.sum(answer.payments.plan == place)),
                "beneficiaries": int(np.sum(fen > 0)),
                "paid_fen": int(fen.sum()),
                "largest_fen": int(fen.max(initial=0)),
                "cap_fen": cap,
                "at_cap": int(np.sum(fen >= cap)),
            }
        )
    return parts


def caps_kept(asked: Asked, answer: YearAnswer) -> bool:
    """Return whether no claimant was paid more than the cap of a plan."""
    return all(part["largest_fen"] <= part["cap_fen"] for part in _plan_parts(asked, answer))


def _by_month(answer: YearAnswer) -> np.ndarray:
    """Fen paid in each month, January first, by plan, int64 (months, plans)."""
    payments, plans = answer.payments, answer.by_claim.shape[1]
    total = np.zeros((int(payments.paid_month.max(initial=0)), plans), dtype=np.int64)
    np.add.at(total, (payments.paid_month - 1, payments.plan), payments.fen)
    return total


def _meaning(meaning: tuple[str, ...]) -> tuple[str, str, str]:
    """Kind of event, segment (empty where it does not matter), plans held that it can pay."""
    kind, *names = meaning
    segment = names.pop(0) if kind in WITH_SEGMENT else ""
    return kind, segment, "+".join(name for name in names if name)


def _largest(answer: YearAnswer) -> list[dict[str, Any]]:
    """Return the claimants who are paid most: largest first, then the earlier."""
    payments, total = answer.payments, answer.by_claim.sum(axis=1)
    first = np.searchsorted(payments.claim, np.arange(payments.claims))
    found = []
    for claim in np.lexsort((np.arange(len(total)), -total))[:LARGEST]:
        mine = payments.claim == claim
        kind, segment, plans = _meaning(payments.groups[payments.group[first[claim]]])
        found.append(
            {
                "claim": int(claim) + 1,
                "event": kind,
                "segment": segment,
                "plans": plans,
                "day": int(payments.day[first[claim]]),
                "stays": len(set(payments.rank[mine].tolist()) - {0}),
                "paid_fen": int(total[claim]),
                "by_plan_fen": [int(fen) for fen in answer.by_claim[claim]],
            }
        )
    return found


def _columns(asked: Asked, answer: YearAnswer) -> dict[str, list[Any]]:
    """Return every payment, column by column."""
    payments, codes = answer.payments, asked.inputs.plan_codes
    meanings = [_meaning(meaning) for meaning in payments.groups]
    terms = {1: True, 0: False, -1: None}
    return {
        "claim": (payments.claim + 1).tolist(),
        "event": [meanings[place][0] for place in payments.group],
        "segment": [meanings[place][1] for place in payments.group],
        "plans": [meanings[place][2] for place in payments.group],
        "first_term": [terms[term] for term in payments.first_term.tolist()],
        "rank": payments.rank.tolist(),
        "day": payments.day.tolist(),
        "date": payments.date.tolist(),
        "month": payments.month.tolist(),
        "plan": [codes[place] for place in payments.plan],
        "paid_fen": payments.fen.tolist(),
        "paid_month": payments.paid_month.tolist(),
    }


def _document(asked: Asked, answer: YearAnswer) -> dict[str, Any]:
    payments, codes = answer.payments, asked.inputs.plan_codes
    parts = _plan_parts(asked, answer)
    return {
        "shock": payments.theta,
        "claims": payments.claims,
        "paid_fen": int(payments.fen.sum()),
        "caps_kept": caps_kept(asked, answer),
        "plans": dict(zip(codes, parts, strict=True)),
        "months": [
            {"paid_month": place + 1, "paid_fen": dict(zip(codes, row.tolist(), strict=True))}
            for place, row in enumerate(_by_month(answer))
        ],
        "largest": [
            {**one, "by_plan_fen": dict(zip(codes, one["by_plan_fen"], strict=True))}
            for one in _largest(answer)
        ],
        "payments": _columns(asked, answer),
    }


_PLANS = (
    Column(key="code"),
    Column(key="plan", kind="word"),
    Column(key="payments", kind="count"),
    Column(key="beneficiaries", kind="count"),
    Column(key="paid_yuan", kind="price"),
    Column(key="largest_yuan", kind="price"),
    Column(key="cap_yuan", kind="price"),
    Column(key="at_cap", kind="count"),
)
_CLAIM = (
    Column(key="claim", kind="count"),
    Column(key="kind_of_event", kind="word"),
    Column(key="segment"),
    Column(key="bundle"),
)
_PAYMENTS = (
    *_CLAIM,
    Column(key="term_status", kind="word"),
    Column(key="rank", kind="count"),
    Column(key="day", kind="count"),
    Column(key="date_number", kind="count"),
    Column(key="month_number", kind="count"),
    Column(key="code"),
    Column(key="paid_yuan", kind="price"),
    Column(key="paid_month", kind="count"),
)


def _brief(asked: Asked, answer: YearAnswer) -> tuple[Table, ...]:
    """Sums by plan, by month of payment, and the largest claimants."""
    plans = asked.inputs.plans
    parts = _plan_parts(asked, answer)
    rows: list[tuple[Cell, ...]] = [
        (plan.code, named(plan), *_plan_cells(part))
        for plan, part in zip(plans, parts, strict=True)
    ]
    sums = {name: sum(part[name] for part in parts) for name in parts[0]}
    largest = int(answer.by_claim.sum(axis=1).max(initial=0))
    ends = ("", Word("word.total"), *_plan_cells({**sums, "largest_fen": largest})[:4], None, None)
    by_plan = tuple(Column(key=plan.code, kind="price", plain=True) for plan in plans)
    amount = (*by_plan, Column(key="paid_yuan", kind="price"))
    months = tuple(
        (place + 1, *(row / 100.0).tolist(), float(row.sum()) / 100.0)
        for place, row in enumerate(_by_month(answer))
    )
    return (
        Table(name="year", columns=_PLANS, rows=(*rows, ends), total=True),
        Table(
            name="year_months",
            columns=(Column(key="paid_month", kind="count"), *amount),
            rows=months,
        ),
        Table(
            name="year_largest",
            columns=(*_CLAIM, Column(key="day", kind="count"), *amount),
            rows=tuple(
                (
                    one["claim"],
                    Word(f"event.{one['event']}"),
                    one["segment"],
                    one["plans"],
                    one["day"],
                    *(fen / 100.0 for fen in one["by_plan_fen"]),
                    one["paid_fen"] / 100.0,
                )
                for one in _largest(answer)
            ),
        ),
    )


def _plan_cells(part: dict[str, int]) -> list[Cell]:
    yuan = [part[name] / 100.0 for name in ("paid_fen", "largest_fen", "cap_fen")]
    return [part["payments"], part["beneficiaries"], *yuan, part["at_cap"]]


_TERMS = {True: Word("word.first_term"), False: Word("word.later_term"), None: None}


def _tables(asked: Asked, answer: YearAnswer) -> tuple[Table, ...]:
    """Return the tables of a screen, and all payments."""
    columns = _columns(asked, answer)
    columns["event"] = [Word(f"event.{kind}") for kind in columns["event"]]
    columns["first_term"] = [_TERMS[term] for term in columns["first_term"]]
    columns["paid_fen"] = [fen / 100.0 for fen in columns["paid_fen"]]
    rows = tuple(zip(*columns.values(), strict=True))
    return (*_brief(asked, answer), Table(name="year_payments", columns=_PAYMENTS, rows=rows))


QUESTION = Question(
    name="year",
    options=_OPTIONS,
    verb=_verb,
    document=_document,
    tables=_tables,
    digests=lambda asked, answer: {
        "tables": answer.tables_sha256,
        "results": answer.results_sha256,
    },
    brief=_brief,
)
"""Registered in `workbench.questions`."""
