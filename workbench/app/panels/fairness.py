"""Who gets what for the same contribution: groups of the chosen plan.

Floor 10.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from workbench.app.chart import Chart
from workbench.app.markup import details_html, figure, flowing, table_html
from workbench.app.panels.choices import Choice, View
from workbench.app.panels.commands import command_row
from workbench.app.panels.parts import (
    Buttons,
    LaterPanel,
    Tools,
    answered,
    card,
    headed,
    region,
    save_picture,
    save_table,
    show_picture,
    table_named,
)
from workbench.app.seen import Seen, name_of
from workbench.show.premium_pictures import fairness_picture
from workbench.show.sharing import fairness_sentences
from workbench.show.tables import cell_text

__all__ = ["FairnessPanel"]

BY = ("age", "sex", "term")
GROUP = 1
"""Column of a group's name in the table of groups."""


class FairnessPanel(LaterPanel):
    """Bars of one plan's groups beside what all pay, and the figures."""

    def __init__(self, tools: Tools, view: View, changed: Callable[[], None]) -> None:
        self._view, self._changed = view, changed
        self._chart, self._head, self.told = Chart(height=320), region(), region()
        self._by = Choice(tools, self._chosen)
        self._seen: Seen | None = None
        self._buttons = Buttons(
            tools,
            {
                "page.save_picture": lambda: save_picture(self._chart, self._seen),
                "page.save_csv": lambda: save_table(
                    tools, self._seen, self.name, "fairness_groups"
                ),
            },
        )
        self.widget = card(
            self._head, self._by.widget, self._chart, self.told, self._buttons.widget
        )

    @property
    def name(self) -> str:
        """The name of the question whose answer is shown."""
        by = self._view.by
        return name_of("fairness", {} if by == BY[0] else {"by": by})

    def _chosen(self, by: str) -> None:
        self._view.by = by
        self._changed()

    def wait(self, seen: Seen) -> None:
        """Put title and choice into the language."""
        say = seen.say
        self._head.value = headed(say("page.fairness_title"))
        options = [(say(f"chart.groups_{by}"), by) for by in BY]
        self._by.offer(options, self._view.by, tip=say("page.fairness_by"))
        self._buttons.show(seen.language)

    def show(self, seen: Seen) -> None:
        """Show the answers."""
        self._seen, code = seen, self._view.plan
        spec = fairness_picture(
            seen.documents[self.name], seen.pack, language=seen.language, plan=code
        )
        show_picture(self._chart, spec)
        lines = fairness_sentences(
            seen.answer(self.name), seen.language, changed=not seen.unchanged
        )
        told = flowing({f"fairness_{at}": line for at, line in enumerate(lines)}, seen.language)
        table = details_html("fairness", seen.say("page.year_table"), self._table(seen, code))
        summary = seen.say("page.command_of_these")
        command = details_html("fairness-command", summary, command_row(seen, self.name))
        self.told.value = answered(seen, f'<div class="wb-note">{told}</div>{table}{command}')

    def _table(self, seen: Seen, code: str) -> str:
        """Each group: members, expected benefit, returned, banded premium."""
        say = seen.say
        kinds = {
            "enrolments": "count",
            "benefit_yuan": "price",
            "returned_per_hundred": "hundred",
            "relativity": "ratio",
            "banded_yuan": "price",
        }
        heads = [(say("head.group"), False), *((say(f"head.{key}"), True) for key in kinds)]
        at = f"{self.name}/plans/{code}/groups"
        rows = []
        for place, name in enumerate(self._groups(seen, code)):
            cells = (figure(seen, f"{at}/{place}/{key}", kind) for key, kind in kinds.items())
            rows.append([escape(name), *cells])
        return table_html(heads, rows)

    def _groups(self, seen: Seen, code: str) -> list[str]:
        rows = table_named(seen, self.name, "fairness_groups").rows
        return [cell_text(row[GROUP], "word", seen.language) for row in rows if row[0] == code]
