"""The books of a year: income statement and balance sheet as an official reads them.

Floor 10.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape

import ipywidgets

from workbench.app.markup import details_html, figure, paragraph, table_html
from workbench.app.panels.choices import Choice
from workbench.app.panels.fund_view import FundView
from workbench.app.panels.parts import Buttons, Tools, answered, card, headed, region, save_table
from workbench.app.seen import Seen
from workbench.fund import BALANCE, INCOME, PLAN_LINES

__all__ = ["BooksPanel"]

SUMS = ("earned", "incurred", "result", "assets", "fund")


class BooksPanel:
    """A choice of the year, two statements side by side, the plans of the year."""

    _seen: Seen | None

    def __init__(self, tools: Tools, view: FundView, changed: Callable[[], None]) -> None:
        self._view, self._changed, self._seen = view, changed, None
        self._head, self._plans = region(), region()
        self._income, self._balance = region(), region()
        self._year = Choice(tools, self._chosen, opens=True)
        pair = ipywidgets.Box([self._income, self._balance]).add_class("wb-pair")
        self._buttons = Buttons(
            tools,
            {
                "page.fund_save_income": lambda: self._save(tools, "fund_income_mean"),
                "page.fund_save_balance": lambda: self._save(tools, "fund_balance_mean"),
            },
        )
        self.widget = card(
            *(self._head, self._year.widget, pair, self._plans, self._buttons.widget)
        )

    def _save(self, tools: Tools, table: str) -> None:
        save_table(tools, self._seen, self._view.shown, table)

    def _chosen(self, value: int) -> None:
        self._view.year = value
        self._changed()

    def show(self, seen: Seen) -> None:
        """Show the year."""
        self._seen, say, view = seen, seen.say, self._view
        note = paragraph(escape(say("page.fund_books_note")), style="wb-quiet")
        self._head.value = headed(say("page.fund_books_title"), note)
        years = seen.documents[view.shown]["years"]
        options = [(say("page.fund_books_year", year=year), year) for year in years]
        self._year.offer(options, view.year, tip=say("page.fund_books_title"))
        self._income.value = answered(seen, self._statement(seen, "income", INCOME))
        self._balance.value = answered(seen, self._statement(seen, "balance", BALANCE))
        plans = details_html("fund-plans", say("page.fund_plans"), self._by_plan(seen))
        self._plans.value = answered(seen, plans)
        self._buttons.show(seen.language)

    def _statement(self, seen: Seen, which: str, lines: tuple[str, ...]) -> str:
        say, view = seen.say, self._view
        heads = [(say("head.fund_line"), False), (say("unit.money"), True)]
        at = f"{view.shown}/statements/mean/{view.year}/{which}"
        rows = []
        for line in lines:
            name = escape(say(f"word.fund_line_{line}"))
            shown = figure(seen, f"{at}/{line}", "money")
            if line in SUMS:
                name, shown = f"<b>{name}</b>", f"<b>{shown}</b>"
            rows.append([name, shown])
        caption = say(f"page.fund_{which}", year=view.year)
        return table_html(heads, rows, caption=caption, total=True)

    def _by_plan(self, seen: Seen) -> str:
        say, view = seen.say, self._view
        unit = say("unit.money")
        heads = [(say("head.plan"), False), (say("head.enrolments"), True)]
        for line in PLAN_LINES[1:]:
            label = say(f"head.fund_{line}_yuan")
            heads.append((say("head.with_unit", label=label, unit=unit), True))
        years = seen.documents[view.shown]["years"]
        place = years.index(view.year)
        rows = []
        for code in seen.pack.plan_codes:
            at = f"{view.shown}/plans/mean/{code}/{place}"
            cells = [figure(seen, f"{at}/enrolments", "count")]
            cells += [figure(seen, f"{at}/{line}", "money") for line in PLAN_LINES[1:]]
            rows.append([escape(seen.plan(code)), *cells])
        return table_html(heads, rows)
