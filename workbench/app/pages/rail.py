"""A page with a rail of controls at the left, the answer at the top, panels below it.

Floor 10. What all pages but the front page have in common.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ipywidgets

from workbench.app.controls import Actions, Controls
from workbench.app.desk import Desk
from workbench.app.panels.answer import AnswerPanel
from workbench.app.panels.commands import CommandsPanel
from workbench.app.panels.parts import Tools, card
from workbench.app.seen import Seen
from workbench.app.state import Settings

__all__ = ["RailPage", "actions_of", "tools_of"]

GREY_SECONDS = 0.3
"""Panels whose figures come sooner are not greyed: it would flicker, and a browser paints it."""


def actions_of(desk: Desk) -> Actions:
    """Return what the controls of a page report to."""
    return Actions(moved=desk.moved, chosen=desk.chosen, reset=desk.reset, guarded=desk.guarded)


def tools_of(desk: Desk) -> Tools:
    """Return what the panels of a page may do in the browser."""
    return Tools(save=desk.bridge.save, guarded=desk.guarded)


class RailPage:
    """Rail, answer, panels; `later` are the panels of each stage after the first.

    `answer` is the head where it is not that of the year. A later panel has `show`, `wait`,
    `refuse` and `stale`; one that may take long has `progress`.
    """

    def __init__(
        self,
        desk: Desk,
        controls: Controls,
        *,
        panels: Sequence[Any],
        commands: CommandsPanel,
        later: Sequence[Sequence[Any]] = (),
        answer: Any = None,
    ) -> None:
        self.desk, self.controls, self.commands = desk, controls, commands
        self._answer, self._later = answer or AnswerPanel(), [tuple(group) for group in later]
        deferred = [panel for group in self._later for panel in group]
        self._first = [self._answer, *(panel for panel in panels if panel not in deferred)]
        self.body = card(*(panel.widget for panel in panels), style="wb-body")
        self.widget = ipywidgets.Box([self._answer.widget, controls.widget, self.body])
        self.widget.add_class("wb-layout")

    stages: tuple[tuple[str, ...], ...] = (("run", "price"),)

    def show(self, seen: Seen, stage: int) -> None:
        """Show the answers of a stage."""
        if stage:
            for panel in self._later[stage - 1]:
                panel.show(seen)
                panel.stale(False)
            return
        for panel in self._first:
            panel.show(seen)
        self.commands.allow_keeping(seen.asked.revision == self.desk.revision)
        for panel in (panel for group in self._later for panel in group):
            panel.wait(seen)
        self.desk.after(GREY_SECONDS, self._grey)

    def _grey(self) -> None:
        """Grey the later panels whose figures are still on their way."""
        for stage, group in enumerate(self._later, start=1):
            for panel in group:
                panel.stale(not self.desk.is_shown(stage))

    def refused(self, seen: Seen, stage: int, reason: str) -> None:
        """Say why a later stage has no answer."""
        for panel in self._later[stage - 1]:
            panel.refuse(seen, reason)
            panel.stale(False)

    def progress(self, stage: int, done: int, whole: int) -> None:
        """Say how far a later stage is that takes long."""
        for panel in self._later[stage - 1]:
            if hasattr(panel, "progress"):
                panel.progress(done, whole)

    def relabel(self, language: str) -> None:
        """Put the words into a language."""
        self.controls.show(language)

    def place(self, settings: Settings) -> None:
        """Put every control where the settings say."""
        self.controls.place(settings)
        waiting = self.desk.revision != self.desk.answers.revision
        self.commands.allow_keeping(not waiting)

    def tell(self, content: str, *, fault: bool, revision: int) -> None:
        """Say what differs from today, or what was refused."""
        self.controls.tell(content, fault=fault, revision=revision)

    def stale(self, is_stale: bool) -> None:
        """Grey the answers while they do not belong to the controls."""
        for widget in (self.body, self._answer.widget):
            (widget.add_class if is_stale else widget.remove_class)("wb-stale")
