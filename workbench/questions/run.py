"""The question `run`: what the members' year costs, plan by plan and in all.

Floor 8. Exact by default, or drawn: in totals of the plans, or claim by claim.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.engine.results import RunResult
from workbench.guard import MAX_YEARS, Fault, refuse, whole_number
from workbench.inputs import Inputs
from workbench.questions.basis import BASIS_OPTIONS, basis_of, basis_rule
from workbench.questions.ranges import ranges_of
from workbench.questions.registry import Asked, Mapper, Option, Own, Question
from workbench.questions.run_tables import mean_gap, named, run_document, run_tables

if TYPE_CHECKING:
    from workbench.engine.claims import Drawn
    from workbench.engine.convergence import Convergence
    from workbench.engine.grouping import ClaimsTables
    from workbench.engine.stages import YearLaws
    from workbench.engine.totals import TotalsTables
    from workbench.engine.variance import Reader

__all__ = [
    "FORM",
    "QUESTION",
    "RunAnswer",
    "mean_gap",
    "named",
    "run_from",
    "tables_of",
    "tables_sha256",
]

DEFAULT_YEARS, DEFAULT_SEED = 10_000, 1
MOST_YEARS = {"totals": 1_000_000, "claims": 100_000}
"""Most years of a run that stops at a tolerance, where --years does not say."""
SOBOL_YEARS, SOBOL_MOST, SOBOL_LEAST = 1 << 14, 1 << 20, 1 << 10
"""Quasi-random points are even at powers of two; the least leaves 64 to a randomisation."""
FORM = Option(name="form", allowed=("collective", "individual"), default="collective")

_OPTIONS = (
    Option(name="engine", allowed=("exact", "totals", "claims"), default="exact"),
    FORM,
    *BASIS_OPTIONS,
    Option(name="years", kind="whole", low=2, high=MAX_YEARS),
    Option(name="seed", kind="whole", low=0, high=2**63 - 1),
    Option(name="tolerance", kind="number", low=1e-6, high=0.5),
    Option(name="points", allowed=("random", "sobol")),
    Option(name="control", allowed=("none", "exact")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunAnswer:
    """The result of a run; digests of sealed tables and drawn fen are empty for an exact one.

    `ranges` (low, high) of the loss ratio by plan code, "" for the scheme. `tables` are the sealed
    tables of a drawn run; `drawn` its integers, int64 (years, n) or (years,): fen by plan, and
    claim by claim also beneficiaries by plan and persons paid. `convergence` is None for a
    computed run; `laws` are those of a computed run, on its basis, and where that is not process
    risk alone `process` is the run with that.
    """

    result: RunResult
    ranges: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    tables_sha256: str = ""
    results_sha256: str = ""
    tables: ClaimsTables | TotalsTables | None = None
    drawn: tuple[np.ndarray, ...] = ()
    convergence: Convergence | None = None
    laws: YearLaws | None = None
    process: RunResult | None = None


def _rule(own: dict[str, Any], given: Own) -> None:
    """Refuse what only a drawn run takes beside the exact engine; give the drawn one defaults."""
    basis_rule(own, given)
    if own["basis"] != "process" and own["engine"] != "exact":
        raise refuse("basis-needs-exact", name="--basis", value=own["basis"])
    if own["engine"] == "exact":
        for name in ("years", "seed", "tolerance", "points", "control"):
            if name in given:
                raise refuse("exact-takes-no-years", name=f"--{name}", value=given[name])
        return
    own["points"], own["control"] = own["points"] or "random", own["control"] or "none"
    own["seed"] = DEFAULT_SEED if own["seed"] is None else own["seed"]
    sobol = own["points"] == "sobol"
    if sobol and own["engine"] != "totals":
        raise refuse("points-need-totals", name="--points", value="sobol")
    if sobol and own["control"] != "none":
        raise refuse("control-with-sobol", name="--control", value=own["control"])
    if own["years"] is None:
        own["years"] = _most(own) if own["tolerance"] is not None else _usual(sobol)
    if sobol:
        whole_number("--years", own["years"], SOBOL_LEAST, MAX_YEARS)


def _most(own: dict[str, Any]) -> int:
    return SOBOL_MOST if own["points"] == "sobol" else MOST_YEARS[own["engine"]]


def _usual(sobol: bool) -> int:
    return SOBOL_YEARS if sobol else DEFAULT_YEARS


def _verb(asked: Asked, mapper: Mapper) -> RunAnswer:
    if asked.own["engine"] == "exact":
        from workbench.basis import laws_on
        from workbench.exact import exact_run

        form, expenses = asked.own["form"], asked.choices.expenses
        laws = laws_on(asked.inputs, basis_of(asked), form=form, mapper=mapper)
        result = exact_run(asked.inputs, form=form, expenses=expenses, laws=laws)
        beside = None
        if laws.draws is not None:
            beside = exact_run(asked.inputs, form=form, expenses=expenses)
        return RunAnswer(result=result, ranges=ranges_of(asked), laws=laws, process=beside)
    return run_from(tables_of(asked), asked, mapper)


def tables_of(asked: Asked) -> ClaimsTables | TotalsTables:
    """Return the sealed tables of a drawn run."""
    from workbench.engine.events import scheme_of
    from workbench.engine.grouping import claims_tables
    from workbench.engine.totals_tables import totals_tables

    if asked.own["engine"] == "totals":
        return totals_tables(asked.inputs, asked.own["form"])
    return claims_tables(scheme_of(asked.inputs))


def run_from(tables: ClaimsTables | TotalsTables, asked: Asked, mapper: Mapper = map) -> RunAnswer:
    """Return a drawn run from these sealed tables: those of `tables_of`, or of a run record."""
    from workbench.engine.convergence import convergence_of
    from workbench.engine.tables import digest
    from workbench.engine.variance import readers_of
    from workbench.simulate import simulate_run, totals_run

    own, expenses = asked.own, asked.choices.expenses
    control = {"points": own["points"], "control": own["control"]}
    readers = readers_of(asked.inputs, own["form"], **control)
    drawn = _drawn(tables, asked, mapper, readers[-1])
    if len(drawn) == 1:
        result = totals_run(asked.inputs, drawn[0], expenses=expenses, readers=readers)
    else:
        years = _years_of(drawn)
        result = simulate_run(asked.inputs, years, expenses=expenses, readers=readers)
    return RunAnswer(
        result=result,
        ranges=ranges_of(asked),
        tables_sha256=digest(tables.arrays),
        results_sha256=digest(list(drawn)),
        tables=tables,
        drawn=drawn,
        convergence=convergence_of(
            drawn[0].sum(axis=1), readers[-1], most=own["years"], tolerance=own["tolerance"]
        ),
    )


def _years_of(drawn: tuple[np.ndarray, ...]) -> Drawn:
    from workbench.engine.claims import Drawn

    paid, beneficiaries, persons = drawn
    return Drawn(paid_fen=paid, beneficiaries=beneficiaries, persons_paid=persons)


def _drawn(
    tables: ClaimsTables | TotalsTables, asked: Asked, mapper: Mapper, total: Reader
) -> tuple[np.ndarray, ...]:
    """Return the integers drawn: all years at once, or until the total's error is met."""
    from workbench.engine.convergence import checkpoints, draw_until, met, relative_error

    own, tolerance = asked.own, asked.own["tolerance"]
    marks = [own["years"]]
    if tolerance is not None:
        marks = list(checkpoints(own["years"], doubling=own["points"] == "sobol"))
    parts = draw_until(
        lambda years: _part(tables, asked, mapper, years),
        lambda part: part[0].sum(axis=1),
        marks=marks,
        enough=lambda fen: tolerance is not None and met(relative_error(fen, total), tolerance),
    )
    return tuple(np.concatenate(columns) for columns in zip(*parts, strict=True))


def _part(
    tables: ClaimsTables | TotalsTables, asked: Asked, mapper: Mapper, years: range
) -> tuple[np.ndarray, ...]:
    """Return the integers of some years, the first of a logical block."""
    from workbench.engine.totals import TotalsTables
    from workbench.simulate import simulate_totals, simulate_years

    own = asked.own
    given: dict[str, Any] = {"years": years.stop, "first": years.start, "mapper": mapper}
    given |= {"seed": own["seed"], "form": own["form"]}
    if isinstance(tables, TotalsTables):
        points = own["points"]
        return (simulate_totals(asked.inputs, **given, tables=tables, points=points),)
    drawn = simulate_years(asked.inputs, **given, tables=tables)
    return drawn.paid_fen, drawn.beneficiaries, drawn.persons_paid


def _warn(asked: Asked, answer: RunAnswer) -> tuple[Fault, ...]:
    """Tell a tolerance that the most years did not reach, and the years it would take."""
    found = answer.convergence
    if found is None or found.reached is not False or found.tolerance is None:
        return ()
    told = {
        "value": found.years,
        "name": found.tolerance,
        "number": _two_digits(found.needed[found.tolerance].value),
        "high": MAX_YEARS,
    }
    return (Fault("tolerance-not-reached", told),)


def _two_digits(years: float) -> int:
    """Return a number of years rounded up to two digits: it is not known better."""
    unit = 10 ** max(0, len(str(int(years))) - 2)
    return -(-int(years) // unit) * unit


def tables_sha256(inputs: Inputs) -> str:
    """Return the SHA-256 (hex) of the sealed tables that a run of `inputs` claim by claim uses."""
    from workbench.engine.events import scheme_of
    from workbench.engine.grouping import claims_tables
    from workbench.engine.tables import digest

    return digest(claims_tables(scheme_of(inputs)).arrays)


def _digests(asked: Asked, answer: RunAnswer) -> dict[str, str]:
    if not answer.tables_sha256:
        return {}
    return {"tables": answer.tables_sha256, "results": answer.results_sha256}


QUESTION = Question(
    name="run",
    options=_OPTIONS,
    verb=_verb,
    document=run_document,
    tables=run_tables,
    digests=_digests,
    rule=_rule,
    warn=_warn,
)
"""Registered in `workbench.questions`."""
