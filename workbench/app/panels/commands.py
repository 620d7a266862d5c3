"""How to have the same again: commands to copy, the calibration behind the figures, files to save.

Floor 10.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from workbench.app.markup import figure, paragraph
from workbench.app.panels.parts import Buttons, Tools, card, file_name, region
from workbench.app.seen import Answers, Seen
from workbench.questions import tables

__all__ = ["CommandsPanel"]

COMMANDS = ("run", "price", "tiers")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def command_row(seen: Seen, name: str) -> str:
    """Return a command with its button; the browser copies at the click itself."""
    say = seen.say
    return (
        f'<div class="wb-command-row"><p class="wb-note">{escape(say(f"page.command_{name}"))}</p>'
        f'<code class="wb-command" id="wb-command-{name}" data-command="{name}">'
        f"{escape(seen.command(name))}</code>"
        f'<button type="button" data-wb-copy="#wb-command-{name}">'
        f"{escape(say('page.copy'))}</button></div>"
    )


def calibration_html(seen: Seen) -> str:
    """Return the two solved values and what they reproduce."""
    solved = "calibrate/solved"
    told = seen.say(
        "page.calibrated",
        rate=figure(seen, f"{solved}/hospital_claimant_rate/value", "number"),
        cost=figure(seen, f"{solved}/stay_cost_mean_yuan/value", "price"),
        beneficiaries=figure(seen, "calibrate/beneficiaries", "count"),
        paid=figure(seen, "calibrate/paid_yuan", "money"),
        unit=escape(seen.say("unit.money")),
    )
    return paragraph(told)


class CommandsPanel:
    """Commands, calibration and downloads."""

    def __init__(self, tools: Tools, *, gather: Callable[[], Answers]) -> None:
        self._tools, self._gather = tools, gather
        self._head, self._solved = region(), region("wb-sentence")
        self._seen: Seen | None = None
        self._buttons = Buttons(tools, {"page.save_xlsx": self._save_xlsx})
        self.widget = card(self._head, self._solved, self._buttons.widget)

    def show(self, seen: Seen) -> None:
        """Show the commands of the answers."""
        self._seen = seen
        say = seen.say
        rows = "".join(command_row(seen, name) for name in COMMANDS)
        self._head.value = (
            f'<div data-answer-rev="{seen.asked.revision}">'
            f'<h2 class="wb-section">{escape(say("page.commands_title"))}</h2>'
            f'<div class="wb-note">{paragraph(escape(say("page.commands_note")))}</div>{rows}</div>'
        )
        self._buttons.show(seen.language)

    def stale(self, is_stale: bool) -> None:
        """Grey the calibration while a newer one is on its way."""
        (self._solved.add_class if is_stale else self._solved.remove_class)("wb-stale")

    def show_calibration(self, seen: Seen) -> None:
        """Show the solved values with their command; they come after the rest."""
        self._solved.value = (
            f'<div data-answer-rev="{seen.asked.revision}">'
            f"{command_row(seen, 'calibrate')}{calibration_html(seen)}</div>"
        )
        self.stale(False)

    def refuse_calibration(self, seen: Seen, reason: str) -> None:
        """Say why the scales cannot be solved with these settings."""
        self._solved.value = (
            f'<div data-answer-rev="{seen.asked.revision}">'
            f"{command_row(seen, 'calibrate')}{paragraph(escape(reason), 'refused')}</div>"
        )
        self.stale(False)

    def _save_xlsx(self) -> None:
        """Hand all tables of the page to the reader as one workbook."""
        from workbench.show.spreadsheet import xlsx_bytes

        if self._seen is None:
            return
        found = [one for answer in self._gather().answers.values() for one in tables(answer)]
        name = file_name(self._seen.say("page.file_all"), ".xlsx")
        self._tools.save(name, xlsx_bytes(found, self._seen.language), XLSX)
