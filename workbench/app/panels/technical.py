"""What the technical premium of the chosen plan is made of, line by line.

Floor 10.
"""

from __future__ import annotations

from html import escape

from workbench.app.chart import Chart
from workbench.app.markup import details_html, figure, table_html
from workbench.app.panels.choices import View
from workbench.app.panels.parts import (
    Buttons,
    LaterPanel,
    Tools,
    answered,
    card,
    region,
    save_picture,
    save_table,
    show_picture,
)
from workbench.app.seen import Seen
from workbench.show.premium_pictures import waterfall_picture

__all__ = ["TechnicalPanel"]


def _lines_table(seen: Seen) -> str:
    """The lines of the technical premium of every plan, adding up to it."""
    plans = seen.documents["price"]["plans"]
    lines = {code: [line["code"] for line in one["lines"]] for code, one in plans.items()}
    rows = []
    for line in dict.fromkeys(line for codes in lines.values() for line in codes):
        cells = [
            figure(seen, f"price/plans/{code}/lines/{own.index(line)}/yuan", "price")
            if line in own
            else "—"
            for code, own in lines.items()
        ]
        rows.append([escape(seen.say(f"line.{line}")), *cells])
    total = [figure(seen, f"price/plans/{code}/technical_premium_yuan", "price") for code in plans]
    rows.append([escape(seen.say("line.technical")), *total])
    heads = [(seen.say("head.line"), False), *((seen.plan(code), True) for code in plans)]
    return table_html(heads, rows, total=True)


class TechnicalPanel(LaterPanel):
    """A waterfall of the chosen plan, a table of all plans."""

    def __init__(self, tools: Tools, view: View) -> None:
        self._view, self._chart, self.told = view, Chart(height=340), region()
        self._seen: Seen | None = None
        self._buttons = Buttons(
            tools,
            {
                "page.save_picture": lambda: save_picture(self._chart, self._seen),
                "page.save_lines": lambda: save_table(tools, self._seen, "price", "price_lines"),
            },
        )
        self.widget = card(self._chart, self.told, self._buttons.widget)

    def show(self, seen: Seen) -> None:
        """Show the answers."""
        self._seen = seen
        spec = waterfall_picture(
            seen.documents["price"], seen.pack, language=seen.language, plan=self._view.plan
        )
        show_picture(self._chart, spec)
        table = details_html("lines", seen.say("table.price_lines"), _lines_table(seen))
        self.told.value = answered(seen, table)
        self._buttons.show(seen.language)
