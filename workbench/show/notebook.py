"""What a cell of a notebook shows: sentences, tables, a pack and what is wrong with it.

Floor 9. Everything is a `Card`, which shows itself: HTML in a notebook or on a page, text
elsewhere. It is made of the sentences and tables of the command line, so that the two cannot
disagree, and ends in the command that gives the same. How to use it::

    year = wb.ask("run", pack=pack)
    say(year, "zh")                       # the answer in sentences
    view(year, "zh", "run_risk")          # one of its tables
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path

from workbench.changes import with_own_scenario
from workbench.guard import InputRefused, WorkbenchError
from workbench.inputs import Inputs
from workbench.pack import differences, read_pack
from workbench.questions import Answer, Table, command, tables
from workbench.show.answers import sentences_of
from workbench.show.checking import pack_tables
from workbench.show.comparing import agreement_table, compare_table
from workbench.show.numbers import count
from workbench.show.tables import html, text
from workbench.show.words import fault_text, words

__all__ = [
    "DATA_VARIABLE",
    "SCENARIO_VARIABLE",
    "Card",
    "agreement",
    "check",
    "compared",
    "pack_in_use",
    "refusal",
    "say",
    "size_of",
    "view",
]

DATA_VARIABLE = "WORKBENCH_DATA"
SCENARIO_VARIABLE = "WORKBENCH_SCENARIO"
"""Folder of the pack that a notebook uses; `workbench app --data DIR` sets it."""

_LANG = {"zh": "zh-CN", "en": "en"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What one cell shows, in this order.

    `sentences` and `tables` of an answer, `messages` of a refusal, `notes` in small type, and the
    `commands` that give the same figures.
    """

    language: str
    sentences: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    messages: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()

    def lines_html(self) -> str:
        """Return the content without any box; every text escaped."""
        parts = [f'<p class="wb-sentence">{escape(one)}</p>' for one in self.sentences]
        parts += [f'<p class="wb-message">{escape(one)}</p>' for one in self.messages]
        parts += [
            f'<div class="wb-table" tabindex="0">{_breakable(html(table, self.language))}</div>'
            for table in self.tables
        ]
        parts += [f'<p class="wb-note">{escape(one)}</p>' for one in self.notes]
        if self.commands:
            label = escape(words(self.language)("notebook.command"))
            lines = "<br>".join(f"<code>{escape(one)}</code>" for one in self.commands)
            gap = "<br>" if len(self.commands) > 1 else " "
            parts.append(f'<p class="wb-note">{label}{gap}{lines}</p>')
        return "".join(parts)

    def inner_html(self) -> str:
        """Return the content in the box of a card, without the page around it."""
        return f'<div class="wb-card" lang="{_LANG[self.language]}">{self.lines_html()}</div>'

    def _repr_html_(self) -> str:
        return f'<div class="wb-page wb-cell">{self.inner_html()}</div>'

    def __repr__(self) -> str:
        parts = ["\n".join([*self.sentences, *self.messages])]
        parts += [text(table, self.language).rstrip("\n") for table in self.tables]
        parts += ["\n".join(self.notes), "\n".join(self.commands)]
        return "\n\n".join(part for part in parts if part)


def _breakable(markup: str) -> str:
    """Return a table whose long names, such as `hospital_shock_cv`, may be broken after a _."""
    return markup.replace("_", "_<wbr>")


def pack_in_use(environ: Mapping[str, str] = os.environ) -> Inputs:
    """Return the pack that WORKBENCH_DATA names, else the built-in one.

    With WORKBENCH_SCENARIO the TOML file that it names is one of the pack's scenarios.

    Raises
    ------
    InputRefused
        With every fault of the pack, or of the scenario file.
    """
    folder, file = environ.get(DATA_VARIABLE), environ.get(SCENARIO_VARIABLE)
    pack = read_pack(Path(folder) if folder else None)
    return with_own_scenario(pack, Path(file)) if file else pack


def say(answer: Answer, language: str) -> Card:
    """Return the answer to a question in sentences, with the command that asks the same."""
    choices = answer.asked.choices
    changed = bool(choices.changes) or choices.scenario not in (None, "today")
    told = sentences_of(answer, language, changed=changed)
    warnings = tuple(fault_text(one, language) for one in answer.asked.warnings)
    return Card(language=language, sentences=(*told, *warnings), commands=(_command(answer),))


def view(
    shown: Answer | Table | Sequence[Table],
    language: str,
    *names: str,
    only: str = "",
    brief: bool = False,
) -> Card:
    """Return tables as a card.

    Parameters
    ----------
    shown
        An answer, or one or more tables.
    language
        "zh" or "en".
    names
        Which of the tables; by default the first.
    only
        Keeps the rows that hold this text, such as the code of a plan or a date.
    brief
        Whether a long table is shown as on a terminal: every fifth tier, no sources.

    Raises
    ------
    KeyError
        If there is no table of such a name.
    """
    found = tables(shown, brief=brief) if isinstance(shown, Answer) else _several(shown)
    known = {table.name: table for table in found}
    chosen = [known[name] for name in names] if names else [found[0]]
    if only:
        chosen = [_rows_with(table, only) for table in chosen]
    asked = (_command(shown),) if isinstance(shown, Answer) else ()
    return Card(language=language, tables=tuple(chosen), commands=asked)


def compared(answers: Sequence[Answer], language: str) -> Card:
    """Return answers to `run` side by side, with the command of each."""
    return Card(
        language=language,
        tables=(compare_table(answers),),
        commands=tuple(_command(one) for one in answers),
    )


def agreement(exact: Answer, drawn: Answer, language: str) -> Card:
    """Return exact and simulated figures side by side, with both commands."""
    return Card(
        language=language,
        tables=(agreement_table(exact, drawn),),
        commands=(_command(exact), _command(drawn)),
    )


def _several(shown: Table | Sequence[Table]) -> tuple[Table, ...]:
    return (shown,) if isinstance(shown, Table) else tuple(shown)


def _rows_with(table: Table, wanted: str) -> Table:
    """Return the rows that hold a text, without the column that is now the same everywhere."""
    rows = [row for row in table.rows if wanted in row]
    kept = [
        place
        for place in range(len(table.columns))
        if not rows or any(row[place] != wanted for row in rows)
    ]
    return replace(
        table,
        columns=tuple(table.columns[place] for place in kept),
        rows=tuple(tuple(row[place] for place in kept) for row in rows),
    )


def _command(answer: Answer) -> str:
    return command(answer.question, answer.asked.choices, data=os.environ.get(DATA_VARIABLE))


def check(pack: Inputs | str | Path, language: str) -> Card:
    """Return what `workbench check-data` says of a folder, or of a pack that is read already.

    A sound pack: its size and every figure in which it differs from the built-in one. Otherwise
    all its faults at once, each with file, row, column, value and what is allowed.
    """
    asked = () if isinstance(pack, Inputs) else (f"workbench check-data {Path(pack).name}",)
    try:
        read = pack if isinstance(pack, Inputs) else read_pack(Path(pack))
    except InputRefused as refused:
        return replace(refusal(refused, language), commands=asked)
    found = differences(read, read_pack())
    say_it = words(language)
    told = say_it("cli.pack_differs", count=len(found)) if found else say_it("cli.pack_same")
    return Card(
        language=language,
        sentences=(size_of(read, language), told),
        tables=pack_tables(found) if found else (),
        commands=asked,
    )


def size_of(pack: Inputs, language: str) -> str:
    """Return the size of a sound pack in one sentence: plans, members, enrolments."""
    held = sum(row.members * len(row.plans) for row in pack.rows)
    members = sum(row.members for row in pack.rows)
    return words(language)(
        "cli.pack_sound",
        plans=len(pack.plans),
        members=count(members),
        enrolments=count(held),
    )


def refusal(error: WorkbenchError, language: str) -> Card:
    """Return a refusal as its messages, never a traceback."""
    told = tuple(
        words(language)("cli.refused", text=fault_text(fault, language)) for fault in error.faults
    )
    return Card(language=language, messages=told)
