"""A button for what takes seconds, how far it is, and a button that stops it.

Floor 10.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape

import ipywidgets

from workbench.app.desk import Desk
from workbench.app.panels.parts import region
from workbench.show.words import words

__all__ = ["AskSlot", "progress_html"]


def progress_html(done: int, whole: int, language: str) -> str:
    """Return a bar with its share in words; without parts a bar that only says it is at work."""
    say = words(language)
    if whole <= 1:
        told = escape(say("page.at_work"))
        return f'<progress aria-label="{told}"></progress> {told}'
    told = escape(say("page.sure_progress", share=round(100 * done / whole)))
    return f'<progress max="{whole}" value="{done}" aria-label="{told}"></progress> {told}'


class AskSlot:
    """Asks what `name()` says for the settings that are answered; `name()` is "" where it may not.

    `key` is the word on the button, `redraw` what is done when nothing runs any more.
    """

    def __init__(self, desk: Desk, key: str, name: Callable[[], str]) -> None:
        self._desk, self._key, self._name = desk, key, name
        self._deeper = desk.new_deeper(self._progress, self._failed)
        self._ask, self._stop = ipywidgets.Button(), ipywidgets.Button(disabled=True)
        self._bar = region("wb-progress")
        self._ask.on_click(desk.guarded(lambda _: self._asked()))
        self._stop.on_click(desk.guarded(lambda _: self._stopped()))
        self.widget = ipywidgets.HBox([self._ask, self._stop, self._bar]).add_class("wb-slot")

    def _asked(self) -> None:
        if name := self._name():
            self._deeper.ask(self._desk.answers.settings, name)
            self.place()

    def _stopped(self) -> None:
        self._deeper.stop()
        self.place()

    def _failed(self, error: Exception) -> None:
        self.place()
        self._bar.value = escape(self._desk.message(error))

    def _progress(self, done: int, whole: int) -> None:
        self._bar.value = progress_html(done, whole, self._desk.language)
        self.place()

    def place(self) -> None:
        """Let the buttons be pressed where it makes sense; put them into the language."""
        say, name = words(self._desk.language), self._name()
        running = self._deeper.running
        known = self._deeper.found(self._desk.answers.settings, name) is not None
        self._ask.disabled = running or known or not name
        self._stop.disabled = not running
        self._ask.description, self._stop.description = say(self._key), say("page.stop")
        if not running:
            self._bar.value = ""
