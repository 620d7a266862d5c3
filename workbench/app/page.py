"""The page What if: everything that `notebooks/app.ipynb` shows.

Floor 10. The page holds one state (`workbench.app.state.Settings`); a control reports, the state
changes, the newest state is asked in a thread (`LatestWins`), and the panels show the answers. The
calibration comes after the rest, because no slider waits for it. How to use it::

    from workbench.app.page import what_if
    what_if()                      # the widget; what is on the page is `what_if().page`
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable, Mapping
from html import escape
from typing import Any

import ipywidgets

from workbench.app.browser import PageBridge
from workbench.app.controls import Actions, Controls
from workbench.app.knobs import knobs_of
from workbench.app.latest import LatestWins
from workbench.app.panels.answer import AnswerPanel
from workbench.app.panels.basis import BasisPanel, meaning_of
from workbench.app.panels.commands import CommandsPanel
from workbench.app.panels.hundred import HundredPanel
from workbench.app.panels.parts import Tools, card, region
from workbench.app.panels.plans import PlansPanel
from workbench.app.panels.premium import PremiumPanel
from workbench.app.panels.tiers import TiersPanel
from workbench.app.panels.year import YearPanel
from workbench.app.seen import Answers, Seen, answers_to
from workbench.app.state import Settings, choose, from_query, in_force, move, to_query
from workbench.guard import Fault, InputRefused, WorkbenchError
from workbench.inputs import Inputs
from workbench.pack import differences, read_pack
from workbench.show.language import language as system_language
from workbench.show.notebook import DATA_VARIABLE, pack_in_use
from workbench.show.numbers import number
from workbench.show.words import LANGUAGES, fault_text, words

__all__ = ["FIRST", "SECOND", "THIRD", "Page", "what_if"]

FIRST, SECOND, THIRD = ("run", "price"), ("tiers",), ("calibrate",)
"""What a slider waits for, and what comes after, each as soon as the one before is shown."""

THEMES = ("auto", "light", "dark")

Asked = tuple[Settings, int]


class Page:
    """The page: its state, its panels, and what happens between them."""

    def __init__(
        self, pack: Inputs, *, language: str = "zh", data: str | None = None, differing: int = 0
    ) -> None:
        self.pack, self.language, self._data, self._differing = pack, language, data, differing
        self.settings, self._revision = Settings(), 0
        self.bridge = PageBridge(lang=language, title=words(language)("app.title"))
        self.today = self.answers = answers_to(pack, self.settings, (*FIRST, *SECOND))
        self._later = {"tiers": self.today}
        self._make_parts()
        self.widget = self._layout()
        self._relabel()
        self.show()
        self._third.ask((self.settings, self._revision))

    # ---- parts ----

    def _make_parts(self) -> None:
        guarded = self._guarded
        tools = Tools(save=self.bridge.save, guarded=guarded)
        self.controls = Controls(
            self.pack,
            Actions(moved=self.moved, chosen=self.chosen, reset=self.reset, guarded=guarded),
        )
        self._commands = CommandsPanel(tools, gather=self.all_answers)
        self._tiers = TiersPanel(tools)
        self._answer = AnswerPanel()
        self._panels: list[Any] = [
            self._answer,
            YearPanel(tools),
            HundredPanel(tools),
            PlansPanel(tools),
            PremiumPanel(tools),
            BasisPanel(),
            self._commands,
        ]
        self._first = LatestWins(
            self._asking(FIRST), self._accept, fail=self._failed, busy=self._set_busy
        )
        self._second = LatestWins(
            self._asking(SECOND), self._accept_tiers, fail=self._failed, grace_seconds=0.0
        )
        self._third = LatestWins(
            self._asking(THIRD), self._accept_solved, fail=self._not_solved, grace_seconds=0.0
        )
        self.bridge.observe(guarded(self._arrived), "arrived")

    def _layout(self) -> ipywidgets.VBox:
        self._title, self._busy = region(), region("wb-busy")
        self._lang = ipywidgets.ToggleButtons(
            options=[(words(one)("page.language"), one) for one in LANGUAGES], value=self.language
        )
        self._lang.observe(self._guarded(lambda change: self.speak(change["new"])), "value")
        self._theme = ipywidgets.ToggleButtons(options=list(zip("◐☀☾", THEMES, strict=True)))
        ipywidgets.link((self.bridge, "theme"), (self._theme, "value"))
        head = ipywidgets.HBox([self._title, self._lang, self._theme])
        head.add_class("wb-head")
        order = [*self._panels[1:-2], self._tiers, *self._panels[-2:]]
        self._body = card(*(panel.widget for panel in order), style="wb-body")
        layout = ipywidgets.Box([self._answer.widget, self.controls.widget, self._body])
        layout.add_class("wb-layout")
        page = ipywidgets.VBox([self.bridge, self._busy, head, layout])
        page.add_class("wb-page")
        return page

    # ---- what the reader does ----

    def moved(self, name: str, value: object) -> None:
        """A slider was moved, or a value typed."""
        self._take(lambda: move(self.pack, self.settings, name, value))

    def chosen(self, code: str) -> None:
        """A scenario was chosen."""
        self._take(lambda: choose(self.pack, self.settings, code))

    def reset(self) -> None:
        """Everything back to today."""
        self._take(Settings)

    def speak(self, language: str) -> None:
        """Change the language; settings and answers stay."""
        if language not in LANGUAGES or language == self.language:
            return
        self.language = language
        self._relabel()
        self.show()
        self.bridge.query = to_query(self.settings, language)

    def _arrived(self, change: dict) -> None:
        """Open the page as its address asks."""
        query = change["new"]
        if query.get("lang") in LANGUAGES:
            self.speak(query["lang"])
        if query.get("scenario") or query.get("set"):
            self._take(lambda: from_query(self.pack, query))

    def _take(self, change: Callable[[], Settings]) -> None:
        """Take new settings and ask, or say why not; the controls follow the settings."""
        try:
            settings = change()
        except InputRefused as refused:
            self.controls.place(self.settings)
            self._tell_fault(refused)
            return
        new = settings != self.settings
        self.settings, self._revision = settings, self._revision + new
        self.controls.place(settings)
        self._tell_state()
        if new:
            self.bridge.query = to_query(settings, self.language)
            self._commands.allow_keeping(False)
            self._first.ask((settings, self._revision))

    # ---- asking ----

    def _asking(self, names: tuple[str, ...]) -> Callable[..., Answers | None]:
        """What runs in a thread for these questions; it gives up between two of them."""

        def run(asked: Asked, alive: Callable[[], bool]) -> Answers | None:
            settings, revision = asked
            found = Answers(settings=settings, revision=revision)
            for name in names:
                if not alive():
                    return None
                found = found.joined(answers_to(self.pack, settings, [name], revision=revision))
            return found

        return run

    def _accept(self, answers: Answers) -> None:
        self.answers = answers
        self._body.remove_class("wb-stale")
        self._answer.widget.remove_class("wb-stale")
        self._tiers.stale(True)
        self._commands.stale(True)
        self._show_first()
        self._commands.allow_keeping(answers.revision == self._revision)
        self._second.ask((answers.settings, answers.revision))

    def _accept_tiers(self, answers: Answers) -> None:
        if answers.revision != self.answers.revision:
            return  # its own question is under way
        self._later["tiers"] = answers
        self._tiers.show(self._seen(self.answers.joined(answers)))
        self._tiers.stale(False)
        self._third.ask((answers.settings, answers.revision))

    def _accept_solved(self, answers: Answers) -> None:
        self._later["calibrate"] = answers
        self._commands.show_calibration(self._seen(answers))

    def _not_solved(self, error: Exception) -> None:
        answers = Answers(settings=self.answers.settings, revision=self.answers.revision)
        self._later.pop("calibrate", None)
        self._commands.refuse_calibration(self._seen(answers), self._message(error))

    def all_answers(self) -> Answers:
        """Return the answers to all questions of the page as it stands."""
        return answers_to(self.pack, self.answers.settings, (*FIRST, *SECOND, *THIRD))

    # ---- showing ----

    def _seen(self, answers: Answers) -> Seen:
        return Seen(
            pack=self.pack,
            language=self.language,
            asked=answers,
            today=self.today,
            data=self._data,
            differences=self._differing,
        )

    def _show_first(self) -> None:
        seen = self._seen(self.answers)
        for panel in self._panels:
            panel.show(seen)

    def show(self) -> None:
        """Show the answers in the language."""
        self._show_first()
        if "tiers" in self._later:
            self._tiers.show(self._seen(self.answers.joined(self._later["tiers"])))
        if "calibrate" in self._later:
            self._commands.show_calibration(self._seen(self._later["calibrate"]))

    def _relabel(self) -> None:
        say = words(self.language)
        self._title.value = f"<h1>{escape(say('app.title'))}</h1>"
        self._lang.tooltip, self._theme.tooltip = say("page.language_tip"), say("page.theme_tip")
        self._theme.tooltips = [say(f"page.theme_{one}") for one in THEMES]
        self._lang.value = self.language
        with self.bridge.hold_sync():
            self.bridge.lang, self.bridge.title = self.language, say("app.title")
        self.controls.show(self.language, self.settings)
        self.controls.place(self.settings)
        self._tell_state()

    def _tell_state(self) -> None:
        """Say what differs from today: what the scenario sets, then what the reader moved."""
        say, found = words(self.language), in_force(self.pack, self.settings)
        moved = {name: found.pop(name) for name in self.settings.changes.values if name in found}
        told = []
        if found:
            named = self.controls.scenario_name(self.settings.scenario)
            told.append(say("page.differs_scenario", scenario=named, list=self._listed(found)))
        if moved:
            told.append(say("page.differs", list=self._listed(moved)))
        text = "".join(f"<p>{escape(one)}</p>" for one in told or [say("page.as_today")])
        self.controls.tell(text, revision=self._revision)

    def _listed(self, found: Mapping[str, tuple[float | str, float | None]]) -> str:
        """Names with their values and today's."""
        say, seen = words(self.language), self._seen(self.answers)
        told = []
        for name, (value, today) in found.items():
            shown = value if isinstance(value, str) else number(value)
            key = "page.differs_new" if today is None else "page.differs_one"
            before = "" if today is None else number(today)
            told.append(say(key, name=meaning_of(seen, name), value=shown, today=before))
        return say("page.differs_join").join(told)

    def _tell_fault(self, error: Exception) -> None:
        text = escape(self._message(error))
        self.controls.tell(text, fault=True, revision=self._revision)

    def _message(self, error: Exception) -> str:
        if isinstance(error, WorkbenchError):
            return " ".join(fault_text(self._named(one), self.language) for one in error.faults)
        traceback.print_exception(error, file=sys.stderr)  # the server's log; no page sees it
        return words(self.language)("page.failed")

    def _named(self, fault: Fault) -> Fault:
        """A fault that calls a slider as the page does."""
        name = fault.parts.get("name")
        if name not in [knob.name for knob in knobs_of(self.pack)]:
            return fault
        named = meaning_of(self._seen(self.answers), str(name))
        return Fault(fault.code, {**fault.parts, "name": named})

    def _failed(self, error: Exception) -> None:
        """The last good answer stays, greyed, with the reason beside the controls."""
        self._body.add_class("wb-stale")
        self._answer.widget.add_class("wb-stale")
        self._tell_fault(error)

    def _set_busy(self, busy: bool) -> None:
        (self._busy.add_class if busy else self._busy.remove_class)("on")

    def _guarded(self, action: Callable[..., Any]) -> Callable[..., None]:
        """Wrap a call-back: whatever fails is told, and logged on the server alone."""

        def call(*given: Any) -> None:
            try:
                action(*given)
            except Exception as error:
                self._tell_fault(error)

        return call


def what_if() -> ipywidgets.VBox:
    """Return the page on the pack in use (WORKBENCH_DATA, else the built-in one)."""
    pack, data = pack_in_use(), os.environ.get(DATA_VARIABLE)
    differing = len(differences(pack, read_pack())) if data else 0
    made = Page(pack, language=system_language(), data=data, differing=differing)
    made.widget.page = made
    return made.widget
