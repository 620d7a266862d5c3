"""What the page Reserves looks at: date, level of confidence, plans; the control of the date.

Floor 10. None of it changes a setting; all of it stands in the address.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape

import ipywidgets

from workbench.app.panels.parts import Tools, card, region
from workbench.app.seen import Seen, name_of
from workbench.guard import in_range
from workbench.inputs import Inputs
from workbench.questions.reserves import USUAL_YEAR
from workbench.reserving import read_date, usual_dates
from workbench.reserving.margin import LEVEL, LEVELS
from workbench.show.history_pictures import COUNTY_FIGURES
from workbench.show.words import words

__all__ = ["DateControl", "ReserveView"]

DRAWS = 64
"""Draws of the parameters that the button asks for."""


def _usual() -> str:
    return usual_dates(USUAL_YEAR)[0].isoformat()


@dataclass(slots=True, kw_only=True)
class ReserveView:
    """Date as YYYY-MM-DD, level of confidence, plan of the triangle ("" for all).

    `past` is the plan that the run-off test draws ("" for all), `county` what the picture of the
    counties draws; no address has them.
    """

    day: str = ""
    level: float = LEVEL
    plan: str = ""
    past: str = ""
    county: str = COUNTY_FIGURES[0]

    def __post_init__(self) -> None:
        self.day = self.day or _usual()

    @property
    def name(self) -> str:
        """Name of the question behind the page."""
        return name_of("reserve", self._own())

    @property
    def uncertain(self) -> str:
        """Name of the same with the parameters uncertain."""
        return name_of("reserve", {**self._own(), "basis": "level", "draws": DRAWS})

    @property
    def triangle(self) -> str:
        """Name of the triangle."""
        return name_of("triangle", {"plan": self.plan} if self.plan else {})

    def _own(self) -> dict[str, object]:
        own: dict[str, object] = {"date": self.day}
        return own if self.level == LEVEL else {**own, "confidence": f"{self.level:g}"}

    def at(self, *keys: str) -> str:
        """Return the place of a figure of the date."""
        return "/".join((self.name, "dates", self.day, *keys))

    def found(self, seen: Seen, name: str = "") -> Mapping | None:
        """Return the part of the date of an answer, None where it was not asked."""
        document = seen.documents.get(name or self.name)
        return None if document is None else document["dates"][self.day]

    def query(self) -> dict[str, str]:
        """Return the part of an address."""
        told = {"date": self.day if self.day != _usual() else "", "plan": self.plan}
        told["confidence"] = f"{self.level:g}" if self.level != LEVEL else ""
        return {name: value for name, value in told.items() if value}

    def look_at(self, pack: Inputs, query: Mapping[str, object]) -> None:
        """Look where an address says (InputRefused where that cannot be)."""
        day = read_date(str(query.get("date") or _usual())[:20]).isoformat()
        level = in_range("confidence", str(query.get("confidence") or LEVEL)[:20], *LEVELS)
        plan = str(query.get("plan") or "")
        self.day, self.level = day, level
        self.plan = plan if plan in pack.plan_codes else ""


class DateControl:
    """The date: a box to type in, and the two usual dates."""

    def __init__(self, tools: Tools, view: ReserveView, changed: Callable[[], None]) -> None:
        self._view, self._changed, self._placing = view, changed, False
        self._label = region()
        self._box = ipywidgets.Text(continuous_update=False)
        self._box.observe(tools.guarded(self._typed), "value")
        self._usual = [ipywidgets.Button() for _ in usual_dates(USUAL_YEAR)]
        for button, day in zip(self._usual, usual_dates(USUAL_YEAR), strict=True):
            button.add_class("wb-preset")
            button.on_click(tools.guarded(lambda _, day=day: self._take(day.isoformat())))
        head = ipywidgets.HBox([self._label, self._box]).add_class("wb-knob-head")
        row = ipywidgets.Box(self._usual).add_class("wb-presets")
        self.widget = card(head, row, style="wb-knob")
        self.widget.add_class("wb-knob-date")

    def _typed(self, change: dict) -> None:
        if not self._placing:
            try:
                self._take(str(change["new"]))
            finally:
                self.place()

    def _take(self, text: str) -> None:
        day = read_date(text.strip()).isoformat()
        if day != self._view.day:
            self._view.day = day
            self.place()
            self._changed()

    def place(self) -> None:
        """Show the date in force."""
        self._placing = True
        try:
            if self._box.value != self._view.day:
                self._box.value = self._view.day
        finally:
            self._placing = False
        for button, day in zip(self._usual, usual_dates(USUAL_YEAR), strict=True):
            on = day.isoformat() == self._view.day
            (button.add_class if on else button.remove_class)("wb-on")

    def show(self, language: str) -> None:
        """Put the words into a language."""
        say = words(language)
        self._label.value = f"<span>{escape(say('page.reserves_date'))}</span>"
        self._box.tooltip = say("page.reserves_date_tip")
        for button, key in zip(self._usual, ("close", "half"), strict=True):
            button.description = say(f"page.reserves_{key}")
        self.place()
