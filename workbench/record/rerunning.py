"""A kept run made again: drawn from its own tables, compared, the tables made anew and compared.

Floor 8.1. Drawn integers must agree bit for bit on any machine; computed figures within the
agreement that the record states.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from workbench.engine.grouping import ClaimsTables
from workbench.guard import InputRefused, refuse
from workbench.inputs import fingerprint
from workbench.questions import QUESTIONS, Answer, document
from workbench.questions.asking import answered, asked_of
from workbench.questions.registry import Asked, Mapper
from workbench.questions.run import run_from, tables_of
from workbench.record.causes import causes_of, here_part, other_program
from workbench.record.differing import Difference, figure_differences, table_differences
from workbench.record.keeping import AGREEMENT, Record
from workbench.record.parts import Parts, column_names, parts_of, unlike_parts

__all__ = ["Check", "Outcome", "rerun", "result_differences", "stated_agreement"]

_NO_FIGURE = ("schema", "warnings", "record")
"""Parts of a document that are no figures: words, versions, digests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing compared: its part, how ("bits" or "figures"), how much, how many differ."""

    part: str
    how: str
    compared: int
    different: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a rerun, or a comparison of two records, found.

    `identical`: results, figures and inputs agree, and nothing says that the recorded tables are
    not those of the recorded inputs. Where another version of the program made the record, it may
    have made its tables in another way; that is told and is no difference of the run.
    `recorded` and `now` tell run id, choices, program and machine of both sides; `causes` are
    likely causes of the differences, the likeliest first; `counts` is "numpy" where the numbers
    drawn come from NumPy's binomial, "sealed" where from a table; `years` is the number drawn
    again, None where nothing was.
    """

    compared_with: str
    identical: bool
    checks: tuple[Check, ...]
    differences: tuple[Difference, ...]
    causes: tuple[str, ...]
    recorded: Mapping[str, Any]
    now: Mapping[str, Any]
    counts: str | None = None
    years: int | None = None


def rerun(record: Record, *, mapper: Mapper = map) -> Outcome:
    """Return how the recorded run agrees with the same run made now.

    Parameters
    ----------
    record
        What `open_record` or `read_record` gave; nothing else is needed, no data folder either.
    mapper
        Where parts of the work run; never changes a figure.

    Raises
    ------
    InputRefused
        `record-content` with the reason, where this program cannot make the recorded run.
    """
    asked = _asked(record)
    answer = _again(record, asked, mapper)
    found, checks = _compare(record, answer)
    now = here_part(answer.record["versions"])
    told = {"run_id": answer.record["run_id"], "choices": document(answer)["choices"], **now}
    recorded = recorded_part(record)
    return Outcome(
        compared_with="rerun",
        identical=not any(_counts_against(one, recorded, told) for one in found),
        checks=tuple(checks),
        differences=tuple(found),
        causes=causes_of(found, recorded, told, counts=_counts(record)),
        recorded=recorded,
        now=told,
        counts=_counts(record),
        years=None if record.tables is None else len(answer.result.drawn[0]),
    )


def _counts_against(one: Difference, recorded: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    """Whether a difference makes the runs differ."""
    if one.part == "tables" and other_program(recorded, now):
        return False
    return not one.near


def _asked(record: Record) -> Asked:
    """Return the recorded question as its verb sees it."""
    try:
        return asked_of(record.question, record.choices, pack=record.pack)
    except InputRefused as error:
        told = refuse("record-content", file=record.file, value="choices")
        raise InputRefused([*told.faults, *error.faults]) from None


def _again(record: Record, asked: Asked, mapper: Mapper) -> Answer:
    """Make the run again, from the recorded tables where there are any."""
    question = QUESTIONS[record.question]
    drawn = asked.own.get("engine", "exact") != "exact"
    if drawn != (record.tables is not None):
        raise refuse("record-content", file=record.file, value="tables.json")
    if record.tables is None:
        return answered(asked, record.question, question.verb(asked, mapper))
    wanted = asked.own["engine"] == "claims"
    if isinstance(record.tables, ClaimsTables) != wanted:
        raise refuse("record-content", file=record.file, value="tables.json")
    try:
        result = run_from(record.tables, asked, mapper)
    except (IndexError, KeyError, ValueError) as error:
        raise refuse("record-content", file=record.file, value=str(error)[:60]) from error
    return answered(asked, record.question, result)


def _compare(record: Record, answer: Answer) -> tuple[list[Difference], list[Check]]:
    """Differences of results, figures, inputs and tables, the weightiest first."""
    found: list[Difference] = []
    checks = []
    if record.parts is not None:
        parts = parts_of(answer.result.drawn)
        names = column_names(record.pack.plan_codes, parts.sums.shape[1])
        try:
            found += result_differences(record.parts, parts, names)
        except ValueError:
            raise refuse("record-content", file=record.file, value="results") from None
        integers = sum(array.size for array in answer.result.drawn)
        checks.append(Check(part="results", how="bits", compared=integers, different=len(found)))
    recorded = figures_part(record.document)
    now = _as_then(figures_part(document(answer)), recorded, same_code=_same_code(record))
    figures, compared = figure_differences(recorded, now, stated_agreement(record))
    found += figures
    checks.append(Check(part="figures", how="near", compared=compared, different=len(figures)))
    inputs = _inputs(record, answer)
    found += inputs
    checks.append(Check(part="inputs", how="bits", compared=1, different=len(inputs)))
    if record.tables is not None:
        tables = table_differences(record.tables, tables_of(answer.asked))
        entries = sum({id(array): array.size for array in record.tables.arrays}.values())
        number = sum(one.number for one in tables)
        checks.append(Check(part="tables", how="bits", compared=entries, different=number))
        found += sorted(tables, key=lambda one: one.near)
    return found, checks


def _same_code(record: Record) -> bool:
    return bool(record.manifest["program"].get("code_sha256") == here_part({})["code_sha256"])


def _as_then(
    now: dict[str, Any], recorded: Mapping[str, Any], *, same_code: bool
) -> dict[str, Any]:
    """Leave out parts and choices that another program's document did not have yet."""
    if same_code:
        return now
    known = {name: part for name, part in now.items() if name in recorded}
    choices = recorded.get("choices", {})
    if "choices" in known:
        known["choices"] = {name: one for name, one in now["choices"].items() if name in choices}
    return known


def _inputs(record: Record, answer: Answer) -> list[Difference]:
    """Tell a pack that is not the one the run was made of; another program counts other fields."""
    recorded = record.document.get("record", {}).get("inputs_sha256")
    now = fingerprint(answer.asked.pack)
    if recorded == now or not _same_code(record):
        return []
    return [Difference(part="inputs", name="inputs_sha256", recorded=recorded, now=now)]


def figures_part(told: Mapping[str, Any]) -> dict[str, Any]:
    """Return of a document what can be compared: choices and figures."""
    return {name: one for name, one in told.items() if name not in _NO_FIGURE}


def stated_agreement(record: Record) -> Mapping[str, float]:
    """Return how near the record says its figures are; never wider than this program's own."""
    told = record.manifest.get("agreement", {}).get("figures", {})
    given = {name: told.get(name, widest) for name, widest in AGREEMENT.items()}
    return {name: min(float(given[name]), widest) for name, widest in AGREEMENT.items()}


def result_differences(recorded: Parts, now: Parts, names: Iterable[str]) -> list[Difference]:
    """Return the first years of each column of results that differ, with their sums."""
    columns = list(names)
    found: dict[int, list[int]] = {}
    for part, column in unlike_parts(recorded, now):
        found.setdefault(column, []).append(part)
    return [
        Difference(
            part="results",
            name=columns[column],
            row=parts[0] * recorded.years,
            recorded=int(recorded.sums[parts[0], column]),
            now=int(now.sums[parts[0], column]),
            number=len(parts),
        )
        for column, parts in sorted(found.items(), key=lambda entry: (entry[1][0], entry[0]))
    ]


def recorded_part(record: Record) -> dict[str, Any]:
    """Return what a record says of its run: id, choices, program, machine."""
    manifest = record.manifest
    return {
        "run_id": record.document.get("record", {}).get("run_id"),
        "choices": record.document.get("choices", {}),
        "versions": dict(record.versions),
        "code_sha256": manifest["program"].get("code_sha256"),
        "machine": dict(manifest.get("machine", {})),
    }


def _counts(record: Record) -> str | None:
    counts = record.manifest.get("agreement", {}).get("counts")
    return counts if isinstance(counts, str) else None
