"""What would restore a stated possibility that the fund is used up.

Floor 10.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from workbench.app.markup import figure, paragraph, table_html
from workbench.app.panels.choices import Choice
from workbench.app.panels.fund_view import POSSIBILITIES, FundView
from workbench.app.panels.parts import Buttons, Tools, answered, card, headed, region, save_table
from workbench.app.seen import Seen
from workbench.show.numbers import percent

__all__ = ["RestoredPanel"]

ROWS = (
    ("opening_yuan", "money"),
    ("contribution_change", "percent"),
    ("claims_change", "percent"),
    ("claims_even", "percent"),
    ("claims_mean", "percent"),
)
HEADS = {
    "opening_yuan": "head.fund_opening_needed_yuan",
    "contribution_change": "head.fund_contribution_change",
    "claims_change": "head.fund_claims_change",
    "claims_even": "head.fund_claims_even",
    "claims_mean": "head.fund_claims_mean",
}


class RestoredPanel:
    """A choice of the possibility, and what it needs; without and, once known, with uncertainty."""

    _seen: Seen | None

    def __init__(self, tools: Tools, view: FundView, changed: Callable[[], None]) -> None:
        self._view, self._changed, self._seen = view, changed, None
        self._head, self._table = region(), region()
        self._choice = Choice(tools, self._chosen)
        self._buttons = Buttons(
            tools,
            {"page.save_csv": lambda: save_table(tools, self._seen, view.shown, "fund_restored")},
        )
        self.widget = card(self._head, self._choice.widget, self._table, self._buttons.widget)

    def _chosen(self, value: float) -> None:
        self._view.possibility = value
        self._changed()

    def show(self, seen: Seen) -> None:
        """Show the answer."""
        self._seen, say, view = seen, seen.say, self._view
        note = paragraph(escape(say("page.fund_restored_note")), style="wb-quiet")
        self._head.value = headed(say("page.fund_restored_title"), note)
        options = [(percent(one, seen.language, 0), one) for one in POSSIBILITIES]
        self._choice.offer(options, view.possibility, tip=say("head.fund_possibility"))
        names = {"process": view.shown, "level": view.uncertain}
        there = {basis: name for basis, name in names.items() if name in seen.documents}
        heads = [(say("head.figure"), False)]
        heads += [(say(f"page.fund_basis_{basis}"), True) for basis in there]
        rows = []
        for key, kind in ROWS:
            label = say(HEADS[key])
            if kind == "money":
                label = say("head.with_unit", label=label, unit=say("unit.money"))
            cells = [figure(seen, f"{name}/restored/{key}", kind) for name in there.values()]
            rows.append([escape(label), *cells])
        self._table.value = answered(seen, table_html(heads, rows))
        self._buttons.show(seen.language)
