"""The latest question wins: a page goes on answering while its sliders move.

Standard library only. A call-back of a slider asks; one task at a time answers in a thread with
the newest values, and asks again if they have moved on meanwhile. How to use it::

    latest = LatestWins(run, show, fail=tell, busy=set_busy)
    slider.observe(lambda change: latest.ask(settings()), "value")

    def run(values, alive):      # in a thread: numbers only, no widget
        for chunk in work:
            if not alive():      # a newer question waits and this one had its time
                return None      # None is not shown
            ...
        return answer

    def show(answer): ...        # in the loop of the kernel: widgets

An exception of `run` or `show` goes to `fail`, never to the browser.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from typing import Any, Generic, TypeVar

__all__ = ["LatestWins"]

Values = TypeVar("Values")
Answer = TypeVar("Answer")

BUSY_AFTER_SECONDS = 0.3
"""A run that takes longer is told to the reader."""


class LatestWins(Generic[Values, Answer]):
    """Answers the newest question, one run at a time.

    Parameters
    ----------
    run : Callable
        `run(values, alive)` computes the answer, in a thread; None where it gave up.
    show : Callable
        `show(answer)` puts it on the page.
    fail : Callable or None
        `fail(exception)` tells the reader; without it the exception is raised.
    busy : Callable or None
        `busy(True)` when a run takes longer than 0.3 s, `busy(False)` when it is over.
    grace_seconds : float
        How long a run may go on although a newer question waits: about one run if a run takes
        under 0.8 s (so that answers are seen during a drag), 0 for long simulations.
    """

    def __init__(
        self,
        run: Callable[[Values, Callable[[], bool]], Answer | None],
        show: Callable[[Answer], None],
        *,
        fail: Callable[[Exception], None] | None = None,
        busy: Callable[[bool], None] | None = None,
        grace_seconds: float = 0.8,
    ) -> None:
        self._run, self._show, self._fail, self._busy = run, show, fail, busy
        self._grace_seconds = grace_seconds
        self._generation = 0
        self._values: Any = None
        self._task: asyncio.Task[None] | None = None
        self.loop: asyncio.AbstractEventLoop | None = None

    def ask(self, values: Values) -> None:
        """Ask for the answer to `values`; return at once.

        Where no event loop runs (a plain script) the answer is given before this returns.
        """
        self._generation += 1
        self._values = values
        try:
            loop = self.loop = asyncio.get_running_loop()
        except RuntimeError:
            self._guarded(lambda: self._accept(self._run(values, lambda: True)))
            return
        if self._task is None or self._task.done():
            self._task = loop.create_task(self._work())

    async def settled(self) -> None:
        """Wait until no question is open."""
        while self._task is not None and not self._task.done():
            await asyncio.shield(self._task)

    async def _work(self) -> None:
        """Answer until the newest question is answered.

        Questions of one gesture (a preset that moves seven sliders) are asked before this task
        gets its first turn, so they are one run without any waiting.
        """
        answered = -1
        while answered != self._generation:
            answered = self._generation
            try:
                self._accept(await self._answer(self._values, answered))
            except Exception as error:
                self._report(error)

    async def _answer(self, values: Values, generation: int) -> Answer | None:
        """Run in a thread; a run over 0.3 s is announced."""
        started = time.monotonic()

        def alive() -> bool:
            newest = generation == self._generation
            return newest or time.monotonic() - started < self._grace_seconds

        running = asyncio.ensure_future(asyncio.to_thread(self._run, values, alive))
        with contextlib.suppress(TimeoutError):
            return await asyncio.wait_for(asyncio.shield(running), BUSY_AFTER_SECONDS)
        if self._busy:
            self._busy(True)
        try:
            return await running
        finally:
            if self._busy:
                self._busy(False)

    def _accept(self, answer: Answer | None) -> None:
        if answer is not None:
            self._show(answer)

    def _guarded(self, action: Callable[[], None]) -> None:
        try:
            action()
        except Exception as error:
            self._report(error)

    def _report(self, error: Exception) -> None:
        if self._fail is None:
            raise error
        self._fail(error)
