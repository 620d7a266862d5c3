"""The command line of own figures: the sheet read, a blank one written, the scenario file.

Floor 11.1.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.cli.files import check_place, write_all
from workbench.cli.output import emit
from workbench.cli.parsing import Request
from workbench.guard import refuse
from workbench.show.words import plan_name, words
from workbench.textfile import shown

if TYPE_CHECKING:
    from workbench.inputs import Inputs
    from workbench.questions import Answer

__all__ = ["blank_command", "own_figures", "scenario_bytes"]

_COMMAND = "observe"
_BYTE_ORDER_MARK = "\ufeff"


def own_figures(request: Request, pack: Inputs) -> dict[str, Any]:
    """Return the choices that a sheet of own figures makes; none for another command.

    Raises
    ------
    InputRefused
        What is wrong in the sheet; `observe-file-and-rows`; `observe-changes-name` or
        `observe-changes-need-figures` where a scenario file cannot be written.
    """
    if request.command != _COMMAND:
        return {}
    from workbench.experience import read_sheet

    name, rows = request.argument, request.values.get("row")
    if name is not None and rows:
        raise refuse("observe-file-and-rows", file=shown(name))
    changes = request.values.get("changes")
    if changes is not None and not changes.lower().endswith(".toml"):
        raise refuse("observe-changes-name", value=shown(changes))
    if changes is not None and name is None and not rows:
        raise refuse("observe-changes-need-figures")
    if name is None:
        return {}
    return {"row": [row.line for row in read_sheet(Path(name), pack).rows]}


def scenario_bytes(answer: Answer) -> bytes:
    """Return the scenario file of `--changes`."""
    from workbench.questions.observe import scenario_text

    return scenario_text(answer.asked, answer.result).encode("utf-8")


def blank_command(request: Request, pack: Inputs, language: str) -> int:
    """Write a blank sheet for the last five whole years; 0 when it is done."""
    from workbench.experience import blank_sheet

    place = check_place(request.values["blank"])
    if place.exists():
        raise refuse("observe-blank-exists", file=shown(place.name))
    last = date.today().year - 1
    text = blank_sheet(pack, last, lambda plan: plan_name(plan, language))
    write_all({place: (_BYTE_ORDER_MARK + text).encode("utf-8")})
    emit(words(language)("cli.blank_sheet", file=place, name=place.name) + "\n")
    return 0
