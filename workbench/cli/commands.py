"""What each command does: read, ask, deliver.

Floor 11. A handler takes the request and the language and returns the exit status. Heavy modules
are imported where they are used.
"""

from __future__ import annotations

import difflib
import os
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.cli.observing import blank_command, own_figures, scenario_bytes
from workbench.cli.output import deliver, emit, outputs_of
from workbench.cli.parsing import Request
from workbench.cli.records import kept_bytes, place_of, rerun_command
from workbench.cli.triangles import FROM_FILES, claims_files
from workbench.guard import refuse, whole_number
from workbench.show.words import both_languages, fault_entries, words
from workbench.textfile import shown

if TYPE_CHECKING:
    from workbench.inputs import Inputs

__all__ = ["HANDLERS"]

Handler = Callable[[Request, str], int]


def _pack(request: Request) -> tuple[Inputs, int]:
    """Return the checked pack and in how many figures it differs from the built-in one."""
    from workbench.pack import differences, read_pack

    folder = request.values.get("data")
    if folder is None:
        return read_pack(), 0
    pack = read_pack(Path(folder))
    return pack, len(differences(pack, read_pack()))


def _ask(request: Request, language: str) -> int:
    """Ask a question of the registry; everything typed is judged before anything is computed."""
    from workbench.changes import parse_set
    from workbench.cli.progress import working
    from workbench.questions import QUESTIONS, Choices, ask, document, tables, with_scenario_file
    from workbench.questions.registry import own_choices
    from workbench.show.answers import report

    question = QUESTIONS[request.command]
    typed = {option.name: option.name.replace("-", "_") for option in question.options}
    given = {name: request.values[key] for name, key in typed.items() if key in request.values}
    if request.command not in FROM_FILES:
        own_choices(question, given)
    place, outputs = place_of(request), outputs_of(request)
    changes = parse_set(request.values.get("set", []))
    pack, differing = _pack(request)
    given |= own_figures(request, pack) | claims_files(request, pack)
    name = request.values.get("scenario")
    if name is not None:
        name, changes = with_scenario_file(pack, name, changes)
    choices = Choices(
        scenario=name,
        changes=changes,
        expenses=request.values.get("expenses", "default"),
        own=given,
    )
    place = replace(place, processes=given.get("basis", "process") != "process")
    begun = time.monotonic()
    with working(place, language) as work:
        answer = ask(request.command, choices, pack=pack, mapper=work.mapper)
    seconds = time.monotonic() - begun
    deliver(
        outputs,
        tables(answer) if outputs.csv or outputs.xlsx else (),
        language=language,
        document=lambda: document(answer, both_languages),
        report=lambda: report(answer, language, differences=differing),
        record=lambda: kept_bytes(answer, seconds=seconds, threads=work.threads),
        scenario=lambda: scenario_bytes(answer),
    )
    return 0


def _observe(request: Request, language: str) -> int:
    """Write a blank sheet of own figures, or ask what those of a sheet say."""
    if "blank" in request.values:
        return blank_command(request, _pack(request)[0], language)
    return _ask(request, language)


def _new_pack(request: Request, language: str) -> int:
    from workbench.pack import new_pack

    folder = new_pack(Path(str(request.argument)), _many_areas(request.values))
    emit(words(language)("cli.new_pack", folder=folder) + "\n")
    return 0


def _many_areas(values: Mapping[str, Any]) -> Callable[[Path], None] | None:
    """What makes the copy a synthetic pack of many areas; None where it is not asked for."""
    from workbench.pack.many_areas import MOST_MEMBERS, spread_over_areas

    if "areas" not in values:
        for name in ("members", "seed"):
            if name in values:
                raise refuse("option-needs-another", name=f"--{name}", value="--areas")
        return None
    return partial(
        spread_over_areas,
        areas=values["areas"],
        members=values.get("members", MOST_MEMBERS),
        seed=values.get("seed", 1),
    )


def _check_data(request: Request, language: str) -> int:
    from workbench.pack import differences, read_pack
    from workbench.show.checking import pack_document, pack_report, pack_tables

    outputs = outputs_of(request)
    pack = read_pack(Path(str(request.argument)))
    found = differences(pack, read_pack())
    deliver(
        outputs,
        pack_tables(found),
        language=language,
        document=lambda: pack_document(pack, found),
        report=lambda: pack_report(pack, found, language),
    )
    return 0


def _describe(request: Request, language: str) -> int:
    from workbench.show.describing import (
        describe_document,
        describe_report,
        describe_tables,
        named_entries,
    )

    outputs = outputs_of(request)
    pack, _ = _pack(request)
    entries = named_entries(pack, request.argument)
    deliver(
        outputs,
        describe_tables(entries, language),
        language=language,
        document=lambda: describe_document(entries, whole=request.argument is None),
        report=lambda: describe_report(entries, language, whole=request.argument is None),
    )
    return 0


def _explain(request: Request, language: str) -> int:
    """Tell what a code means; without a code, list all."""
    entries = {entry.code: entry for entry in fault_entries().values()}
    wanted = request.argument
    if wanted is not None:
        code = wanted.upper()
        by_key = fault_entries().get(wanted)
        entry = entries.get(code, by_key)
        if entry is None:
            near = difflib.get_close_matches(code, entries, n=3, cutoff=0.4) or list(entries)[:3]
            raise refuse("unknown-code", value=shown(wanted), nearest=near)
        entries = {entry.code: entry}
    if request.values.get("json"):
        from workbench.questions.documents import json_text

        listed = [
            {
                "code": entry.code,
                "key": entry.key,
                "message": dict(entry.message),
                "explanation": dict(entry.explanation),
            }
            for entry in entries.values()
        ]
        emit(json_text({"schema": "workbench.explain/1", "codes": listed}))
        return 0
    say = words(language)
    lines = [
        f"{entry.code}\n{entry.message[language]}\n{entry.explanation[language]}"
        if wanted
        else say("cli.explained_line", code=entry.code, explanation=entry.explanation[language])
        for entry in entries.values()
    ]
    emit("\n".join(lines) + "\n")
    return 0


def _verify(request: Request, language: str) -> int:
    """Run the checks of this installation; 1 if one fails."""
    from workbench.show.checking import checks_document, checks_report, checks_tables
    from workbench.verify import run_checks

    outputs = outputs_of(request)
    checks = run_checks()
    deliver(
        outputs,
        checks_tables(checks),
        language=language,
        document=lambda: checks_document(checks),
        report=lambda: checks_report(checks, language),
    )
    return 0 if all(check.passed for check in checks) else 1


def _port(request: Request, first: int) -> int:
    return whole_number("--port", request.values.get("port", first), 1, 65535)


def _app(request: Request, language: str) -> int:
    from workbench.app.server import FIRST_PORT, Serving, find_notebook, serve
    from workbench.changes import with_own_scenario

    port, environment = _port(request, FIRST_PORT), {}
    pack, _ = _pack(request)
    if request.values.get("data") is not None:
        environment["WORKBENCH_DATA"] = str(Path(request.values["data"]).absolute())
    if request.values.get("scenario") is not None:
        file = Path(request.values["scenario"])
        with_own_scenario(pack, file)
        environment["WORKBENCH_SCENARIO"] = str(file.absolute())
    serving = Serving(
        notebook=find_notebook(request.argument or "app"),
        port=port,
        lang=language,
        open_browser=not request.values.get("no_browser"),
        environment=environment,
    )
    serve(serving, announce=lambda address: _announce(address, language))
    return 0


def _announce(address: str, language: str) -> None:
    print(words(language)("cli.serving", address=address), file=sys.stderr, flush=True)


def _lab(request: Request, language: str) -> int:
    from workbench.app.server import serve_lab
    from workbench.resources import builtin

    folder = Path(request.argument) if request.argument else builtin("notebooks")
    if not folder.is_dir():
        raise refuse("lab-folder-missing", value=shown(folder))
    os.environ.setdefault("WORKBENCH_LANG", language)
    return serve_lab(
        folder,
        open_browser=not request.values.get("no_browser"),
        port=_port(request, 8888),
    )


def _help(request: Request, language: str) -> int:
    from workbench.cli.helping import command_help, main_help

    emit(command_help(request.argument, language) if request.argument else main_help(language))
    return 0


def _version(request: Request, language: str) -> int:
    import workbench

    emit(f"workbench {workbench.__version__}\n")
    return 0


HANDLERS: Mapping[str, Handler] = {
    "app": _app,
    "check-data": _check_data,
    "describe": _describe,
    "explain": _explain,
    "help": _help,
    "lab": _lab,
    "new-pack": _new_pack,
    "observe": _observe,
    "rerun": rerun_command,
    "verify": _verify,
    "version": _version,
}
"""Command → what it does; a command that asks a question of the registry is not listed."""


def run_request(request: Request, language: str) -> Any:
    """Carry out a request; returns the exit status."""
    return HANDLERS.get(request.command, _ask)(request, language)
