"""Rules for bad times: the fund with and without them, and how likely each acts.

Floor 10.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from workbench.app.markup import details_html, figure, paragraph, table_html
from workbench.app.panels.choices import Choice
from workbench.app.panels.commands import command_row
from workbench.app.panels.fund_view import FundView
from workbench.app.panels.parts import LaterPanel, Tools, card, headed, region
from workbench.app.seen import Seen

__all__ = ["ActionsPanel"]

ROWS = (
    ("used_up", "probability"),
    ("closing_yuan/0.05", "money"),
    ("closing_yuan/0.5", "money"),
    ("gap_yuan", "money"),
)
HEADS = {
    "used_up": "head.fund_used_up",
    "closing_yuan/0.05": "head.fund_05_yuan",
    "closing_yuan/0.5": "head.fund_50_yuan",
    "gap_yuan": "head.fund_gap_yuan",
}


class ActionsPanel(LaterPanel):
    """A switch; with it on, two variants side by side and the rules."""

    def __init__(self, tools: Tools, view: FundView, changed: Callable[[], None]) -> None:
        self._view, self._changed = view, changed
        self._head, self.told = region(), region()
        self._choice = Choice(tools, self._chosen)
        self.widget = card(self._head, self._choice.widget, self.told)

    def _chosen(self, value: str) -> None:
        self._view.actions = value == "on"
        self._changed()

    def wait(self, seen: Seen) -> None:
        """Put title and switch into the language."""
        say = seen.say
        note = paragraph(escape(say("page.fund_actions_note")), style="wb-quiet")
        self._head.value = headed(say("page.fund_actions_title"), note)
        options = [(say(f"page.fund_actions_{one}"), one) for one in ("off", "on")]
        now = "on" if self._view.actions else "off"
        self._choice.offer(options, now, tip=say("page.fund_actions_title"))

    def off(self) -> None:
        """Show nothing: the rules are switched off."""
        self.told.value = ""

    def show(self, seen: Seen) -> None:
        """Show both variants and the rules."""
        say, name = seen.say, self._view.acting
        unit = say("unit.money")
        heads = [(say("head.figure"), False)]
        heads += [(say(f"word.fund_{one}"), True) for one in ("plain", "actions")]
        rows = []
        for key, kind in ROWS:
            label = say(HEADS[key])
            if kind == "money":
                label = say("head.with_unit", label=label, unit=unit)
            places = (f"{name}/variants/{one}/{key}" for one in ("plain", "actions"))
            cells = [figure(seen, place, kind) for place in places]
            rows.append([escape(label), *cells])
        row = command_row(seen, name)
        command = details_html("fund-actions", say("page.command_of_these"), row)
        self.told.value = (
            f'<div data-answer-rev="{seen.asked.revision}">{table_html(heads, rows)}'
            f"{self._rules(seen)}{command}</div>"
        )

    def _rules(self, seen: Seen) -> str:
        """Each rule with the line under which it acts, and how likely it has by the last year."""
        say, name = seen.say, self._view.acting
        heads = [
            (say("head.fund_action"), False),
            (say("head.with_unit", label=say("head.fund_line_yuan"), unit=say("unit.money")), True),
            (say("head.fund_acted"), True),
        ]
        rows = []
        for place, rule in enumerate(seen.documents[name]["actions"]["rules"]):
            at = f"{name}/actions/rules/{place}"
            named = rule["name_zh" if seen.language == "zh" else "name_en"]
            line = figure(seen, f"{at}/line_yuan", "money")
            acted = figure(seen, f"{at}/acted_before/{self._view.last}", "probability")
            rows.append([escape(named), line, acted])
        return table_html(heads, rows, caption=say("page.fund_rules"))
