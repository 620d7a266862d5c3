"""The best tiers of all plans together, under limits that the reader sets in plain words.

Floor 10. Takes some seconds, so the reader asks for it.
"""

from __future__ import annotations

from html import escape

import ipywidgets

from workbench.app.chart import Chart
from workbench.app.desk import Desk
from workbench.app.markup import details_html, figure, paragraph, plan_cell, table_html
from workbench.app.panels.choices import Choice
from workbench.app.panels.commands import command_row
from workbench.app.panels.parts import LaterPanel, Tools, card, headed, region, show_picture
from workbench.app.panels.slot import AskSlot
from workbench.app.seen import Seen, name_of
from workbench.show.choice_pictures import frontier_picture
from workbench.show.choosing import optimise_sentences
from workbench.show.numbers import number, percent

__all__ = ["FIELDS", "BestPanel"]

NONE = ""

FIELDS: dict[str, tuple[str, ...]] = {
    "objective": ("contribution", "change", "benefit"),
    "deficit": ("0.01", "0.02", "0.05", "0.1", "0.2", "1"),
    "scheme-deficit": ("0.001", "0.01", "0.05", "1"),
    "returned": (NONE, "50", "60", "65", "70", "75", "80", "85"),
    "rise": (NONE, "0", "3", "5", "10", "20"),
    "bundle-cost": (NONE, "150", "160", "165", "170", "175"),
}
"""Option of `workbench optimise` → values on offer; "" is no limit."""

USUAL = {"objective": "contribution", "deficit": "0.05", "scheme-deficit": "0.01"}
"""Defaults of the question: what stands at them is left out of the command."""

PROBABILITIES = ("deficit", "scheme-deficit")


class BestPanel(LaterPanel):
    """Limits, the button, the tiers found with what they lead to, and the frontier."""

    def __init__(self, desk: Desk, tools: Tools) -> None:
        self._head, self.told = region(), region()
        self._chart = Chart(height=360)
        self._seen: Seen | None = None
        self._chosen = {option: USUAL.get(option, NONE) for option in FIELDS}
        self._fields = {option: self._field(tools, option) for option in FIELDS}
        self._labels = {option: region("wb-field-label") for option in FIELDS}
        self._slot = AskSlot(desk, "page.best_ask", lambda: self.name)
        rows = [
            card(self._labels[option], self._fields[option].widget, style="wb-field")
            for option in FIELDS
        ]
        fields = ipywidgets.Box(rows).add_class("wb-fields")
        self.widget = card(self._head, fields, self._slot.widget, self.told)
        self._plain = self.widget.children

    def _field(self, tools: Tools, option: str) -> Choice:
        return Choice(tools, lambda value: self._moved(option, value), opens=True)

    def _moved(self, option: str, value: str) -> None:
        self._chosen[option] = value
        self._slot.place()
        if self._seen is not None:
            self.show(self._seen)

    @property
    def name(self) -> str:
        """The question with the limits chosen."""
        own = {
            option: value
            for option, value in self._chosen.items()
            if value not in (NONE, USUAL.get(option))
        }
        return name_of("optimise", own)

    def _options(self, seen: Seen, option: str) -> list[tuple[str, str]]:
        say, found = seen.say, []
        for value in FIELDS[option]:
            if option == "objective":
                told = say(f"page.best_{value}")
            elif value == NONE or (option in PROBABILITIES and float(value) >= 1.0):
                told = say("page.best_no_limit")
            elif option in PROBABILITIES:
                places = 1 if float(value) < 0.01 else 0
                told = percent(float(value), seen.language, places)
            else:
                told = say("number.yuan", number=number(float(value)))
            found.append((told, value))
        return found

    def wait(self, seen: Seen) -> None:
        """Put title, limits and button into the language."""
        say = seen.say
        note = paragraph(escape(say("page.best_note")), style="wb-quiet")
        self._head.value = headed(say("page.best_title"), note)
        for option, field in self._fields.items():
            label = say(f"page.best_field_{option.replace('-', '_')}")
            self._labels[option].value = escape(label)
            field.offer(self._options(seen, option), self._chosen[option], tip=label)
        self._slot.place()

    def show(self, seen: Seen) -> None:
        """Show the tiers found under these limits, or say that they are to be asked for."""
        self._seen = seen
        self._slot.place()
        name = self.name
        known = name in seen.asked.answers
        frontier = known and any(one["met"] for one in seen.documents[name]["frontier"])
        self.widget.children = (*self._plain, self._chart) if frontier else self._plain
        if not known:
            self.told.value = ""
            return
        lines = optimise_sentences(seen.answer(name), seen.language, changed=not seen.unchanged)
        told = "".join(paragraph(escape(line), f"best_{at}") for at, line in enumerate(lines))
        command = details_html(
            "optimise", seen.say("page.command_of_these"), command_row(seen, name)
        )
        self.told.value = f'<div class="wb-note">{told}</div>{_tables(seen, name)}{command}'
        if frontier:
            spec = frontier_picture(seen.documents[name], seen.pack, language=seen.language)
            show_picture(self._chart, spec)


def _tables(seen: Seen, name: str) -> str:
    """The tiers found plan by plan, or the nearest that can be had."""
    found = seen.documents[name]
    if found["best"] is not None:
        return _tier_table(seen, f"{name}/best", seen.say("word.tiers_best"))
    if found["nearest"] is not None and found["nearest"]["tiers"] is not None:
        return _tier_table(seen, f"{name}/nearest/tiers", seen.say("word.tiers_nearest"))
    return ""


def _tier_table(seen: Seen, at: str, caption: str) -> str:
    say, money, yuan = seen.say, seen.say("unit.money"), seen.say("unit.yuan")
    units = {"in_force_yuan": yuan, "premium_yuan": yuan, "change_yuan": yuan}
    keys = [*units, "returned_per_hundred", "deficit_probability", "expected_surplus_yuan"]
    units["expected_surplus_yuan"] = money
    heads = [(say("head.plan"), False)]
    for key in keys:
        label = say(f"head.{key}")
        unit = units.get(key)
        told = say("head.with_unit", label=label, unit=unit) if unit else label
        heads.append((told, True))
    rows = []
    for code in seen.pack.plan_codes:
        place = f"{at}/plans/{code}"
        rows.append(
            [
                plan_cell(seen, code),
                figure(seen, f"{place}/in_force_yuan", "number"),
                figure(seen, f"{place}/premium_yuan", "number"),
                figure(seen, f"{place}/change_yuan", "number", sign=True),
                *_outcome(seen, place),
            ]
        )
    rows.append([plan_cell(seen, ""), "", "", "", *_outcome(seen, at)])
    return table_html(heads, rows, caption=caption, total=True)


def _outcome(seen: Seen, place: str) -> list[str]:
    return [
        figure(seen, f"{place}/returned_per_hundred", "hundred"),
        figure(seen, f"{place}/deficit_probability", "probability"),
        figure(seen, f"{place}/expected_surplus_yuan", "money"),
    ]
