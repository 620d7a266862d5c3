"""Which plan the panels below look at.

Floor 10.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from workbench.app.markup import paragraph
from workbench.app.panels.answer import tightest_plan
from workbench.app.panels.choices import Choice, View
from workbench.app.panels.parts import LaterPanel, Tools, card, headed, region
from workbench.app.seen import Seen

__all__ = ["PlanChoice"]


class PlanChoice(LaterPanel):
    """A button a plan; at first the one nearest its limit."""

    def __init__(self, tools: Tools, view: View, changed: Callable[[], None]) -> None:
        self._view, self._changed = view, changed
        self.told = region()
        self._choice = Choice(tools, self._chosen)
        self.widget = card(self.told, self._choice.widget)
        self.widget.add_class("wb-of-plan")

    def _chosen(self, code: str) -> None:
        self._view.plan = code
        self._changed()

    def show(self, seen: Seen) -> None:
        """Put the names of the plans into the language."""
        say = seen.say
        self._view.plan = self._view.plan or tightest_plan(seen)
        note = paragraph(escape(say("page.of_plan_note")), style="wb-quiet")
        self.told.value = headed(say("page.of_plan_title"), note)
        options = [(seen.plan(code), code) for code in seen.pack.plan_codes]
        self._choice.offer(options, self._view.plan, tip=say("page.tier_plan"))
