"""What the page Fund looks at: horizon, stated possibility, rules, the year of the books.

Floor 10. None of it changes a setting; all of it stands in the address.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape

import ipywidgets

from workbench.app.panels.parts import Tools, card, region
from workbench.app.seen import name_of
from workbench.fund import FIRST_YEAR, LONGEST
from workbench.guard import whole_number
from workbench.show.words import words

__all__ = ["POSSIBILITIES", "FundView", "YearsControl"]

COARSE_PATHS = 1_024
POSSIBILITIES = (0.01, 0.05, 0.1)
POSSIBILITY = 0.05


@dataclass(slots=True, kw_only=True)
class FundView:
    """`years` of the horizon, `possibility` stated, whether rules act, `year` of the books.

    `shown` is the name of the answer that the page shows now: `whole`, or `coarse` before it.
    """

    years: int = LONGEST
    possibility: float = POSSIBILITY
    actions: bool = False
    year: int = FIRST_YEAR
    shown: str = ""

    def __post_init__(self) -> None:
        self.shown = self.whole

    @property
    def whole(self) -> str:
        """Name of the question with all paths."""
        return name_of("fund", self._own())

    @property
    def coarse(self) -> str:
        """Name of the same with few paths, shown until the whole one is there."""
        return name_of("fund", {**self._own(), "paths": COARSE_PATHS})

    @property
    def uncertain(self) -> str:
        """Name of the same with parameters, base and trend uncertain."""
        return name_of("fund", {**self._own(), "basis": "level"})

    @property
    def acting(self) -> str:
        """Name of the same with the rules for bad times."""
        return name_of("fund", {**self._own(), "actions": "on"})

    def _own(self) -> dict[str, object]:
        own: dict[str, object] = {} if self.years == LONGEST else {"years": self.years}
        usual = self.possibility == POSSIBILITY
        return own if usual else {**own, "possibility": f"{self.possibility:g}"}

    @property
    def last(self) -> int:
        """Last year of the horizon."""
        return FIRST_YEAR + self.years - 1

    def span(self, years: int) -> None:
        """Set the horizon; the year of the books stays within it."""
        self.years = whole_number("--years", years, 1, LONGEST)
        self.year = min(self.year, self.last)

    def query(self) -> dict[str, str]:
        """Return the part of an address."""
        told = {
            "years": "" if self.years == LONGEST else str(self.years),
            "possibility": "" if self.possibility == POSSIBILITY else f"{self.possibility:g}",
            "actions": "on" if self.actions else "",
            "year": "" if self.year == FIRST_YEAR else str(self.year),
        }
        return {name: value for name, value in told.items() if value}

    def look_at(self, query: Mapping[str, object]) -> None:
        """Look where an address says (InputRefused where that cannot be)."""
        years = whole_number("--years", str(query.get("years") or LONGEST)[:20], 1, LONGEST)
        last = FIRST_YEAR + years - 1
        year = whole_number("year", str(query.get("year") or FIRST_YEAR)[:20], FIRST_YEAR, last)
        given = str(query.get("possibility") or POSSIBILITY)
        self.possibility = next((one for one in POSSIBILITIES if f"{one:g}" == given), POSSIBILITY)
        self.years, self.year = years, year
        self.actions = query.get("actions") == "on"


class YearsControl:
    """The horizon as a slider with a box to type in."""

    def __init__(self, tools: Tools, view: FundView, changed: Callable[[], None]) -> None:
        self._view, self._changed, self._placing = view, changed, False
        self._label = region()
        self._box = ipywidgets.Text(continuous_update=False)
        self._slider = ipywidgets.IntSlider(value=view.years, min=1, max=LONGEST, readout=False)
        for one in (self._slider, self._box):
            one.observe(tools.guarded(self._acted), "value")
        head = ipywidgets.HBox([self._label, self._box]).add_class("wb-knob-head")
        self.widget = card(head, self._slider, style="wb-knob")
        self.widget.add_class("wb-knob-years")

    def _acted(self, change: dict) -> None:
        if self._placing:
            return
        try:
            before = self._view.years
            self._view.span(whole_number("--years", str(change["new"]).strip(), 1, LONGEST))
            if self._view.years != before:
                self._changed()
        finally:
            self.place()

    def place(self) -> None:
        """Show the horizon in force."""
        self._placing = True
        try:
            self._slider.value = self._view.years
            if self._box.value != str(self._view.years):
                self._box.value = str(self._view.years)
        finally:
            self._placing = False

    def show(self, language: str) -> None:
        """Put the words into a language."""
        say = words(language)
        label, unit = say("page.fund_years"), say("page.fund_years_unit")
        self._label.value = (
            f'<span title="{escape(say("page.fund_years_why"))}">{escape(label)}'
            f'<span class="unit">{escape(unit)}</span></span>'
        )
        self._slider.tooltip = say("page.knob_name", label=label, unit=unit)
        self._box.tooltip = say("page.knob_typed", label=label, unit=unit)
        self.place()
