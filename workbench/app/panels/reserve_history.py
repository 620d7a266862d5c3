"""What the panels on payment histories share: title with a mark, sentences, table, command.

Floor 10. They come when the reader rests. Each says that the history is simulated.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from workbench.app.markup import details_html, paragraph
from workbench.app.panels.commands import command_row
from workbench.app.panels.parts import headed, show_picture
from workbench.app.panels.resting import RestingPanel
from workbench.app.seen import Seen, question_of

__all__ = ["HistoryPanel"]


class HistoryPanel(RestingPanel):
    """Choice, sentences, picture, figures; a subclass also has `table` for what stands below."""

    note = ""
    height, room = 340, 0
    """Pixels kept for the picture and for what stands below it, so that no panel below jumps."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self._chart.height = self.height
        self.told.layout.min_height = f"{self.room}px"

    def marks(self, seen: Seen) -> tuple[str, ...]:
        """Return the keys of the marks before the note."""
        return ("page.reserves_simulated",)

    def notes(self, seen: Seen) -> tuple[str, ...]:
        """Return the keys of the lines under the title."""
        return (self.note,)

    def options(self, seen: Seen) -> list[tuple[str, str]]:
        """Return what may be chosen: all plans, or one of them."""
        plans = [(seen.plan(code), code) for code in seen.pack.plan_codes]
        return [(seen.say("page.reserves_all_plans"), ""), *plans]

    def sentences(self, seen: Seen) -> Sequence[str]:
        """Return what the answer says in words."""
        raise NotImplementedError

    def wait(self, seen: Seen) -> None:
        """Put title, choice and buttons into the language."""
        say = seen.say
        badges = "".join(
            f'<span class="wb-badge">{escape(say(one))}</span>' for one in self.marks(seen)
        )
        first, *rest = (escape(say(one)) for one in self.notes(seen))
        told = [badges + first, *rest]
        note = "".join(paragraph(one, style="wb-quiet") for one in told)
        self._head.value = headed(say(self.title), note)
        self._choice.offer(self.options(seen), self.drawn, tip=say(self.title))
        self._stop.description, self._again.description = say("page.stop"), say("page.ask_again")
        self._settle()

    def show(self, seen: Seen) -> None:
        """Show sentences, figures and picture; they stand at their own height from now on."""
        self.told.layout.min_height = "0px"
        self._settle()
        show_picture(self._chart, self.draw(seen))
        name = question_of(self.name)
        told = "".join(
            paragraph(escape(line), f"{name}_{n}") for n, line in enumerate(self.sentences(seen))
        )
        row = command_row(seen, self.name)
        row = details_html(name, seen.say("page.command_of_these"), row)
        self.told.value = (
            f'<div data-rest-rev="{seen.asked.revision}"><div class="wb-sentence">{told}</div>'
            f"{self.table(seen)}{row}</div>"
        )

    def refuse(self, seen: Seen, reason: str) -> None:
        """Say why there is no answer with these settings."""
        super().refuse(seen, reason)
        self.told.layout.min_height = "0px"
