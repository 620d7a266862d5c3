"""Unpaid claims at a level of confidence: the level as a slider, by what is uncertain.

Floor 10. With the parameters uncertain it takes some seconds, so the reader asks for it.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape

import ipywidgets

from workbench.app.chart import Chart
from workbench.app.desk import Desk
from workbench.app.markup import details_html, figure, paragraph, table_html
from workbench.app.panels.commands import command_row
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
from workbench.app.panels.slot import AskSlot
from workbench.app.seen import Seen
from workbench.guard import in_range
from workbench.reserving.margin import LEVEL, LEVELS
from workbench.show.numbers import percent
from workbench.show.reserve_pictures import confidence_picture
from workbench.show.words import words

__all__ = ["LevelPanel"]

STEP = 0.005


class _LevelKnob:
    """The slider of the level in per cent, with a box to type in."""

    def __init__(self, tools: Tools, view: ReserveView, changed: Callable[[], None]) -> None:
        self._view, self._changed, self._placing = view, changed, False
        self._label, self._tick = region(), region("wb-knob-tick")
        self._box = ipywidgets.Text(continuous_update=False)
        low, high = (100.0 * end for end in LEVELS)
        self._slider = ipywidgets.FloatSlider(
            value=100.0 * view.level, min=low, max=high, step=100.0 * STEP, readout=False
        )
        for one in (self._slider, self._box):
            one.observe(tools.guarded(self._acted), "value")
        head = ipywidgets.HBox([self._label, self._box]).add_class("wb-knob-head")
        self.widget = card(head, self._slider, self._tick, style="wb-knob")
        self.widget.add_class("wb-knob-level").add_class("wb-inset")

    def _acted(self, change: dict) -> None:
        if self._placing:
            return
        try:
            low, high = (100.0 * end for end in LEVELS)
            told = str(change["new"]).replace("%", "").replace("％", "").strip()
            level = round(in_range("--confidence", told, low, high) / 100.0, 6)
            if level != self._view.level:
                self._view.level = level
                self._changed()
        finally:
            self.place()

    def place(self) -> None:
        """Show the level in force."""
        self._placing = True
        try:
            self._slider.value = 100.0 * self._view.level
            text = f"{100.0 * self._view.level:g}"
            if self._box.value != text:
                self._box.value = text
        finally:
            self._placing = False

    def show(self, language: str) -> None:
        """Put the words into a language."""
        say = words(language)
        label, unit = say("page.reserves_level"), "%"
        self._label.value = (
            f'<span title="{escape(say("page.reserves_level_why"))}">{escape(label)}'
            f'<span class="unit">{unit}</span></span>'
        )
        self._slider.tooltip = say("page.knob_name", label=label, unit=unit)
        self._box.tooltip = say("page.knob_typed", label=label, unit=unit)
        low, high = LEVELS
        title = escape(say("page.reserves_level_usual", level=percent(LEVEL, language, 0)))
        left = 100.0 * (LEVEL - low) / (high - low)
        self._tick.value = f'<i style="left:{left:.2f}%" title="{title}"></i>'
        self.place()


class LevelPanel:
    """Slider, picture, table, and the button that takes the parameters as uncertain too."""

    _seen: Seen | None

    def __init__(
        self, desk: Desk, tools: Tools, view: ReserveView, changed: Callable[[], None]
    ) -> None:
        self._view, self._seen = view, None
        self._head, self._table = region(), region()
        self._knob, self._chart = _LevelKnob(tools, view, changed), Chart(name="confidence")
        self._slot = AskSlot(desk, "page.reserves_uncertain", lambda: view.uncertain)
        self._buttons = Buttons(
            tools,
            {
                "page.save_picture": lambda: save_picture(self._chart, self._seen),
                "page.save_csv": lambda: save_table(tools, self._seen, view.name, "reserve_margin"),
            },
        )
        self.widget = card(
            *(self._head, self._knob.widget, self._chart, self._table),
            *(self._slot.widget, self._buttons.widget),
        )

    def show(self, seen: Seen) -> None:
        """Draw the answers."""
        self._seen, view = seen, self._view
        found, uncertain = view.found(seen), view.found(seen, view.uncertain)
        assert found is not None
        note = paragraph(escape(seen.say("page.reserves_level_note")), style="wb-quiet")
        self._head.value = headed(seen.say("page.reserves_level_title"), note)
        self._knob.show(seen.language)
        show_picture(
            self._chart, confidence_picture(found, language=seen.language, uncertain=uncertain)
        )
        told = self._figures(seen, uncertain is not None)
        if uncertain is not None:
            row = command_row(seen, view.uncertain)
            told += details_html("reserve-uncertain", seen.say("page.command_of_these"), row)
        self._table.value = answered(seen, told)
        self._slot.place()
        self._buttons.show(seen.language)

    def _figures(self, seen: Seen, uncertain: bool) -> str:
        """Amount at the level, margin and its share, in all, by what is uncertain."""
        say, view = seen.say, self._view
        unit = say("unit.money")
        heads = [(say("head.margin_basis"), False)]
        for key in ("margin_amount_yuan", "margin_yuan"):
            heads.append((say("head.with_unit", label=say(f"head.{key}"), unit=unit), True))
        heads.append((say("head.margin_share"), True))
        places = {basis: view.name for basis in ("process", "delay")}
        if uncertain:
            places["parameters"] = view.uncertain
        rows = []
        for basis, name in places.items():
            at = "/".join((name, "dates", view.day, "prudence", "total", "unpaid", basis))
            cells = [figure(seen, f"{at}/{key}", "money") for key in ("amount_yuan", "margin_yuan")]
            share = figure(seen, f"{at}/margin_share", "percent")
            rows.append([escape(say(f"word.margin_{basis}")), *cells, share])
        return table_html(heads, rows)
