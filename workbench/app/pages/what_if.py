"""The page What if (互助会费与保障推演): for management; few controls, sentences, three persons.

Floor 10.
"""

from __future__ import annotations

from workbench.app.controls import Controls
from workbench.app.desk import Desk
from workbench.app.pages.rail import RailPage, actions_of, tools_of
from workbench.app.panels.basis import BasisPanel
from workbench.app.panels.change import ChangePanel
from workbench.app.panels.commands import CommandsPanel
from workbench.app.panels.hundred import HundredPanel
from workbench.app.panels.kept import KeptActions, KeptPanel
from workbench.app.panels.leaving import LeavingPanel
from workbench.app.panels.persons import PersonsPanel
from workbench.app.panels.plans import PlansPanel
from workbench.app.panels.share import SharePanel
from workbench.app.panels.sure import SurePanel
from workbench.app.panels.year import YearPanel
from workbench.app.presets import PauseSwitch, Presets
from workbench.app.saved import Kept, clean, keep, remove, rename
from workbench.app.seen import Seen
from workbench.app.state import Settings
from workbench.show.words import words

__all__ = ["WhatIf", "make"]


class WhatIf(RailPage):
    """The page, with what it keeps side by side."""

    stages = (("run", "price", "persons"), ("leaving",))

    def __init__(self, desk: Desk) -> None:
        tools, actions = tools_of(desk), actions_of(desk)
        self._pause = PauseSwitch(actions, pause=desk.pause)
        self._pause.on_ask(desk.ask_now)
        self._kept = KeptPanel(
            tools,
            KeptActions(keep=self._keep, rename=self._rename, open=self._open, remove=self._remove),
        )
        self._share = SharePanel(tools, desk.seen)
        commands = CommandsPanel(tools, gather=desk.all_answers, commands=("price", "persons"))
        controls = Controls(
            desk.pack, actions, chooser=Presets(desk.pack, actions), extra=(self._pause.widget,)
        )
        leaving = LeavingPanel()
        panels = [
            YearPanel(tools),
            ChangePanel(),
            leaving,
            SurePanel(desk),
            PersonsPanel(tools),
            PlansPanel(tools),
            HundredPanel(tools),
            _Showing(self._kept.widget, self._show_kept),
            _Showing(self._share.widget, self._show_share),
            BasisPanel(),
            commands,
        ]
        super().__init__(desk, controls, panels=panels, commands=commands, later=((leaving,),))

    def relabel(self, language: str) -> None:
        """Put the words into a language."""
        super().relabel(language)
        self._pause.show(language)

    def place(self, settings: Settings) -> None:
        """Put every control where the settings say."""
        super().place(settings)
        self._place_pause()

    def show(self, seen: Seen, stage: int) -> None:
        """Show the answers of a stage."""
        super().show(seen, stage)
        self._place_pause()

    def _place_pause(self) -> None:
        waiting = self.desk.revision != self.desk.answers.revision
        self._pause.place(paused=self.desk.paused, waiting=waiting)

    # ---- what is kept and taken away ----

    def _show_kept(self, seen: Seen) -> None:
        found = [self.desk.answers_of(one) for one in self.desk.kept]
        self._kept.show(
            Seen(
                pack=seen.pack,
                language=seen.language,
                asked=seen.asked,
                today=seen.today,
                data=seen.data,
                kept=found,
            ),
            self.desk.kept,
        )

    def _show_share(self, seen: Seen) -> None:
        self._share.show(seen, self.desk.differs(seen.asked.settings))

    def _keep(self, name: str) -> None:
        place = len(self.desk.kept) + 1
        named = clean(name, words(self.desk.language)("page.kept_new", place=place))
        self._change(keep(self.desk.kept, Kept(name=named, settings=self.desk.settings)))

    def _rename(self, place: int, name: str) -> None:
        self._change(rename(self.desk.kept, place, name))

    def _remove(self, place: int) -> None:
        self._change(remove(self.desk.kept, place))

    def _open(self, place: int) -> None:
        self.desk.take(lambda: self.desk.kept[place].settings)

    def _change(self, kept: tuple[Kept, ...]) -> None:
        self.desk.kept = kept
        self._show_kept(self.desk.seen())
        self.desk.settings_changed()


class _Showing:
    """A panel whose `show` needs more than the answers."""

    def __init__(self, widget: object, show: object) -> None:
        self.widget, self.show = widget, show


def make(desk: Desk) -> WhatIf:
    """Return the page."""
    return WhatIf(desk)
