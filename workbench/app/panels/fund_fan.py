"""The fund over the years as a fan, and when it is used up: with all as assumed, and uncertain.

Floor 10. The second fan comes when the reader rests; it says how far it is and may be stopped.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from workbench.app.chart import Chart
from workbench.app.desk import Desk
from workbench.app.markup import details_html, figure, paragraph, table_html
from workbench.app.panels.commands import command_row
from workbench.app.panels.fund_view import FundView
from workbench.app.panels.parts import (
    Buttons,
    Tools,
    answered,
    card,
    headed,
    region,
    save_picture,
    save_table,
    show_picture,
)
from workbench.app.panels.resting import RestingPanel
from workbench.app.seen import TODAY_PREFIX, Seen
from workbench.show.charts import ChartSpec
from workbench.show.fund_pictures import fund_picture
from workbench.show.funding import fund_sentences

__all__ = ["FanPanel", "UncertainPanel", "years_table"]

LEVELS = ("0.05", "0.5", "0.95")


def years_table(seen: Seen, name: str, variant: str = "plain") -> str:
    """Return, year by year, whether it is used up by then, and the fund at the year's end."""
    say, document = seen.say, seen.documents[name]
    unit = say("unit.money")
    heads = [(say("head.year"), False), (say("head.fund_used_by"), True)]
    for key in ("05", "50", "95"):
        heads.append((say("head.with_unit", label=say(f"head.fund_{key}_yuan"), unit=unit), True))
    rows = []
    for place, year in enumerate(document["years"]):
        used = figure(seen, f"{name}/variants/{variant}/used_up_by/{year}", "probability")
        month = 12 * place + 11
        cells = [figure(seen, f"{name}/fan/{month}/{level}", "money") for level in LEVELS]
        rows.append([escape(str(year)), used, *cells])
    return table_html(heads, rows)


class FanPanel:
    """The fan that answers the sliders; today's median stays behind as a ghost."""

    _seen: Seen | None

    def __init__(self, tools: Tools, view: FundView) -> None:
        self._view, self._seen = view, None
        self._chart, self._table = Chart(name="fund", height=340), region()
        self._buttons = Buttons(
            tools,
            {
                "page.save_picture": lambda: save_picture(self._chart, self._seen),
                "page.save_csv": lambda: save_table(tools, self._seen, view.shown, "fund_fan"),
            },
        )
        self.widget = card(self._chart, self._table, self._buttons.widget)

    def show(self, seen: Seen) -> None:
        """Draw the answer."""
        self._seen, name = seen, self._view.shown
        today = None if seen.unchanged else seen.documents.get(f"{TODAY_PREFIX}{self._view.whole}")
        spec = fund_picture(seen.documents[name], language=seen.language, today=today)
        show_picture(self._chart, spec)
        table = details_html("fund-years", seen.say("page.fund_when"), years_table(seen, name))
        self._table.value = answered(seen, table)
        self._buttons.show(seen.language)


class UncertainPanel(RestingPanel):
    """The same with parameters, base and trend uncertain over the paths."""

    title = "page.fund_uncertain_title"

    def __init__(self, desk: Desk, tools: Tools, view: FundView, changed: Callable) -> None:
        super().__init__(desk, tools, view, changed)
        self.widget.children = (self._head, self._slot, self._chart, self.told)

    @property
    def name(self) -> str:
        """The name of the question whose answer is shown."""
        return self._view.uncertain

    @property
    def drawn(self) -> str:
        """Nothing is chosen here."""
        return ""

    def _chosen(self, value: str) -> None:
        """Nothing is chosen here."""

    def draw(self, seen: Seen) -> ChartSpec:
        """Return the fan."""
        return fund_picture(seen.documents[self.name], language=seen.language)

    def wait(self, seen: Seen) -> None:
        """Put title and buttons into the language."""
        say = seen.say
        note = paragraph(escape(say("page.fund_uncertain_note")), style="wb-quiet")
        self._head.value = headed(say(self.title), note)
        self._stop.description, self._again.description = say("page.stop"), say("page.ask_again")
        self._settle()

    def show(self, seen: Seen) -> None:
        """Show sentences, picture and years."""
        self._settle()
        show_picture(self._chart, self.draw(seen))
        lines = fund_sentences(seen.answer(self.name), seen.language, changed=False)
        told = "".join(paragraph(escape(line), f"uncertain_{n}") for n, line in enumerate(lines))
        row = command_row(seen, self.name)
        command = details_html("fund-uncertain", seen.say("page.command_of_these"), row)
        self.told.value = (
            f'<div data-rest-rev="{seen.asked.revision}"><div class="wb-sentence">{told}</div>'
            f"{self.table(seen)}{command}</div>"
        )

    def table(self, seen: Seen) -> str:
        """Return the years, to be opened."""
        content = years_table(seen, self.name)
        return details_html("fund-uncertain-years", seen.say("page.fund_when"), content)
