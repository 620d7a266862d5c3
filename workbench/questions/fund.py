"""The question `fund`: does the members' fund last, what is in its books, what restores it.

Floor 8. Document: `fund_document`; tables: `fund_tables`. Source: docs/fund.md.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from workbench.changes import Changes, apply, scenario
from workbench.fund import (
    FIRST_YEAR,
    LONGEST,
    MOST_PATHS,
    FundChoices,
    FundResult,
    Memory,
    Variant,
    fund_of,
)
from workbench.guard import Fault, refuse
from workbench.inputs import Inputs
from workbench.premium.reinsurance import CEDING, CEDING_LOADINGS, Ceding
from workbench.questions.basis import BASIS_OPTIONS, basis_of, basis_rule
from workbench.questions.fund_document import fund_document
from workbench.questions.fund_tables import fund_brief, fund_tables
from workbench.questions.pairs import pair_of
from workbench.questions.registry import Asked, Mapper, Option, Own, Question

__all__ = ["QUESTION", "FundAnswer", "ScenarioFund", "fund_answer"]

DEFAULT_PATHS, FEWEST_PATHS = 20_000, 64
DEFAULT_DRAWS, DEFAULT_SEED = 64, 1
USUAL_LOADING = 0.25
SWITCH = ("off", "on")
EVEN = 3
"""Place of the median among the levels of the fan."""

_OPTIONS = (
    Option(name="years", kind="whole", low=1, high=LONGEST, default=LONGEST),
    Option(name="first-year", kind="whole", low=2000, high=2100, default=FIRST_YEAR),
    Option(name="paths", kind="whole", low=FEWEST_PATHS, high=MOST_PATHS, default=DEFAULT_PATHS),
    Option(name="seed", kind="whole", low=0, high=2**63 - 1, default=DEFAULT_SEED),
    Option(name="possibility", kind="number", low=0.001, high=0.5, default=0.05),
    Option(name="reinsurance", kind="text"),
    Option(
        name="reinsurance-loading", kind="number", low=CEDING_LOADINGS[0], high=CEDING_LOADINGS[1]
    ),
    Option(name="programme", kind="text", repeat=True, default=()),
    Option(name="actions", allowed=SWITCH, default="off"),
    Option(name="reaction", allowed=SWITCH, default="on"),
    Option(name="path", kind="whole", low=0, high=MOST_PATHS - 1, default=0),
    Option(name="compare", allowed=("none", "scenarios"), default="none"),
    *BASIS_OPTIONS,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioFund:
    """A named scenario through the fund: its figures with what else was chosen, without rules."""

    code: str
    name_zh: str
    name_en: str
    variant: Variant


@dataclass(frozen=True, slots=True, kw_only=True)
class FundAnswer:
    """The fund over years, and named scenarios beside it where asked."""

    result: FundResult
    scenarios: tuple[ScenarioFund, ...] = ()


def _ceding(own: Own) -> Ceding | None:
    if own["reinsurance"] is None:
        return None
    kind, size = pair_of("--reinsurance", own["reinsurance"], tuple(CEDING))
    return Ceding(kind=kind, size=size, loading=own["reinsurance-loading"])


def _rule(own: dict[str, Any], given: Own) -> None:
    """Draws have a default of their own here; loadings, reactions and paths need their partners."""
    if own["basis"] != "process" and own["draws"] is None:
        own["draws"] = DEFAULT_DRAWS
    basis_rule(own, given)
    if own["reinsurance"] is None and "reinsurance-loading" in given:
        raise refuse("option-needs-another", name="--reinsurance-loading", value="--reinsurance")
    if own["reinsurance"] is not None and own["reinsurance-loading"] is None:
        own["reinsurance-loading"] = USUAL_LOADING
    if own["reaction"] == "off" and own["actions"] == "off":
        raise refuse("option-needs-another", name="--reaction", value="--actions on")
    if own["path"] >= own["paths"]:
        told = {"low": 0, "high": own["paths"] - 1}
        raise refuse("value-out-of-range", name="--path", value=own["path"], **told)
    if own["basis"] != "process" and own["paths"] < FEWEST_PATHS * own["draws"]:
        # A draw has whole blocks of paths: with fewer, the last draws would have none.
        told = {"low": FEWEST_PATHS * own["draws"], "high": MOST_PATHS}
        raise refuse("value-out-of-range", name="--paths", value=own["paths"], **told)
    _ceding(own)


def _choices(asked: Asked) -> FundChoices:
    own = asked.own
    return FundChoices(
        years=own["years"],
        first_year=own["first-year"],
        paths=own["paths"],
        seed=own["seed"],
        basis=basis_of(asked),
        expenses=asked.choices.expenses,
        ceding=_ceding(own),
        programmes=tuple(own["programme"] or ()),
        actions=own["actions"] == "on",
        react=own["reaction"] == "on",
        possibility=own["possibility"],
        path=own["path"],
    )


Moved = tuple[Inputs, int, int, float] | None


def _years_of(
    pack: Inputs, code: str | None, changes: Changes, whole: Inputs
) -> tuple[Inputs, Moved]:
    """Return the scheme of usual years, and that of a scenario's years where it has such.

    `whole` is the scheme with the scenario; a scenario without years holds over the horizon.
    """
    own = next((one for one in pack.scenario_years if one.scenario == code), None)
    if own is None:
        return whole, None
    moved = (whole, own.first_year, own.last_year, own.rebound_factor)
    return apply(pack, changes), moved


def fund_answer(asked: Asked, mapper: Mapper, memory: Memory | None = None) -> FundAnswer:
    """Return the answer; `memory` is what is kept of the same with other money (`Memory`)."""
    choices, pack, changes = _choices(asked), asked.pack, asked.choices.changes
    usual, moved = _years_of(pack, asked.choices.scenario, changes, asked.inputs)
    result = fund_of(usual, choices, moved=moved, mapper=mapper, memory=memory)
    if asked.own["compare"] == "none":
        return FundAnswer(result=result)
    bare = replace(choices, actions=False)
    found = []
    for one in pack.scenarios:
        whole = apply(pack, scenario(pack, one.code).merge(changes))
        usual, moved = _years_of(pack, one.code, changes, whole)
        main = fund_of(usual, bare, moved=moved, mapper=mapper).main
        told = {"code": one.code, "name_zh": one.name_zh, "name_en": one.name_en}
        found.append(ScenarioFund(**told, variant=main))
    return FundAnswer(result=result, scenarios=tuple(found))


def _warn(asked: Asked, answer: FundAnswer) -> tuple[Fault, ...]:
    """Tell that the fund is used up on half of the paths and the rest only illustrates."""
    median = answer.result.last.figures.fan[11::12, EVEN]
    below = np.flatnonzero(median < 0.0)
    if not len(below):
        return ()
    return (Fault("fund-open-liabilities", {"value": int(below[0]) + 1}),)


QUESTION = Question(
    name="fund",
    options=_OPTIONS,
    verb=fund_answer,
    document=fund_document,
    tables=fund_tables,
    brief=fund_brief,
    rule=_rule,
    warn=_warn,
)
"""Registered in `workbench.questions`."""
