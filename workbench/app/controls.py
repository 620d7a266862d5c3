"""The rail of controls: scenarios, sliders with typed values, what differs from today, messages.

Floor 10. A control only reports what the reader did (`Actions`); the page decides, and tells the
rail where everything stands (`place`). So a value that is refused never stays in a slider.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import Protocol

import ipywidgets

from workbench.app.knobs import Knob, knob_label, knob_unit, knob_why, knobs_of, range_of
from workbench.app.meanings import scenarios_of
from workbench.app.panels.parts import card, region
from workbench.app.state import TODAY, Settings, value_of
from workbench.changes import Changes
from workbench.inputs import Inputs
from workbench.show.numbers import number
from workbench.show.words import words

__all__ = ["Actions", "Controls", "KnobControl", "ScenarioList", "written"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Actions:
    """What the page does when the reader acts: `moved(name, value)`, `chosen(code)`, `reset()`."""

    moved: Callable[[str, object], None]
    chosen: Callable[[str], None]
    reset: Callable[[], None]
    guarded: Callable[[Callable[..., None]], Callable[..., None]]


def written(name: str, value: float) -> str:
    """Return a value as `--set` writes it."""
    return Changes({name: value}).lines[0].partition("=")[2]


class KnobControl:
    """Label with unit, number box, reset; a slider with today's tick under them."""

    def __init__(self, pack: Inputs, knob: Knob, actions: Actions) -> None:
        self.knob, self._pack, self._actions = knob, pack, actions
        self._ends = range_of(pack, knob)
        self._label, self._tick = region(), region("wb-knob-tick")
        self._box = ipywidgets.Text(continuous_update=False)
        self._reset = ipywidgets.Button()
        self._reset.add_class("wb-reset")
        self._slider = ipywidgets.FloatSlider(
            value=self._ends.today,
            min=self._ends.low,
            max=self._ends.high,
            step=knob.step,
            readout=False,
        )
        self._placing = False
        self._slider.observe(actions.guarded(self._acted), "value")
        self._box.observe(actions.guarded(self._acted), "value")
        self._reset.on_click(actions.guarded(lambda _: actions.moved(knob.name, self._ends.today)))
        head = ipywidgets.HBox([self._label, self._reset, self._box])
        head.add_class("wb-knob-head")
        self.widget = card(head, self._slider, self._tick, style="wb-knob")
        self.widget.add_class(f"wb-knob-{knob.name.replace('.', '-')}")

    def _acted(self, change: dict) -> None:
        if not self._placing:
            self._actions.moved(self.knob.name, change["new"])

    def place(self, value: float) -> None:
        """Put slider and box where the state says, whatever stands in them."""
        self._placing = True
        try:
            low, high = self._ends.low, self._ends.high
            if (self._slider.min, self._slider.max) != (low, high):
                # A browser may set any trait, the range included.
                self._slider.set_trait("min", min(low, self._slider.max))
                self._slider.set_trait("max", high)
                self._slider.set_trait("min", low)
            self._slider.value = value
            text = written(self.knob.name, value)
            if self._box.value != text:
                self._box.value = text
            self._reset.disabled = value == self._ends.today
        finally:
            self._placing = False

    def show(self, language: str) -> None:
        """Put the words into a language."""
        knob, say = self.knob, words(language)
        label, unit = knob_label(self._pack, knob, language), knob_unit(knob, language)
        why = knob_why(self._pack, knob, language)
        named = say("page.knob_premium", plan=label) if knob.plan else label
        self._label.value = (
            f'<span title="{escape(why)}">{escape(label)}'
            f'<span class="unit">{escape(unit)}</span></span>'
        )
        self._slider.tooltip = say("page.knob_name", label=named, unit=unit)
        self._box.tooltip = say("page.knob_typed", label=named, unit=unit)
        today = number(self._ends.today)
        self._reset.tooltip = say("page.knob_reset", label=named, value=today)
        share = (self._ends.today - self._ends.low) / (self._ends.high - self._ends.low)
        title = escape(say("page.knob_today", value=today))
        self._tick.value = f'<i style="left:{100 * share:.2f}%" title="{title}"></i>'


class Chooser(Protocol):
    """A choice of the scenarios: a list, or buttons."""

    widget: ipywidgets.Widget
    aside: ipywidgets.Widget | None

    def place(self, settings: Settings) -> None:
        """Mark the scenario in force."""

    def show(self, language: str) -> None:
        """Put the names into a language."""


class ScenarioList:
    """The scenarios as a list that opens."""

    aside = None

    def __init__(self, pack: Inputs, actions: Actions) -> None:
        self._pack, self._actions, self._placing = pack, actions, False
        self.widget = ipywidgets.Dropdown()
        self.widget.observe(actions.guarded(self._picked), "value")

    def _picked(self, change: dict) -> None:
        if not self._placing and change["new"] is not None:
            self._actions.chosen(str(change["new"]))

    def place(self, settings: Settings) -> None:
        """Mark the scenario in force."""
        self._placing = True
        try:
            self.widget.value = settings.scenario
        finally:
            self._placing = False

    def show(self, language: str) -> None:
        """Put the names into a language."""
        self.widget.tooltip = words(language)("page.scenario")
        self._placing = True
        try:
            value = self.widget.value
            self.widget.options = scenarios_of(self._pack, language)
            self.widget.value = value or TODAY
        finally:
            self._placing = False


class Controls:
    """The rail: scenarios, what differs, more widgets and sliders of the page, all sliders."""

    def __init__(
        self,
        pack: Inputs,
        actions: Actions,
        *,
        chooser: Chooser,
        extra: tuple[ipywidgets.Widget, ...] = (),
        title: str = "page.rail_title",
        own: tuple[Knob, ...] = (),
    ) -> None:
        self._pack, self._actions, self._chooser, self._title = pack, actions, chooser, title
        self._knobs = [KnobControl(pack, knob, actions) for knob in (*knobs_of(pack), *own)]
        self._head, self._status, self._more_head = region(), region("wb-status"), region()
        self._reset = ipywidgets.Button()
        self._reset.on_click(actions.guarded(lambda _: actions.reset()))
        self._more = ipywidgets.ToggleButton(value=False)
        self._more.observe(actions.guarded(self._opened), "value")
        self._premium_head = region()
        self._language = ""
        hidden = [] if chooser.aside is None else [chooser.aside]
        self._hidden = card(*self._widgets("more"), *hidden, style="wb-knobs")
        self.widget = card(*self._rows(extra), style="wb-rail")
        self._opened({"new": False})

    def _rows(self, extra: tuple[ipywidgets.Widget, ...]) -> list[ipywidgets.Widget]:
        top = ipywidgets.HBox([self._head, self._reset])
        top.add_class("wb-rail-head")
        return [
            top,
            self._chooser.widget,
            self._status,
            *extra,
            *([card(*self._widgets("own"), style="wb-knobs")] if self._widgets("own") else []),
            self._premium_head,
            card(*self._widgets("premium"), style="wb-knobs"),
            self._more_head,
            card(*self._widgets("sight"), style="wb-knobs"),
            self._more,
            self._hidden,
        ]

    def _widgets(self, place: str) -> list[ipywidgets.Widget]:
        return [one.widget for one in self._knobs if one.knob.place == place]

    def _opened(self, change: dict) -> None:
        self._hidden.layout.display = "" if change["new"] else "none"
        if self._language:
            self._more_words(self._language)

    def _more_words(self, language: str) -> None:
        key = "page.fewer" if self._more.value else "page.more"
        self._more.description = self._more.tooltip = words(language)(key)

    def place(self, settings: Settings) -> None:
        """Put every control where the state says."""
        self._chooser.place(settings)
        for one in self._knobs:
            one.place(value_of(self._pack, settings, one.knob))

    def show(self, language: str) -> None:
        """Put the words into a language."""
        say, self._language = words(language), language
        self._head.value = f'<h2 class="wb-section">{escape(say(self._title))}</h2>'
        self._premium_head.value = f"<h3>{escape(say('page.premium_head'))}</h3>"
        self._more_head.value = f"<h3>{escape(say('page.world_head'))}</h3>"
        self._reset.description = say("page.reset_all")
        self._more_words(language)
        self._chooser.show(language)
        for one in self._knobs:
            one.show(language)

    def tell(self, content: str, *, fault: bool = False, revision: int = 0) -> None:
        """Say what differs from today, or what was refused; content is HTML."""
        style = ' class="wb-message" role="alert"' if fault else ' role="status"'
        self._status.value = f'<div{style} data-asked-rev="{revision}">{content}</div>'
