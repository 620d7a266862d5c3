"""Every plan over its tiers, the rule in force, and how far each tier is from it.

Floor 10. The reader chooses the rule; on request the assumptions are uncertain too.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from workbench.app.chart import Chart
from workbench.app.desk import Desk
from workbench.app.markup import figure, paragraph, plan_cell, table_html
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
)
from workbench.app.panels.slot import AskSlot
from workbench.app.seen import Seen, name_of
from workbench.show.choosing import rule_name, rule_sentences
from workbench.show.premium_pictures import tier_grid_picture

__all__ = ["UNCERTAIN_TIERS", "TierGridPanel", "rule_lines", "tiers_of"]

UNCERTAIN_TIERS = name_of("tiers", {"basis": "parameters"})
"""Tiers with the assumptions uncertain."""


def tiers_of(seen: Seen) -> str:
    """Return the name of the tiers that are shown: with uncertain assumptions where known."""
    return UNCERTAIN_TIERS if UNCERTAIN_TIERS in seen.asked.answers else "tiers"


def rule_lines(seen: Seen, rule: str) -> list[str]:
    """Return why no tier of a plan meets a rule, and on which basis it is asked.

    What the table beside them tells is left out.
    """
    name = tiers_of(seen)
    lines = rule_sentences(seen.answer(name), seen.language, rule)
    verdicts = seen.documents[name]["rules"][rule]["plans"].values()
    told = [line for line, one in zip(lines, verdicts, strict=False) if one["least_yuan"] is None]
    if len(lines) > len(verdicts):
        chosen = next(one for one in seen.pack.rules if one.code == rule)
        told.append(seen.say("page.tiers_basis", rule=rule_name(chosen, seen.language)))
    return told


def _distances(seen: Seen, rule: str) -> str:
    """Each tier in force, the one that the rule would choose, and what stands between them."""
    say, name = seen.say, tiers_of(seen)
    money, yuan = say("unit.money"), say("unit.yuan")
    heads = [
        (say("head.plan"), False),
        (say("head.with_unit", label=say("page.tiers_now"), unit=yuan), True),
        (say("head.with_unit", label=say("page.tiers_least"), unit=yuan), True),
        (say("head.with_unit", label=say("page.tiers_distance"), unit=yuan), True),
        (say("head.deficit_probability"), True),
        (say("head.loss_ratio"), True),
        (say("head.with_unit", label=say("head.expected_surplus_yuan"), unit=money), True),
        (say("page.tiers_meets"), False),
    ]
    rows = [_row(seen, f"{name}/rules/{rule}", code) for code in seen.pack.plan_codes]
    every = [one["met"] for one in seen.documents[name]["rules"][rule]["scheme"]]
    met = _status(seen, "page.tiers_met" if all(every) else "page.tiers_missed")
    total = _year(seen, f"{name}/together/in_force")
    rows.append([plan_cell(seen, ""), "", "", "", *total, met])
    return table_html(heads, rows, total=True)


def _year(seen: Seen, at: str) -> list[str]:
    kinds = {
        "deficit_probability": "probability",
        "loss_ratio": "percent",
        "expected_surplus_yuan": "money",
    }
    return [figure(seen, f"{at}/{key}", kind) for key, kind in kinds.items()]


def _row(seen: Seen, at: str, code: str) -> list[str]:
    name, place = at.partition("/")[0], f"{at}/plans/{code}"
    found = seen.documents[name]["rules"][at.rpartition("/")[2]]["plans"][code]
    none = found["distance_yuan"] is None
    key = "page.tiers_met" if found["met"] else "page.tiers_none" if none else "page.tiers_missed"
    return [
        plan_cell(seen, code),
        figure(seen, f"{place}/in_force_yuan", "number"),
        figure(seen, f"{place}/least_yuan", "number"),
        figure(seen, f"{place}/distance_yuan", "number", sign=not none),
        *_year(seen, f"{name}/together/in_force/plans/{code}"),
        _status(seen, key),
    ]


def _status(seen: Seen, key: str) -> str:
    """Whether a rule is met, as a shape, a word and a colour."""
    style, mark = ("sound", "●") if key == "page.tiers_met" else ("watch", "▲")
    return f'<span class="wb-status-{style}">{mark} {escape(seen.say(key))}</span>'


class TierGridPanel(LaterPanel):
    """Picture of all plans, the rule with its distances, and the button for uncertainty."""

    def __init__(self, desk: Desk, tools: Tools, view: View, changed: Callable[[], None]) -> None:
        self._view, self._changed = view, changed
        self._chart, self._head, self.told = Chart(height=520), region(), region()
        self._label = region("wb-field-label")
        self._rule = Choice(tools, self._chosen, opens=True)
        self._slot = AskSlot(desk, "page.tiers_uncertain", lambda: UNCERTAIN_TIERS)
        self._seen: Seen | None = None
        self._buttons = Buttons(
            tools,
            {
                "page.save_picture": lambda: save_picture(self._chart, self._seen),
                "page.save_csv": lambda: save_table(tools, self._seen, "tiers", "tiers"),
            },
        )
        self.widget = card(
            self._head,
            card(self._label, self._rule.widget, style="wb-field"),
            self._chart,
            self.told,
            self._slot.widget,
            self._buttons.widget,
        )

    def _chosen(self, code: str) -> None:
        self._view.rule = code
        self._changed()

    def wait(self, seen: Seen) -> None:
        """Put title, rules and buttons into the language."""
        say, rules = seen.say, seen.pack.rules
        note = paragraph(escape(say("page.tiers_note")), style="wb-quiet")
        self._head.value = headed(say("page.tiers_title"), note)
        self._rule.widget.layout.display = "" if rules else "none"
        if rules:
            self._view.rule = self._view.rule or rules[0].code
            options = [(rule_name(one, seen.language), one.code) for one in rules]
            self._rule.offer(options, self._view.rule, tip=say("page.tiers_rule"))
            self._label.value = escape(say("page.tiers_rule"))
        self._slot.place()
        self._buttons.show(seen.language)

    def show(self, seen: Seen) -> None:
        """Show the answers."""
        self._seen, rule = seen, self._view.rule
        self._slot.place()
        if not rule:
            told = paragraph(escape(seen.say("page.tiers_no_rule")), style="wb-quiet")
            self.told.value = answered(seen, told)
            return
        name, documents = tiers_of(seen), seen.documents
        process = documents["tiers"] if name != "tiers" else None
        show_picture(
            self._chart,
            tier_grid_picture(
                documents[name], seen.pack, language=seen.language, rule=rule, process=process
            ),
        )
        self.told.value = answered(seen, self._told(seen, rule, name))

    def _told(self, seen: Seen, rule: str, name: str) -> str:
        lines = rule_lines(seen, rule)
        told = "".join(paragraph(escape(line), f"rule_{place}") for place, line in enumerate(lines))
        more = command_row(seen, name) if name != "tiers" else ""
        return f'{_distances(seen, rule)}<div class="wb-note wb-rules">{told}</div>{more}'
