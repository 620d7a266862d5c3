"""The tables of the question `design`.

Floor 8.
"""

from __future__ import annotations

from workbench.premium.benefits import BenefitTerm
from workbench.premium.design import Bought, DesignRow
from workbench.premium.equal_cost import EqualPoint
from workbench.questions.design_parts import DesignAnswer, TwoTerms
from workbench.questions.documents import finite
from workbench.questions.ranges import RANGE_COLUMN, span
from workbench.questions.registry import Asked
from workbench.questions.run_tables import named
from workbench.questions.table import Cell, Column, Table, Word

__all__ = ["design_brief", "design_tables"]

IN_FORCE_MARK = "●"
SHOWN_ROWS = 13
"""Rows of a screen; files have them all."""

_VALUE = (
    Column(key="code"),
    Column(key="term", kind="word"),
    Column(key="term_value", kind="number"),
    Column(key="in_force", kind="text"),
)
_COST = (
    *_VALUE,
    Column(key="benefit_cost_yuan", kind="price"),
    Column(key="benefit_change_yuan", kind="price"),
    Column(key="break_even_yuan", kind="price"),
    Column(key="technical_premium_yuan", kind="price"),
    Column(key="kept_premium_yuan", kind="price"),
    Column(key="own_cost_share", kind="percent"),
    Column(key="most_own_cost_share", kind="percent"),
)
_RISK = (
    *_VALUE,
    Column(key="premium_yuan", kind="price"),
    Column(key="loss_ratio", kind="percent"),
    RANGE_COLUMN,
    Column(key="deficit_probability", kind="probability"),
    Column(key="expected_shortfall_yuan", kind="yuan"),
    Column(key="mean_gap_yuan", kind="yuan"),
    Column(key="expected_surplus_yuan", kind="money"),
    Column(key="scheme_surplus_yuan", kind="money"),
)
_PAYS = (
    Column(key="code"),
    Column(key="term", kind="word"),
    Column(key="premium_yuan", kind="price"),
    Column(key="aim", kind="word"),
    Column(key="term_now", kind="number"),
    Column(key="bought_value", kind="number"),
    Column(key="exact_value", kind="number"),
    Column(key="bought_state", kind="word"),
    Column(key="benefit_cost_yuan", kind="price"),
    Column(key="deficit_probability", kind="probability"),
    Column(key="expected_surplus_yuan", kind="money"),
    Column(key="least_yuan", kind="price"),
)
_TAKEN = (
    Column(key="code"),
    Column(key="plan", kind="word"),
    Column(key="term", kind="word"),
    Column(key="otherwise_yuan", kind="price"),
    Column(key="taken_yuan", kind="price"),
    Column(key="elimination_ratio", kind="percent"),
    Column(key="in_order_yuan", kind="price"),
    Column(key="in_order_share", kind="percent"),
)
_EQUAL = (
    Column(key="equal_factor", kind="number"),
    Column(key="equal_first", kind="number"),
    Column(key="equal_second", kind="number"),
    Column(key="equal_offered", kind="number"),
    Column(key="benefit_cost_yuan", kind="price"),
    Column(key="deficit_probability", kind="probability"),
    Column(key="expected_surplus_yuan", kind="money"),
)


def _word(term: BenefitTerm | str) -> Word:
    return Word(f"benefit.{term if isinstance(term, str) else term.column}")


def _value_cells(answer: DesignAnswer, row: DesignRow) -> tuple[Cell, ...]:
    term = answer.terms[0]
    return (term.plan, _word(term), row.value, IN_FORCE_MARK if row.in_force else "")


def _cost_row(answer: DesignAnswer, row: DesignRow) -> tuple[Cell, ...]:
    return (
        *_value_cells(answer, row),
        row.cost_yuan,
        row.change_yuan,
        row.break_even_yuan,
        row.technical_premium_yuan,
        row.kept_premium_yuan,
        row.own_cost_share,
        row.most_own_cost_share,
    )


def _risk_row(answer: DesignAnswer, row: DesignRow) -> tuple[Cell, ...]:
    at = row.at_premium
    return (
        *_value_cells(answer, row),
        at.premium_yuan,
        at.loss_ratio,
        span(answer.ranges, answer.terms[0].plan, answer.factor(row)),
        at.deficit_probability,
        at.expected_shortfall_yuan,
        at.mean_gap_yuan,
        at.expected_surplus_yuan,
        row.scheme_surplus_yuan,
    )


def _pays_row(answer: DesignAnswer, term: BenefitTerm, one: Bought) -> tuple[Cell, ...]:
    row = one.row
    return (
        term.plan,
        _word(term),
        answer.premium_yuan,
        Word(f"aim.{one.aim}"),
        term.current,
        row.value if row else None,
        one.exact_value,
        Word(f"bought.{one.state}"),
        row.cost_yuan if row else None,
        row.at_premium.deficit_probability if row else None,
        row.at_premium.expected_surplus_yuan if row else None,
        one.least_yuan,
    )


def _taken_table(asked: Asked, answer: DesignAnswer) -> Table:
    found, plan = answer.elimination, asked.inputs.plan(answer.terms[0].plan)
    begin = (plan.code, named(plan))
    rows: list[tuple[Cell, ...]] = [
        (*begin, Word("benefit.ground_up"), None, None, None, found.ground_up_yuan, None)
    ]
    for one in found.terms:
        figures = (one.otherwise_yuan, one.alone_yuan, one.alone_share)
        rows.append((*begin, _word(one.term), *figures, one.in_order_yuan, one.in_order_share))
    rows.append((*begin, Word("benefit.paid"), None, None, None, found.paid_yuan, None))
    return Table(name="design_taken", columns=_TAKEN, rows=tuple(rows), total=True)


def _two_tables(answer: DesignAnswer, two: TwoTerms) -> tuple[Table, ...]:
    columns = [
        Column(key=f"{float(value):g}", kind="price", plain=True) for value in two.table.second
    ]
    rows = [
        (float(value), *(finite(float(cost)) for cost in costs))
        for value, costs in zip(two.table.first, two.table.cost_yuan, strict=True)
    ]
    first = Column(key="equal_first", kind="number")
    cost = Table(name="design_cost", columns=(first, *columns), rows=tuple(rows))
    equal = [_equal_row(curve.factor, point) for curve in two.curves for point in curve.points]
    return cost, Table(name="design_equal", columns=_EQUAL, rows=tuple(equal))


def _equal_row(factor: float, point: EqualPoint) -> tuple[Cell, ...]:
    row = point.row
    return (
        factor,
        point.first,
        point.second,
        point.offered,
        row.cost_yuan if row else None,
        row.at_premium.deficit_probability if row else None,
        row.at_premium.expected_surplus_yuan if row else None,
    )


def _shown(rows: tuple[DesignRow, ...]) -> tuple[DesignRow, ...]:
    """Every so many rows, the one in force and the last."""
    stride = -(-len(rows) // SHOWN_ROWS)
    last = len(rows) - 1
    return tuple(
        row
        for place, row in enumerate(rows)
        if place % stride == 0 or place == last or row.in_force
    )


def _of_rows(asked: Asked, answer: DesignAnswer, rows: tuple[DesignRow, ...]) -> tuple[Table, ...]:
    pays = [_pays_row(answer, term, one) for term in answer.terms for one in answer.of(term)]
    return (
        Table(name="design", columns=_COST, rows=tuple(_cost_row(answer, row) for row in rows)),
        Table(
            name="design_risk", columns=_RISK, rows=tuple(_risk_row(answer, row) for row in rows)
        ),
        Table(name="design_pays", columns=_PAYS, rows=tuple(pays)),
        _taken_table(asked, answer),
        *(_two_tables(answer, answer.two) if answer.two else ()),
    )


def design_tables(asked: Asked, answer: DesignAnswer) -> tuple[Table, ...]:
    """Return cost, risk, what the premium pays for, what each term takes, two terms together."""
    return _of_rows(asked, answer, answer.rows)


def design_brief(asked: Asked, answer: DesignAnswer) -> tuple[Table, ...]:
    """Return the same for a screen, with few rows."""
    return _of_rows(asked, answer, _shown(answer.rows))
