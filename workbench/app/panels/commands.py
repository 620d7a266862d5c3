"""How to have the same again: commands to copy, this run in a file, tables to save.

Floor 10.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape

from workbench.app.markup import paragraph
from workbench.app.panels.parts import Buttons, Tools, card, file_name, region
from workbench.app.seen import Answers, Seen, question_of
from workbench.questions import tables
from workbench.show.records import record_name, rerun_line
from workbench.show.words import both_languages

__all__ = ["CommandsPanel", "command_row"]

FIRST = "run"
"""The question that is kept where a page names no other; its button stands under its command."""

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
RECORD = "application/octet-stream"
"""A record is a zip, but a browser told so may add an ending to its name."""


def _row(seen: Seen, name: str, told: str, shown: str) -> str:
    """Return words, a command and its button; the browser copies at the click itself."""
    return (
        f'<div class="wb-command-row">{told}{shown}'
        f'<button type="button" data-wb-copy="#wb-command-{name}">'
        f"{escape(seen.say('page.copy'))}</button></div>"
    )


def command_row(seen: Seen, name: str) -> str:
    """Return the command of a question with its button."""
    told = paragraph(escape(seen.say(f"page.command_{question_of(name)}")), style="wb-note")
    key = re.sub(r"\W+", "-", name)
    shown = (
        f'<code class="wb-command" id="wb-command-{key}" data-command="{escape(name)}">'
        f"{escape(seen.command(name))}</code>"
    )
    return _row(seen, key, told, shown)


def kept_row(seen: Seen, first: str, *, kept: bool, now: bool = False) -> str:
    """Return the command that makes this run again from its file, and whether it was kept.

    `now` says that it was kept this moment.
    """
    say, answer = seen.say, seen.answer(first)
    run_id = answer.record["run_id"]
    if not kept:
        told = paragraph(escape(say("page.keep_offer", run_id=run_id)), style="wb-note wb-keep")
    else:
        done = escape(say("page.kept", run_id=run_id))
        mark = ' class="wb-changed"' if now else ""
        told = f'<p class="wb-note wb-keep" role="status"><span{mark}>{done}</span></p>'
    file = record_name(answer)
    line = escape(rerun_line(file)).replace(file, f'<span class="wb-nowrap">{file}</span>')
    shown = f'<code class="wb-command" id="wb-command-rerun" data-rerun>{line}</code>'
    return _row(seen, "rerun", told, shown)


def _head(seen: Seen) -> str:
    say = seen.say
    unbroken = '<span class="wb-nowrap">--json</span>'
    note = escape(say("page.commands_note")).replace("--json", unbroken)
    return (
        f'<h2 class="wb-section">{escape(say("page.commands_title"))}</h2>'
        f'<div class="wb-note">{paragraph(note)}</div>'
    )


def _part(seen: Seen, content: str) -> str:
    """Return content that says to which answer it belongs."""
    return f'<div data-answer-rev="{seen.asked.revision}">{content}</div>'


class CommandsPanel:
    """Commands, this run in a file, and downloads; `commands` are those besides `first()`."""

    def __init__(
        self,
        tools: Tools,
        *,
        gather: Callable[[], Answers],
        commands: tuple[str, ...],
        first: Callable[[], str] = lambda: FIRST,
    ) -> None:
        self._tools, self._gather, self._commands, self._name = tools, gather, commands, first
        self._first, self._rest = region(), region()
        self._seen: Seen | None = None
        self._kept: set[str] = set()
        self._keep_button = Buttons(tools, {"page.keep": self._keep})
        self._buttons = Buttons(tools, {"page.save_xlsx": self._save_xlsx})
        self.widget = card(
            self._first,
            self._keep_button.widget,
            self._rest,
            self._buttons.widget,
        )
        self.widget.add_class("wb-commands")

    def show(self, seen: Seen) -> None:
        """Show the commands of the answers."""
        self._seen = seen
        self._show_first(seen)
        self._rest.value = _part(seen, "".join(command_row(seen, name) for name in self._commands))
        self._keep_button.show(seen.language)
        self._keep_button.explain("page.keep", seen.say("page.keep_tip"))
        self._buttons.show(seen.language)

    def _show_first(self, seen: Seen, *, now: bool = False) -> None:
        name = self._name()
        kept = seen.answer(name).record["run_id"] in self._kept
        rows = command_row(seen, name) + kept_row(seen, name, kept=kept, now=now)
        self._first.value = _part(seen, _head(seen) + rows)

    def allow_keeping(self, allowed: bool) -> None:
        """Let the run be kept, or not while a newer answer is on its way."""
        self._keep_button.allow(allowed)

    def _keep(self) -> None:
        """Hand the record of the run on the page to the reader, and say so."""
        from workbench.record import keep

        seen = self._seen
        if seen is None:
            return
        name = self._name()
        answer = seen.answer(name)
        content = keep(answer, tell=both_languages, seconds=seen.asked.seconds[name])
        self._tools.save(record_name(answer), content, RECORD)
        self._kept.add(answer.record["run_id"])
        self._show_first(seen, now=True)

    def _save_xlsx(self) -> None:
        """Hand all tables of the page to the reader as one workbook."""
        from workbench.show.spreadsheet import xlsx_bytes

        if self._seen is None:
            return
        found = [one for answer in self._gather().answers.values() for one in tables(answer)]
        name = file_name(self._seen.say("page.file_all"), ".xlsx")
        self._tools.save(name, xlsx_bytes(found, self._seen.language), XLSX)
