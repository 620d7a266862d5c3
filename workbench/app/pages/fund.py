"""The page Fund (历年结余): does the members' fund last, what is in its books, what restores it.

Floor 10. Few paths are shown first where claims have to be drawn anew; once they are known, a tier,
the expenses or the opening fund answer with all paths at once (`workbench.app.fund_claims`).
"""

from __future__ import annotations

from collections.abc import Mapping

from workbench.app.controls import Controls
from workbench.app.desk import Desk
from workbench.app.fund_claims import claims_kept
from workbench.app.knobs import FUND_KNOBS
from workbench.app.pages.rail import RailPage, actions_of, tools_of
from workbench.app.panels.commands import CommandsPanel
from workbench.app.panels.fund_actions import ActionsPanel
from workbench.app.panels.fund_books import BooksPanel
from workbench.app.panels.fund_fan import FanPanel, UncertainPanel
from workbench.app.panels.fund_head import FundHead
from workbench.app.panels.fund_restored import RestoredPanel
from workbench.app.panels.fund_view import FundView, YearsControl
from workbench.app.panels.reserve_basis import OwnBasisPanel
from workbench.app.presets import Presets
from workbench.app.seen import Seen, asked_as
from workbench.app.state import Settings

__all__ = ["Fund", "make"]

WHOLE, ACTING, UNCERTAIN = 1, 2, 3
"""Stages after the first picture."""


class Fund(RailPage):
    """The page, and what it looks at."""

    def __init__(self, desk: Desk) -> None:
        self.view = view = FundView()
        tools, actions = tools_of(desk), actions_of(desk)
        self._years = YearsControl(tools, view, self._moved)
        self._acting = ActionsPanel(tools, view, self._moved)
        self._uncertain = UncertainPanel(desk, tools, view, self._moved)
        self._restored = RestoredPanel(tools, view, self._moved)
        commands = CommandsPanel(
            tools, gather=desk.all_answers, commands=(), first=lambda: view.shown
        )
        listed = ("fund_years", "fund_plans_mean", "fund_members")
        super().__init__(
            desk,
            Controls(
                desk.pack,
                actions,
                chooser=Presets(desk.pack, actions),
                extra=(self._years.widget,),
                own=FUND_KNOBS,
            ),
            panels=[
                *(FanPanel(tools, view), self._uncertain, self._restored, self._acting),
                BooksPanel(tools, view, self._looked),
                OwnBasisPanel(lambda: view.shown, listed),
                commands,
            ],
            commands=commands,
            later=((), (self._acting,), (self._uncertain,)),
            answer=FundHead(view),
        )

    @property
    def stages(self) -> tuple[tuple[str, ...], ...]:  # type: ignore[override]
        """A first picture, all paths, rules where they act, uncertain assumptions."""
        view = self.view
        _, choices = asked_as(self.desk.pack, view.whole, self.desk.settings)
        kept = claims_kept(self.desk.pack, choices)
        acting = (view.acting,) if view.actions else ()
        first = view.whole if kept else view.coarse
        return ((first,), (view.whole,), acting, (view.uncertain,))

    def _moved(self) -> None:
        """The page looks at something else: the address says so, and what is missing is asked."""
        self.desk.settings_changed()
        self.desk.look_again()

    def _looked(self) -> None:
        self.desk.settings_changed()
        self.desk.show_again()

    def show(self, seen: Seen, stage: int) -> None:
        """Show the answers of a stage; today's are kept for the comparison."""
        view = self.view
        if stage in (0, WHOLE):
            view.shown = view.whole if view.whole in seen.documents else view.coarse
            if view.shown not in seen.documents:
                return
            if seen.unchanged and view.shown == view.whole:
                self.desk.today = self.desk.today.joined(seen.asked)
            super().show(seen, 0)
        elif stage == ACTING and not view.actions:
            self._acting.off()
            self._acting.stale(False)
        elif all(name in seen.documents for name in self.stages[stage]):
            super().show(seen, stage)
            if stage == UNCERTAIN:
                self._restored.show(seen)
                self._answer.show(seen)

    def relabel(self, language: str) -> None:
        """Put the words into a language."""
        super().relabel(language)
        self._years.show(language)

    def place(self, settings: Settings) -> None:
        """Put every control where the settings say."""
        super().place(settings)
        self._years.place()

    def looked_at(self) -> dict[str, str]:
        """Return horizon, possibility, rules and year as a part of an address."""
        return self.view.query()

    def look_at(self, query: Mapping[str, object]) -> None:
        """Look where an address says."""
        self.view.look_at(query)
        self._years.place()


def make(desk: Desk) -> Fund:
    """Return the page."""
    return Fund(desk)
