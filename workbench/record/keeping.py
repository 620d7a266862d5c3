"""Keeping a run and reading it again: everything that is needed to make the same run.

Floor 8.1. A record holds the pack by content, the choices, the sealed tables themselves, the JSON
document, digests and sums of the drawn integers, versions, machine, who, when and how long.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from workbench.changes import Changes
from workbench.consistency import contradictions
from workbench.engine.grouping import ClaimsTables
from workbench.engine.totals import TotalsTables
from workbench.guard import Fault, InputRefused, refuse
from workbench.inputs import Inputs
from workbench.questions import QUESTIONS, Answer, Choices, document
from workbench.questions.documents import json_text
from workbench.record.arrays import ArrayFiles, npy_bytes, read_arrays, read_npy
from workbench.record.container import MOST_BYTES, read_members, write_members
from workbench.record.machine import code_sha256, machine_part, now_text, user_name
from workbench.record.nouns import as_json, from_json
from workbench.record.parts import Parts, parts_of
from workbench.record.soundness import check_pack, check_tables
from workbench.textfile import shown

__all__ = ["AGREEMENT", "Record", "Tables", "keep", "open_record", "read_record"]

Tables = ClaimsTables | TotalsTables

AGREEMENT = {"relative": 1e-9, "yuan": 0.01, "share": 1e-9}
"""How near computed figures are on any machine: to 1e-9 of themselves or, where a figure is a small
difference of large ones, to a fen; shares and probabilities to 1e-9."""

_UNUSABLE = (AttributeError, KeyError, TypeError, ValueError, OverflowError, RecursionError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A run that was kept.

    `tables` and `parts` of the results are None for a computed run; `manifest` has versions,
    machine, who and when; `file` is the name of the file, for messages.
    """

    file: str
    question: str
    choices: Choices
    pack: Inputs
    document: Mapping[str, Any]
    manifest: Mapping[str, Any]
    tables: Tables | None = None
    parts: Parts | None = None
    versions: Mapping[str, str] = field(default_factory=dict)


def keep(
    answer: Answer,
    *,
    tell: Callable[[Fault], str] = str,
    seconds: float | None = None,
    threads: int = 1,
    who: str | None = None,
) -> bytes:
    """Return the run record of an answer as the bytes of a file.

    Parameters
    ----------
    answer
        What `workbench.questions.ask` gave.
    tell
        Puts warnings into words, as for the JSON document.
    seconds, threads
        How long the run took, and on how many threads; kept, never compared.
    who
        Who keeps it; None takes the name of the system's user.

    Raises
    ------
    InputRefused
        `record-too-large`.
    """
    files = ArrayFiles()
    result = answer.result
    tables = getattr(result, "tables", None)
    members = {
        "inputs.json": _json(as_json(answer.asked.pack)),
        "document.json": json_text(document(answer, tell)).encode("utf-8"),
    }
    if tables is not None:
        members["tables.json"] = _json(as_json(tables, files))
        members.update(files.contents)
        parts = parts_of(result.drawn)
        members["results/sums.npy"] = npy_bytes(parts.sums)
        members["results/digests.npy"] = npy_bytes(parts.digests)
        members["results.json"] = _json({"years": parts.years})
    return write_members(_manifest(answer, seconds, threads, who), members)


def _manifest(
    answer: Answer, seconds: float | None, threads: int, who: str | None
) -> dict[str, Any]:
    drawn = getattr(answer.result, "tables", None) is not None
    individual = answer.asked.own.get("form") == "individual"
    counts = "numpy" if individual and isinstance(answer.result.tables, ClaimsTables) else "sealed"
    return {
        "question": answer.question,
        "choices": _choices_part(answer),
        "record": dict(answer.record),
        "agreement": {
            "integers": "bits" if drawn else None,
            "counts": counts if drawn else None,
            "figures": AGREEMENT,
        },
        "program": {"versions": dict(answer.record["versions"]), "code_sha256": code_sha256()},
        "machine": machine_part(),
        "kept": {
            "who": user_name() if who is None else who,
            "when": now_text(),
            "seconds": None if seconds is None else round(seconds, 3),
            "threads": threads,
        },
    }


def _choices_part(answer: Answer) -> dict[str, Any]:
    """Choices exactly as they were asked: numbers with all their digits, own ones in full."""
    choices, own = answer.asked.choices, answer.asked.own
    return {
        "scenario": choices.scenario,
        "set": dict(choices.changes.values),
        "expenses": choices.expenses,
        "own": {name: _plain(value) for name, value in own.items() if value is not None},
    }


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


def _json(content: Any) -> bytes:
    told = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return told.encode("utf-8")


def open_record(path: Path) -> Record:
    """Return the record in a file.

    Raises
    ------
    InputRefused
        `record-missing`, or what `read_record` refuses.
    """
    try:
        if not path.is_file():
            raise refuse("record-missing", file=shown(path.name))
        with path.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
    except (OSError, ValueError):
        raise refuse("record-missing", file=shown(path.name)) from None
    return read_record(raw, shown(path.name))


def read_record(raw: bytes, file: str = "") -> Record:
    """Return the record in the bytes of a file, every digest checked.

    Raises
    ------
    InputRefused
        `record-not-one`, `record-broken`, `record-damaged`, `record-newer`, `record-too-large`,
        or `record-content`: whole, but not what this program can run.
    """
    if len(raw) > MOST_BYTES:
        told = {"value": len(raw) >> 20, "allowed": MOST_BYTES >> 20}
        raise refuse("record-too-large", file=file, **told)
    manifest, members = read_members(raw, file)
    try:
        return _record(manifest, members, file)
    except InputRefused as error:
        raise InputRefused([*_told(file, "pack"), *error.faults]) from None
    except _UNUSABLE as error:
        raise InputRefused(_told(file, f"{type(error).__name__}: {error}")) from None


def _told(file: str, value: str) -> list[Fault]:
    return [Fault("record-content", {"file": file, "value": shown(value)})]


def _record(manifest: dict[str, Any], members: Mapping[str, bytes], file: str) -> Record:
    question, versions = manifest["question"], manifest["program"]["versions"]
    if question not in QUESTIONS:
        raise ValueError(f"question {question}")
    pack = from_json(json.loads(members["inputs.json"]))
    told = json.loads(members["document.json"])
    if not isinstance(pack, Inputs) or not isinstance(told, dict) or not isinstance(versions, dict):
        raise ValueError("inputs.json, document.json")
    check_pack(pack)
    faults = contradictions(pack)
    if faults:
        raise InputRefused(faults)
    tables = parts = None
    if "tables.json" in members:
        tables = from_json(json.loads(members["tables.json"]), read_arrays(members))
        check_tables(tables, pack)
        parts = _parts(members)
    return Record(
        file=file,
        question=question,
        choices=_choices(manifest["choices"]),
        pack=pack,
        document=told,
        manifest=manifest,
        tables=tables,
        parts=parts,
        versions=versions,
    )


def _choices(told: Mapping[str, Any]) -> Choices:
    changes = {str(name): value for name, value in told["set"].items()}
    if not all(isinstance(value, str | int | float) for value in changes.values()):
        raise ValueError("choices.set")
    return Choices(
        scenario=told["scenario"],
        changes=Changes(changes),
        expenses=told["expenses"],
        own={str(name): value for name, value in told["own"].items()},
    )


def _parts(members: Mapping[str, bytes]) -> Parts:
    sums, digests = (read_npy(members[f"results/{name}.npy"]) for name in ("sums", "digests"))
    if sums.dtype != np.int64 or digests.dtype != np.uint64 or sums.shape != digests.shape:
        raise ValueError("results")
    return Parts(
        sums=sums, digests=digests, years=int(json.loads(members["results.json"])["years"])
    )
