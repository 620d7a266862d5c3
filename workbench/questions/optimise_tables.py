"""The tables of the question `optimise`.

Floor 8.
"""

from __future__ import annotations

from workbench.optimise import PLAN_KINDS, Chosen, Limit
from workbench.questions.optimise_parts import OptimiseAnswer, range_factor, term_value
from workbench.questions.ranges import RANGE_COLUMN, span
from workbench.questions.registry import Asked
from workbench.questions.run_tables import named
from workbench.questions.table import Cell, Column, Named, Table, Word

__all__ = ["optimise_brief", "optimise_tables"]

_PLAN = (Column(key="code"), Column(key="plan", kind="word"))
_TIERS = (
    *_PLAN,
    Column(key="in_force_yuan", kind="price"),
    Column(key="premium_yuan", kind="price"),
    Column(key="change_yuan", kind="price"),
    Column(key="returned_per_hundred", kind="hundred"),
    RANGE_COLUMN,
    Column(key="deficit_probability", kind="probability"),
    Column(key="expected_shortfall_yuan", kind="yuan"),
    Column(key="mean_gap_yuan", kind="yuan"),
    Column(key="expected_surplus_yuan", kind="money"),
)
_TERM = Column(key="benefit_value", kind="number")
_SCHEME = (
    Column(key="which_tiers", kind="word"),
    Column(key="contribution_yuan", kind="money"),
    Column(key="bundle_yuan", kind="price"),
    Column(key="returned_per_hundred", kind="hundred"),
    RANGE_COLUMN,
    Column(key="deficit_probability", kind="probability"),
    Column(key="expected_shortfall_yuan", kind="yuan"),
    Column(key="expected_surplus_yuan", kind="money"),
)
_LIMIT = (
    Column(key="limit_kind", kind="word"),
    *_PLAN,
    Column(key="rule_limit", kind="number"),
)
_GAINS = (
    *_LIMIT,
    Column(key="moved_limit", kind="number"),
    Column(key="gain", kind="number"),
    Column(key="saved_yuan", kind="money"),
    Column(key="saved_bundle_yuan", kind="price"),
)
_CONFLICTS = (
    Column(key="conflict", kind="count"),
    *_LIMIT,
    Column(key="moved_alone", kind="number"),
)
_NEAREST = (*_LIMIT, Column(key="moved_limit", kind="number"))


def _place(asked: Asked, plan: str) -> tuple[Cell, Named | Word]:
    """Code and name of a limit's plan; all plans where it has none."""
    return (plan, named(asked.inputs.plan(plan)) if plan else Word("word.total"))


def _kind(kind: str) -> Word:
    return Word(f"limit.{kind}")


def _limit(asked: Asked, limit: Limit) -> tuple[Cell, ...]:
    return (_kind(limit.kind), *_place(asked, limit.plan), limit.value)


def _tier_table(asked: Asked, answer: OptimiseAnswer, chosen: Chosen, name: str) -> Table:
    terms = (_TERM,) if answer.benefits else ()
    rows: list[tuple[Cell, ...]] = []
    for plan in asked.inputs.plans:
        row = chosen.alone[plan.code]
        rows.append(
            (
                plan.code,
                named(plan),
                plan.premium_yuan,
                row.premium_yuan,
                row.premium_yuan - plan.premium_yuan,
                row.loss_ratio.scaled(100.0),
                span(answer.ranges, plan.code, range_factor(answer, chosen, plan.code)),
                row.deficit_probability,
                row.expected_shortfall_yuan,
                row.mean_gap_yuan,
                row.expected_surplus_yuan,
                *((term_value(answer, chosen, plan.code),) if terms else ()),
            )
        )
    return Table(name=name, columns=(*_TIERS, *terms), rows=tuple(rows))


def _scheme_table(answer: OptimiseAnswer) -> Table:
    rows: list[tuple[Cell, ...]] = []
    named_ = (("today", answer.today), ("best", answer.best), ("nearest", answer.nearest))
    for name, chosen in named_:
        if chosen is not None:
            scheme = chosen.scheme
            rows.append(
                (
                    Word(f"word.tiers_{name}"),
                    scheme.contribution_yuan,
                    chosen.bundle_yuan,
                    scheme.loss_ratio.scaled(100.0),
                    span(answer.ranges, "", range_factor(answer, chosen, "")),
                    scheme.deficit_probability,
                    scheme.expected_shortfall_yuan,
                    scheme.expected_surplus_yuan,
                )
            )
    return Table(name="optimise_scheme", columns=_SCHEME, rows=tuple(rows))


def _gain_table(asked: Asked, answer: OptimiseAnswer) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for one in answer.found.gains:
        name = _place(asked, one.plan)
        if one.kind in PLAN_KINDS and not one.plan:
            name = ("", Word("word.every_plan"))
        rows.append(
            (
                _kind(one.kind),
                *name,
                one.value,
                one.moved,
                one.gain,
                one.contribution_yuan,
                one.bundle_yuan,
            )
        )
    return Table(name="gains", columns=_GAINS, rows=tuple(rows))


def _frontier_table(asked: Asked, answer: OptimiseAnswer) -> Table:
    codes = asked.inputs.plan_codes
    columns = (
        Column(key="frontier_of", kind="word"),
        Column(key="frontier_level", kind="probability"),
        Column(key="contribution_yuan", kind="money"),
        Column(key="bundle_yuan", kind="price"),
        Column(key="scheme_deficit", kind="probability"),
        Column(key="plan_deficit", kind="probability"),
        *(Column(key=code, kind="price", plain=True) for code in codes),
    )
    rows: list[tuple[Cell, ...]] = []
    for one in answer.found.frontier:
        found, head = one.solution, (Word(f"word.frontier_{one.of}"), one.level)
        if found is None:
            rows.append((*head, *([None] * (4 + len(codes)))))
            continue
        rows.append(
            (
                *head,
                found.contribution_yuan,
                found.bundle_yuan,
                found.scheme_deficit,
                max(found.deficits.values()),
                *(found.premiums[code] for code in codes),
            )
        )
    return Table(name="frontier", columns=columns, rows=tuple(rows))


def _conflict_tables(asked: Asked, answer: OptimiseAnswer) -> tuple[Table, ...]:
    """Return the limits that conflict, the nearest set, and the tiers under it."""
    if answer.best is not None:
        return ()
    rows: list[tuple[Cell, ...]] = []
    for number, conflict in enumerate(answer.found.conflicts, start=1):
        for one, moved in zip(conflict.limits, conflict.alone, strict=True):
            rows.append((number, *_limit(asked, one), None if moved is None else moved.value))
    told = [Table(name="conflicts", columns=_CONFLICTS, rows=tuple(rows))]
    way = answer.found.nearest
    if way is not None and answer.nearest is not None:
        moved_rows = tuple((*_limit(asked, one), other.value) for one, other in way.moved)
        told.append(Table(name="nearest_limits", columns=_NEAREST, rows=moved_rows))
        told.append(_tier_table(asked, answer, answer.nearest, "nearest_tiers"))
    return tuple(told)


def optimise_brief(asked: Asked, answer: OptimiseAnswer) -> tuple[Table, ...]:
    """Return the best tiers and what moving a limit brings, or the conflict."""
    if answer.best is None:
        return (*_conflict_tables(asked, answer), _scheme_table(answer))
    return (
        _tier_table(asked, answer, answer.best, "optimise"),
        _scheme_table(answer),
        _gain_table(asked, answer),
    )


def optimise_tables(asked: Asked, answer: OptimiseAnswer) -> tuple[Table, ...]:
    """Return what a screen has, and the frontier."""
    frontier = (_frontier_table(asked, answer),) if answer.found.frontier else ()
    return (*optimise_brief(asked, answer), *frontier)
