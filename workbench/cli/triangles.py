"""Files of claims named on the command line, as choices of the question that reads them.

Floor 11. Payment records are put into sums here (triangles, cells, counties), so that a record of
the run holds no single payment.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.cli.parsing import Request
from workbench.guard import refuse
from workbench.textfile import shown

if TYPE_CHECKING:
    from workbench.inputs import Inputs

__all__ = ["FROM_FILES", "claims_files"]

_COMMAND = "triangle"
_FILES = (("premium", "premium-row"), ("counts", "count-row"), ("reported", "reported-row"))


def claims_files(request: Request, pack: Inputs) -> dict[str, Any]:
    """Return the choices that files of claims make; none for a command that reads none.

    Raises
    ------
    InputRefused
        What is wrong with a file, or `triangle-file-and-rows`.
    """
    reader = FROM_FILES.get(request.command)
    return {} if reader is None else reader(request, pack)


def _triangle(request: Request, pack: Inputs) -> dict[str, Any]:
    from workbench.history import is_payments
    from workbench.reserving.methods.reading import file_lines

    named = [(request.argument, "row")]
    named += [(request.values.get(flag), option) for flag, option in _FILES]
    found = {}
    for name, option in named:
        if name is None:
            continue
        if request.values.get(option.replace("-", "_")):
            raise refuse("triangle-file-and-rows", file=shown(name), name=f"--{option}")
        found[option] = file_lines(Path(name))
    if "row" in found and is_payments(found["row"]):
        found |= _of_payments(found["row"], request, pack)
    return found


def _own(request: Request, command: str, lines: list[str], option: str) -> Mapping[str, Any]:
    """Choices typed beside a file, checked before the file is put into sums."""
    from workbench.questions import QUESTIONS
    from workbench.questions.registry import own_choices

    question = QUESTIONS[command]
    names = {one.name: one.name.replace("-", "_") for one in question.options}
    given = {name: request.values[key] for name, key in names.items() if key in request.values}
    return own_choices(question, {**given, option: lines[:1]})


def _of_payments(lines: list[str], request: Request, pack: Inputs) -> dict[str, Any]:
    """Return triangles of paid yuan, numbers paid and reported, and the scheme's expectation."""
    from workbench.history import plan_cells, read_payments
    from workbench.questions.triangle_source import lines_of_payments
    from workbench.reserving.methods.cells import cell_lines, open_lines

    own = _own(request, _COMMAND, lines, "row")
    payments = read_payments(lines, pack.plan_codes)
    last = own["valuation"] or payments.last_paid.astype(object)
    cells = plan_cells(payments, last, step=own["step"])
    source = lines_of_payments(pack, payments, own, last)
    return {
        "row": list(source.rows),
        "premium-row": list(source.premium),
        "count-row": list(source.counts),
        **({"reported-row": list(source.reported)} if source.reported else {}),
        "cell-row": cell_lines(cells),
        **({"open-row": open_lines(cells)} if cells.open is not None else {}),
    }


def _records(request: Request, option: str) -> list[str] | None:
    """Lines of a file of payment records; None without a file."""
    from workbench.history import is_payments
    from workbench.reserving.methods.reading import file_lines

    if request.argument is None:
        return None
    for other in (option, "simulated"):
        if request.values.get(other.replace("-", "_")):
            raise refuse("triangle-file-and-rows", file=shown(request.argument), name=f"--{other}")
    lines = file_lines(Path(request.argument))
    if not is_payments(lines):
        raise refuse("records-needed", file=shown(request.argument))
    return lines


def _runoff(request: Request, pack: Inputs) -> dict[str, Any]:
    from workbench.history import plan_cells, read_payments
    from workbench.reserving.methods.cells import cell_lines

    lines = _records(request, "cell-row")
    if lines is None:
        return {}
    own = _own(request, "runoff", lines, "cell-row")
    payments = read_payments(lines, pack.plan_codes)
    last = own["valuation"] or payments.last_paid.astype(object)
    return {"cell-row": cell_lines(plan_cells(payments, last, step=own["step"]))}


def _counties(request: Request, pack: Inputs) -> dict[str, Any]:
    from workbench.history import county_lines, county_years, read_payments

    lines = _records(request, "county-row")
    if lines is None:
        return {}
    own = _own(request, "counties", lines, "county-row")
    payments = read_payments(lines, pack.plan_codes)
    last = own["valuation"] or payments.last_paid.astype(object)
    return {"county-row": county_lines(pack, county_years(pack, payments, last))}


FROM_FILES: Mapping[str, Callable[[Request, Inputs], dict[str, Any]]] = {
    "triangle": _triangle,
    "runoff": _runoff,
    "counties": _counties,
}
"""Commands whose choices may be in files: they are judged when the files are read."""
