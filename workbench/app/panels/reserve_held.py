"""What is held at the date plan by plan, and when the unpaid claims will be paid.

Floor 10.
"""

from __future__ import annotations

from html import escape

from workbench.app.chart import Chart
from workbench.app.markup import details_html, figure, plan_cell, table_html
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
from workbench.app.panels.reserve_view import ReserveView
from workbench.app.seen import Seen
from workbench.show.reserve_pictures import payments_picture, reserve_picture

__all__ = ["HeldPanel", "MonthsPanel"]

COLUMNS = (
    "unearned_yuan",
    "deficiency_yuan",
    "unpaid_yuan",
    "handling_yuan",
    "reserve_yuan",
    "advance_yuan",
)


class HeldPanel:
    """Stacked bars by plan and the table of their figures."""

    def __init__(self, tools: Tools, view: ReserveView) -> None:
        self._view, self._seen = view, None
        self._chart, self._table = Chart(name="reserve"), region()
        self._buttons = Buttons(
            tools,
            {
                "page.save_picture": lambda: save_picture(self._chart, self._seen),
                "page.save_csv": lambda: save_table(tools, self._seen, view.name, "reserve"),
            },
        )
        self.widget = card(self._chart, self._table, self._buttons.widget)

    _seen: Seen | None

    def show(self, seen: Seen) -> None:
        """Draw the answers."""
        self._seen, found = seen, self._view.found(seen)
        assert found is not None
        show_picture(
            self._chart,
            reserve_picture(found, seen.pack, language=seen.language, day=self._view.day),
        )
        self._table.value = answered(seen, self._figures(seen))
        self._buttons.show(seen.language)

    def _figures(self, seen: Seen) -> str:
        say, view = seen.say, self._view
        heads = [(say("head.plan"), False), *((say(f"head.{one}"), True) for one in COLUMNS)]
        margin = say("page.reserves_margin_head", level=seen.text(_level(view), "percent"))
        heads.append((margin, True))
        rows = []
        for code in (*seen.pack.plan_codes, ""):
            part = ("plans", code) if code else ("total",)
            cells = [figure(seen, view.at(*part, one), "money") for one in COLUMNS]
            place = view.at("prudence", *part, "unpaid", "delay", "margin_yuan")
            rows.append([plan_cell(seen, code), *cells, figure(seen, place, "money")])
        unit = say("unit.money")
        return table_html(
            heads, rows, caption=say("page.reserves_table", unit=unit, date=view.day), total=True
        )


def _level(view: ReserveView) -> str:
    return view.at("prudence", "confidence")


class MonthsPanel:
    """What of the unpaid claims is paid month by month."""

    def __init__(self, tools: Tools, view: ReserveView) -> None:
        self._view, self._seen = view, None
        self._chart, self._head, self._table = Chart(name="payments"), region(), region()
        self._buttons = Buttons(
            tools,
            {
                "page.save_picture": lambda: save_picture(self._chart, self._seen),
                "page.save_csv": lambda: save_table(
                    tools, self._seen, view.name, "reserve_payments"
                ),
            },
        )
        self.widget = card(self._head, self._chart, self._table, self._buttons.widget)

    _seen: Seen | None

    def show(self, seen: Seen) -> None:
        """Draw the answers."""
        self._seen, found = seen, self._view.found(seen)
        assert found is not None
        self._head.value = headed(seen.say("page.reserves_months_title"))
        show_picture(
            self._chart,
            payments_picture(found, seen.pack, language=seen.language, day=self._view.day),
        )
        table = details_html("payments", seen.say("page.year_table"), self._figures(seen))
        self._table.value = answered(seen, table)
        self._buttons.show(seen.language)

    def _figures(self, seen: Seen) -> str:
        view, codes = self._view, (*seen.pack.plan_codes, "total")
        found = view.found(seen)
        assert found is not None
        months = range(len(found["payments_yuan"]["total"]))
        heads = [(seen.say("head.reserve_month"), False)]
        heads += [(seen.plan(code), True) for code in codes[:-1]]
        heads.append((seen.say("word.total"), True))
        rows = []
        for month in months:
            places = (view.at("payments_yuan", code, str(month)) for code in codes)
            cells = [figure(seen, place, "money") for place in places]
            rows.append([escape(str(month + 1)), *cells])
        caption = seen.say("page.reserves_months_table", unit=seen.say("unit.money"))
        return table_html(heads, rows, caption=caption)
