"""A pack as tables: plans and their terms, members, assumptions with their state and source.

Floor 9. The files themselves are in `data/`; these tables show a pack as it was read.
"""

from __future__ import annotations

from workbench.assumptions import Belief
from workbench.inputs import Inputs
from workbench.questions import Column, Table, Word
from workbench.questions.run import named
from workbench.questions.table import Cell
from workbench.schema import FORM_TERMS, PLAN_NUMBERS
from workbench.timeline import AGE_BANDS, FEMALE, MALE

__all__ = ["age_table", "assumption_table", "bundle_table", "plan_table", "term_table"]

_COUNTS = (
    Column(key="members", kind="count"),
    Column(key="women", kind="count"),
    Column(key="men", kind="count"),
)


def plan_table(pack: Inputs) -> Table:
    """Return the plans: premium, enrolments, ages, and where the terms come from."""
    columns = (
        Column(key="code"),
        Column(key="plan", kind="word"),
        Column(key="premium_yuan", kind="price"),
        Column(key="enrolments", kind="count"),
        Column(key="eligible", kind="word"),
        Column(key="ages"),
        Column(key="source"),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            plan.code,
            named(plan),
            plan.premium_yuan,
            sum(row.members for row in pack.rows if plan.code in row.plans),
            Word(f"notebook.eligible_{plan.eligible_sex.lower()}"),
            f"{plan.age_min}–{plan.age_max}",
            plan.provenance,
        )
        for plan in pack.plans
    ]
    return Table(name="notebook_plans", columns=columns, rows=tuple(rows))


def term_table(pack: Inputs) -> Table:
    """Return the terms by plan; a term that a plan's form does not use is missing."""
    used = {term for plan in pack.plans for term in FORM_TERMS[plan.benefit_form]}
    waiting = ("waiting_none_until_day", "waiting_partial_until_day")
    names = [name for name in PLAN_NUMBERS if name in used or name in waiting]
    rows: list[tuple[Cell, ...]] = [
        (Word(f"column.plans.{name}"), *(getattr(plan, name) for plan in pack.plans))
        for name in names
    ]
    columns = (
        Column(key="term", kind="word"),
        *(Column(key=plan.code, kind="number", plain=True) for plan in pack.plans),
    )
    return Table(name="notebook_terms", columns=columns, rows=tuple(rows))


def bundle_table(pack: Inputs) -> Table:
    """Return how many women and men hold each set of plans; the last row is the sum."""
    rows: list[tuple[Cell, ...]] = [
        ("+".join(row.plans), row.members, row.women, row.men) for row in pack.rows
    ]
    women, men = (sum(getattr(row, sex) for row in pack.rows) for sex in ("women", "men"))
    rows.append((Word("word.total"), women + men, women, men))
    columns = (Column(key="bundle", kind="word"), *_COUNTS)
    return Table(name="notebook_bundles", columns=columns, rows=tuple(rows), total=True)


def age_table(pack: Inputs) -> Table:
    """Return the shares of members by age band and sex; all cells add to 1."""
    shares = pack.mix / pack.mix.sum()
    rows: list[tuple[Cell, ...]] = [
        (ages, float(shares[:, band].sum()), float(shares[FEMALE, band]), float(shares[MALE, band]))
        for band, ages in enumerate(AGE_BANDS)
    ]
    rows.append((Word("word.total"), 1.0, float(shares[FEMALE].sum()), float(shares[MALE].sum())))
    columns = (
        Column(key="ages", kind="word"),
        Column(key="share", kind="percent"),
        Column(key="share_women", kind="percent"),
        Column(key="share_men", kind="percent"),
    )
    return Table(name="notebook_ages", columns=columns, rows=tuple(rows), total=True)


def assumption_table(pack: Inputs, *files: str) -> Table:
    """Return the assumptions with value, range, state and source.

    `files` keeps those of some files of the pack, such as "economics.csv"; by default all.
    """
    beliefs = [one for one in pack.assumptions.beliefs.values() if not files or one.file in files]
    columns = (
        Column(key="name"),
        Column(key="meaning", kind="word"),
        Column(key="value", kind="number"),
        Column(key="least", kind="number"),
        Column(key="most", kind="number"),
        Column(key="state", kind="word"),
        Column(key="source"),
    )
    rows = tuple(_belief_row(one) for one in beliefs)
    return Table(name="notebook_assumptions", columns=columns, rows=rows)


def _belief_row(one: Belief) -> tuple[Cell, ...]:
    meaning = Word(f"name.{one.name.split('.')[0]}")
    state = Word(f"notebook.state_{one.state}")
    return (one.name, meaning, one.value, one.low, one.high, state, one.provenance)
