"""The page Reserves (准备金): what must be held at a date, and what it rests on.

Floor 10.
"""

from __future__ import annotations

from collections.abc import Mapping

from workbench.app.controls import Controls, ScenarioList
from workbench.app.desk import Desk
from workbench.app.knobs import RESERVE_KNOBS
from workbench.app.pages.rail import RailPage, actions_of, tools_of
from workbench.app.panels.commands import CommandsPanel
from workbench.app.panels.reserve_basis import OwnBasisPanel
from workbench.app.panels.reserve_counties import CountiesPanel
from workbench.app.panels.reserve_head import ReserveHead
from workbench.app.panels.reserve_held import HeldPanel, MonthsPanel
from workbench.app.panels.reserve_level import LevelPanel
from workbench.app.panels.reserve_runoff import RunoffPanel
from workbench.app.panels.reserve_triangle import TrianglePanel
from workbench.app.panels.reserve_view import DateControl, ReserveView
from workbench.app.seen import Seen
from workbench.app.state import Settings

__all__ = ["Reserves", "make"]


class Reserves(RailPage):
    """The page, and what it looks at."""

    def __init__(self, desk: Desk) -> None:
        self.view = view = ReserveView()
        tools, actions = tools_of(desk), actions_of(desk)
        self._date = DateControl(tools, view, self._moved)
        self.triangle = TrianglePanel(desk, tools, view, self._moved)
        self.runoff = RunoffPanel(desk, tools, view, self._looked)
        self.counties = CountiesPanel(desk, tools, view, self._looked)
        commands = CommandsPanel(
            tools, gather=desk.all_answers, commands=(), first=lambda: view.name
        )
        super().__init__(
            desk,
            Controls(
                desk.pack,
                actions,
                chooser=ScenarioList(desk.pack, actions),
                extra=(self._date.widget,),
                own=RESERVE_KNOBS,
            ),
            panels=[
                HeldPanel(tools, view),
                LevelPanel(desk, tools, view, self._moved),
                MonthsPanel(tools, view),
                *(self.triangle, self.runoff, self.counties),
                OwnBasisPanel(
                    lambda: view.name, ("reserve_more", "reserve_beside", "reserve_assumptions")
                ),
                commands,
            ],
            commands=commands,
            later=((self.triangle,), (self.runoff,), (self.counties,)),
            answer=ReserveHead(view),
        )

    @property
    def stages(self) -> tuple[tuple[str, ...], ...]:  # type: ignore[override]
        """The reserve at the date, then the triangle, last year's reserve, the counties."""
        names = (self.view.triangle, self.runoff.name, self.counties.name)
        return ((self.view.name,), *((name,) for name in names))

    def _moved(self) -> None:
        """The page looks at something else: the address says so, and what is missing is asked."""
        self.desk.settings_changed()
        self.desk.look_again()

    def _looked(self) -> None:
        """A picture draws something else of what is answered."""
        self.desk.show_again()

    def show(self, seen: Seen, stage: int) -> None:
        """Show the answers of a stage; today's are kept for the comparison."""
        if seen.unchanged and not stage:
            self.desk.today = self.desk.today.joined(seen.asked)
        super().show(seen, stage)

    def relabel(self, language: str) -> None:
        """Put the words into a language."""
        super().relabel(language)
        self._date.show(language)

    def place(self, settings: Settings) -> None:
        """Put every control where the settings say."""
        super().place(settings)
        self._date.place()

    def looked_at(self) -> dict[str, str]:
        """Return date, level and plan as a part of an address."""
        return self.view.query()

    def look_at(self, query: Mapping[str, object]) -> None:
        """Look where an address says."""
        self.view.look_at(self.desk.pack, query)
        self._date.place()


def make(desk: Desk) -> Reserves:
    """Return the page."""
    return Reserves(desk)
