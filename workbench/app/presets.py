"""Scenarios as large buttons, and the switch that holds the answer back.

Floor 10. Buttons only report (`Actions`); which one is on, the state says.
"""

from __future__ import annotations

from collections.abc import Callable

import ipywidgets

from workbench.app.controls import Actions
from workbench.app.meanings import scenarios_of
from workbench.app.state import TODAY, Settings
from workbench.inputs import Inputs
from workbench.show.words import words

__all__ = ["ASIDE", "PauseSwitch", "Presets"]

ASIDE = ("deferral", "level_and_trend", "high_shock", "shock_regimes")
"""Scenarios for reviewers: they stand under More."""


class Presets:
    """One button a scenario; the one in force is marked. Today's puts all sliders back."""

    def __init__(self, pack: Inputs, actions: Actions) -> None:
        self._pack = pack
        self._buttons = {code: self._button(code, actions) for _, code in scenarios_of(pack, "zh")}
        sight = [one for code, one in self._buttons.items() if code not in ASIDE]
        aside = [one for code, one in self._buttons.items() if code in ASIDE]
        self.widget = ipywidgets.Box(sight).add_class("wb-presets")
        self.aside = ipywidgets.Box(aside).add_class("wb-presets") if aside else None

    def _button(self, code: str, actions: Actions) -> ipywidgets.Button:
        button = ipywidgets.Button()
        button.add_class("wb-preset")
        act = actions.reset if code == TODAY else lambda: actions.chosen(code)
        button.on_click(actions.guarded(lambda _: act()))
        return button

    def place(self, settings: Settings) -> None:
        """Mark the scenario in force; today's only where nothing was moved."""
        for code, button in self._buttons.items():
            on = settings == Settings() if code == TODAY else code == settings.scenario
            (button.add_class if on else button.remove_class)("wb-on")

    def show(self, language: str) -> None:
        """Put the names into a language; what a scenario is for stands on hover."""
        why = {one.code: one.why for one in self._pack.scenarios}
        for name, code in scenarios_of(self._pack, language):
            self._buttons[code].description = name
            told = next((text for text in why.get(code, ()) if text), "")
            self._buttons[code].tooltip = told if language == "en" and told else name


class PauseSwitch:
    """Hold the answer back while several sliders are set; ask now."""

    def __init__(self, actions: Actions, *, pause: Callable[[bool], None]) -> None:
        self._switch = ipywidgets.ToggleButton(value=False)
        self._switch.add_class("wb-preset")
        self._switch.observe(actions.guarded(lambda change: self._held(pause, change)), "value")
        self._ask = ipywidgets.Button(disabled=True)
        self._ask.add_class("wb-preset")
        self._ask.on_click(actions.guarded(lambda _: self._now()))
        self._ask_now: Callable[[], None] = lambda: None
        self._language = "zh"
        self.widget = ipywidgets.Box([self._switch, self._ask]).add_class("wb-presets")
        self.widget.add_class("wb-pause")

    def on_ask(self, ask_now: Callable[[], None]) -> None:
        """Say what `ask now` does."""
        self._ask_now = ask_now

    def _now(self) -> None:
        self._ask_now()

    def _held(self, pause: Callable[[bool], None], change: dict) -> None:
        pause(bool(change["new"]))
        self._words()

    def place(self, *, paused: bool, waiting: bool) -> None:
        """Show whether answers are held back, and whether one is waiting."""
        if self._switch.value != paused:
            self._switch.value = paused
        self._ask.disabled = not (paused and waiting)

    def _words(self) -> None:
        say, on = words(self._language), self._switch.value
        (self._switch.add_class if on else self._switch.remove_class)("wb-on")
        self._switch.description = say("page.pause_on" if on else "page.pause")
        self._switch.tooltip = say("page.pause_tip")
        self._ask.description = say("page.ask_now")

    def show(self, language: str) -> None:
        """Put the words into a language."""
        self._language = language
        self._words()
