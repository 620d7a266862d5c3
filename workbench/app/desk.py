"""What all pages of one kernel share: what the reader chose, the answers, what is kept.

Floor 10. One page is open at a time. It names its questions in stages; a change of the settings
asks the first stage in a thread (`LatestWins`), each later stage comes as soon as the one before is
shown. A page that is opened asks only what is not answered yet. A page is anything with::

    stages                                   questions by stage: (("run", "price"), ("tiers",))
    show(seen, stage), refused(seen, stage, reason)      answers, or why there are none
    relabel(language), place(settings), tell(content, fault=, revision=), stale(is_stale)

What takes long is a later stage that waits until the reader rests, or a `Deeper`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from html import escape
from typing import Any

from workbench.app.browser import PageBridge
from workbench.app.deeper import Deeper, Stopped, telling_mapper
from workbench.app.latest import LatestWins
from workbench.app.saved import Kept
from workbench.app.seen import Answers, Seen, answers_to, question_of
from workbench.app.showing import Looking, Showing
from workbench.app.state import Settings, choose, move
from workbench.app.telling import differences_told, message_of
from workbench.guard import InputRefused
from workbench.inputs import Inputs
from workbench.questions.registry import Mapper
from workbench.show.words import words

__all__ = ["FIRST", "Desk", "Looking", "Showing", "is_slow"]

FIRST = ("run", "price", "persons")
"""What is asked of today's scheme, for every comparison."""

MOST_STAGES = 6

REST_SECONDS = 1.0
SLOW = ("leaving", "participation", "sensitivity", "triangle", "runoff", "counties")
"""Questions that wait until the reader has rested this long; so does all on an uncertain basis."""

FLUSH_SECONDS = 0.03
"""What a stage waits, so that the figures before it reach the browser."""

LONG_SECONDS = 1.0
"""A later stage that takes longer tells how far it is."""

Asked = tuple[Settings, int, tuple[str, ...]]


def is_slow(name: str) -> bool:
    """Return whether a name of a page's documents waits until the reader rests."""
    return question_of(name) in SLOW or "basis=" in name


class Desk:
    """Settings, answers and kept settings of one kernel, and the page that shows them."""

    def __init__(
        self, pack: Inputs, *, language: str = "zh", data: str | None = None, differing: int = 0
    ) -> None:
        self.pack, self.language, self.data, self.differing = pack, language, data, differing
        self.settings, self.revision = Settings(), 0
        self.kept: tuple[Kept, ...] = ()
        self._kept_answers: dict[Settings, Answers] = {}
        self.paused = False
        self.bridge = PageBridge(lang=language, title=words(language)("app.title"))
        self.today = self.answers = answers_to(pack, self.settings, FIRST)
        self.page: Showing | None = None
        self.settings_changed: Callable[[], None] = lambda: None
        self.set_busy: Callable[[bool], None] = lambda busy: None
        self._latest = [self._worker(stage) for stage in range(MOST_STAGES)]
        self.progress: Callable[[int, int], None] = lambda done, whole: None
        self._deepers: list[Deeper] = []
        self.deeper = self.new_deeper(lambda done, whole: self.progress(done, whole))
        self._rest_from = self._stopped_at = 0.0

    def new_deeper(
        self,
        tell: Callable[[int, int], None],
        fail: Callable[[Exception], None] | None = None,
    ) -> Deeper:
        """Return a worker for what a button asks; it is stopped when the settings change."""
        made = Deeper(self.pack, show=self._deeper_found, tell=tell, fail=fail or self.tell_fault)
        self._deepers.append(made)
        return made

    def _worker(self, stage: int) -> LatestWins:
        return LatestWins(
            lambda asked, alive: self._run(asked, alive, stage),
            lambda answers: self._accept(answers, stage),
            fail=lambda error: self._failed(error, stage),
            busy=lambda busy: self.set_busy(busy),
            grace_seconds=0.8 if stage == 0 else 0.0,
        )

    # ---- what the reader does ----

    def moved(self, name: str, value: object) -> None:
        """A slider was moved, or a value typed."""
        self.take(lambda: move(self.pack, self.settings, name, value))

    def chosen(self, code: str) -> None:
        """A scenario was chosen."""
        self.take(lambda: choose(self.pack, self.settings, code))

    def reset(self) -> None:
        """Everything back to today."""
        self.take(Settings)

    def take(self, change: Callable[[], Settings]) -> None:
        """Take new settings and ask, or say why not; the controls follow the settings."""
        try:
            settings = change()
        except InputRefused as refused:
            self._place()
            self.tell_fault(refused)
            return
        new = settings != self.settings
        self.settings, self.revision = settings, self.revision + new
        self._place()
        self.tell_state()
        if new:
            self._rest_from = time.monotonic()
            for one in self._deepers:
                one.stop()
            self.settings_changed()
            self._ask_unless_paused()

    def pause(self, paused: bool) -> None:
        """Set several sliders before the answer is wanted; going on asks at once."""
        self.paused = paused
        self.tell_state()
        if not paused:
            self.ask_now()

    def ask_now(self) -> None:
        """Ask with the settings as they stand, paused or not."""
        if self.revision != self.answers.revision:
            self._ask(0)

    def _ask_unless_paused(self) -> None:
        if not self.paused:
            self._ask(0)
        elif self.page is not None:
            self.page.stale(True)

    # ---- asking ----

    def open(self, page: Showing) -> None:
        """Let a page show what there is, and ask the rest."""
        self.page = page
        self._place()
        self.tell_state()
        self.show_again()
        if not self.paused:
            self._ask(0)

    def _missing(self, stage: int) -> tuple[str, ...]:
        assert self.page is not None
        have = self.answers.documents if self.answers.revision == self.revision else {}
        return tuple(name for name in self.page.stages[stage] if name not in have)

    def _ask(self, stage: int) -> None:
        """Ask a stage of the page; one that is answered already is passed over."""
        if self.page is None or stage >= len(self.page.stages):
            return
        missing = self._missing(stage)
        if missing:
            self._latest[stage].ask((self.settings, self.revision, missing))
        else:
            self._ask(stage + 1)

    def _run(self, asked: Asked, alive: Callable[[], bool], stage: int) -> Answers | None:
        """What runs in a thread; it gives up between two questions, a later stage inside one."""
        settings, revision, names = asked
        if is_slow(names[0]) and not self._rested(alive):
            return None
        found = Answers(settings=settings, revision=revision)
        mapper = self._stage_mapper(asked, alive, stage) if stage else map
        for name in names:
            if not alive():
                return None
            try:
                found = found.joined(
                    answers_to(self.pack, settings, [name], revision=revision, mapper=mapper)
                )
            except Stopped:
                return None
        return found

    def _stage_mapper(self, asked: Asked, alive: Callable[[], bool], stage: int) -> Mapper:
        """Return a mapper that stops where the settings moved on or the reader said so."""
        started, loop = time.monotonic(), self._latest[stage].loop

        def wanted() -> bool:
            return alive() and asked[1] == self.revision and self._stopped_at < started

        def tell(done: int, whole: int) -> None:
            if loop is not None and time.monotonic() - started > LONG_SECONDS:
                loop.call_soon_threadsafe(self._told, asked[1], stage, done, whole)

        return telling_mapper(wanted, tell)

    def _told(self, revision: int, stage: int, done: int, whole: int) -> None:
        if self.page is not None and revision == self.revision:
            self.page.progress(stage, done, whole)

    def stop_later(self) -> None:
        """Let later stages that are under way go; `look_again` asks for them anew."""
        self._stopped_at = time.monotonic()

    def look_again(self) -> None:
        """The page shows something else of the same settings: show what is known, ask the rest."""
        self.show_again()
        if not self.paused:
            self._ask(0)

    def _rested(self, alive: Callable[[], bool]) -> bool:
        """Wait until the reader rests: a slow question in the way would be felt at a slider."""
        revision, idle = self.revision, self._latest[0].loop is None
        while not idle and time.monotonic() < self._rest_from + REST_SECONDS:
            if not alive() or revision != self.revision:
                return False
            time.sleep(0.05)
        return True

    def _accept(self, answers: Answers, stage: int) -> None:
        same = answers.revision == self.answers.revision
        if stage and not same:
            return  # its own question is under way
        self.answers = self.answers.joined(answers) if same else answers
        self._join_deeper()
        if self.page is None:
            return
        if stage == 0:
            self.page.stale(self.paused and self.answers.revision != self.revision)
        if self.is_shown(stage):
            self.page.show(self.seen(), stage)
            # a thread at work holds up what sends the messages: they go first
            self.after(FLUSH_SECONDS, lambda: self._ask(stage + 1))

    def after(self, seconds: float, action: Callable[[], None]) -> None:
        """Do something later unless the settings change before; at once without a loop."""
        loop, revision = self._latest[0].loop, self.revision
        if loop is None:
            action()
            return

        def act() -> None:
            if revision == self.revision:
                action()

        loop.call_later(seconds, self.guarded(act))

    def _join_deeper(self) -> None:
        """Put what was found on request beside the answers."""
        for worker in self._deepers:
            for found in worker.known(self.answers.settings):
                self.answers = self.answers.joined(found)
        today = self.deeper.found(Settings())
        self.today = self.today if today is None else self.today.joined(today)

    def _deeper_found(self) -> None:
        self._join_deeper()
        self.show_again()

    def is_shown(self, stage: int) -> bool:
        """Whether the page open now has this stage, answered in full."""
        assert self.page is not None
        stages = self.page.stages
        return stage < len(stages) and all(one in self.answers.documents for one in stages[stage])

    def _failed(self, error: Exception, stage: int) -> None:
        """The last good answer stays, greyed, with the reason beside the controls."""
        if self.page is None:
            return
        if stage:
            self.page.refused(self.seen(), stage, self.message(error))
            self._ask(stage + 1)
            return
        self.page.stale(True)
        self.tell_fault(error)

    async def settled(self) -> None:
        """Wait until no question is open."""
        for worker in self._latest:
            await worker.settled()
        for one in self._deepers:
            await one.settled()

    def all_answers(self) -> Answers:
        """Return the answers to all questions of the page as it stands."""
        assert self.page is not None
        names = tuple(name for stage in self.page.stages for name in stage)
        found = self.answers
        rest = [name for name in names if name not in found.answers]
        every = found.joined(answers_to(self.pack, found.settings, rest)).answers
        only = {name: every[name] for name in names}
        return Answers(settings=found.settings, revision=found.revision, answers=only)

    def answers_of(self, kept: Kept) -> Answers:
        """Return year and premiums of kept settings."""
        if kept.settings not in self._kept_answers:
            if len(self._kept_answers) > 32:
                self._kept_answers.clear()
            asked = answers_to(self.pack, kept.settings, ("run", "price"))
            self._kept_answers[kept.settings] = asked
        return self._kept_answers[kept.settings]

    # ---- showing ----

    def seen(self) -> Seen:
        """Return what a panel shows now."""
        return Seen(
            pack=self.pack,
            language=self.language,
            asked=self.answers,
            today=self.today,
            data=self.data,
            differences=self.differing,
        )

    def show_again(self) -> None:
        """Show what there is on the open page."""
        if self.page is None:
            return
        self.page.stale(self.answers.revision != self.revision)
        for stage in range(len(self.page.stages)):
            if self.is_shown(stage):
                self.page.show(self.seen(), stage)

    def speak(self, language: str) -> None:
        """Change the language; settings and answers stay."""
        self.language = language
        if self.page is not None:
            self.page.relabel(language)
            self._place()
            self.tell_state()
            self.show_again()

    def _place(self) -> None:
        if self.page is not None:
            self.page.place(self.settings)

    def _tell(self, content: str, *, fault: bool = False) -> None:
        if self.page is not None:
            self.page.tell(content, fault=fault, revision=self.revision)

    def tell_state(self) -> None:
        """Say what differs from today: what the scenario sets, then what the reader moved."""
        say = words(self.language)
        told = self.differs(self.settings) or [say("page.as_today")]
        if self.paused and self.revision != self.answers.revision:
            told = [say("page.paused"), *told]
        self._tell("".join(f"<p>{escape(one)}</p>" for one in told))

    def differs(self, settings: Settings) -> list[str]:
        """Return what settings change, in words; empty for today's."""
        return differences_told(self.pack, settings, self.language)

    # ---- faults ----

    def tell_fault(self, error: Exception) -> None:
        """Say what was refused or failed, beside the controls."""
        self._tell(escape(self.message(error)), fault=True)

    def message(self, error: Exception) -> str:
        """Return a refusal in words; any other fault goes to the server's log alone."""
        return message_of(self.pack, error, self.language)

    def guarded(self, action: Callable[..., Any]) -> Callable[..., None]:
        """Wrap a call-back: whatever fails is told, and logged on the server alone."""

        def call(*given: Any) -> None:
            try:
                action(*given)
            except Exception as error:
                self.tell_fault(error)

        return call
