"""Answers that take seconds: asked by a button, told with progress, stopped at will.

Floor 10. No slider waits for them. What was found is kept by settings and name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from workbench.app.latest import LatestWins
from workbench.app.seen import Answers, answers_to
from workbench.app.state import Settings
from workbench.inputs import Inputs

__all__ = ["UNCERTAIN", "Deeper", "Stopped", "telling_mapper"]

UNCERTAIN = "uncertain"
"""Name of the year with uncertain assumptions; asked of today's scheme too, for the comparison."""

MOST_KEPT = 64


class Stopped(Exception):
    """The reader stopped the work, or moved on."""


def telling_mapper(
    wanted: Callable[[], bool], tell: Callable[[int, int], None]
) -> Callable[..., Iterator[Any]]:
    """Return a mapper that tells (parts done, whole) and raises `Stopped` once it is not wanted."""

    def mapper(function: Callable[..., Any], parts: Iterable[Any]) -> Iterator[Any]:
        listed = list(parts)
        for done, part in enumerate(listed):
            if not wanted():
                raise Stopped
            tell(done, len(listed))
            yield function(part)

    return mapper


class Deeper:
    """Asks a name for settings; `show()` when done, `tell(done, whole)` meanwhile."""

    def __init__(
        self,
        pack: Inputs,
        *,
        show: Callable[[], None],
        tell: Callable[[int, int], None],
        fail: Callable[[Exception], None],
    ) -> None:
        self._pack, self._show, self._tell, self._fail = pack, show, tell, fail
        self._found: dict[tuple[Settings, str], Answers] = {}
        self._wanted = 0
        self._worker = LatestWins(self._run, self._accept, fail=self._failed, grace_seconds=0.0)
        self.running = False

    def found(self, settings: Settings, name: str = UNCERTAIN) -> Answers | None:
        """Return what is known under a name of these settings."""
        return self._found.get((settings, name))

    def known(self, settings: Settings) -> list[Answers]:
        """Return all that is known of these settings."""
        return [answers for (one, _), answers in self._found.items() if one == settings]

    def ask(self, settings: Settings, name: str = UNCERTAIN) -> None:
        """Ask for these settings."""
        self._wanted += 1
        self.running = True
        self._tell(0, 1)
        self._worker.ask((settings, name, self._wanted))

    def stop(self) -> None:
        """Let the work go; nothing is shown."""
        self._wanted += 1
        self.running = False

    async def settled(self) -> None:
        """Wait until nothing is under way."""
        await self._worker.settled()

    def _run(self, asked: tuple[Settings, str, int], alive: Callable[[], bool]) -> Any:
        settings, name, wanted = asked
        beside = [Settings()] if name == UNCERTAIN else []
        every = dict.fromkeys([*beside, settings])
        missing = [one for one in every if (one, name) not in self._found]
        found = {}
        for place, one in enumerate(missing):
            mapper = self._mapper(wanted, place, len(missing))
            try:
                found[one, name] = answers_to(self._pack, one, [name], mapper=mapper)
            except Stopped:
                return None
        return found, wanted

    def _mapper(self, wanted: int, place: int, whole: int) -> Callable[..., Iterator[Any]]:
        """Return a mapper that tells how far it is and ends where the work is not wanted."""
        loop = self._worker.loop

        def tell(done: int, parts: int) -> None:
            if loop is not None:
                loop.call_soon_threadsafe(self._told, wanted, place * parts + done, whole * parts)

        return telling_mapper(lambda: wanted == self._wanted, tell)

    def _told(self, wanted: int, done: int, whole: int) -> None:
        if wanted == self._wanted:
            self._tell(done, whole)

    def _accept(self, answer: tuple[dict[tuple[Settings, str], Answers], int]) -> None:
        found, wanted = answer
        if len(self._found) > MOST_KEPT:
            self._found.clear()
        self._found |= found
        if wanted == self._wanted:
            self.running = False
            self._show()

    def _failed(self, error: Exception) -> None:
        self.running = False
        self._fail(error)
