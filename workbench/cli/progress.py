"""Where parts of the work run, and how far they are: threads, a cluster, a line on a terminal.

Floor 11.1. Progress goes to standard error, and only to a terminal; neither changes a figure.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

from workbench.show.words import words

if TYPE_CHECKING:
    from workbench.questions.registry import Mapper

__all__ = ["Place", "Working", "working"]

_QUIET_SECONDS = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where parts run: threads of this process, or the cluster of a Dask scheduler (`dask`).

    With `processes` each thread is a process of its own: for parts that are Python rather than
    NumPy, which threads would do one after another.
    """

    threads: int = 1
    dask: str | None = None
    processes: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Working:
    """The mapper of a place, and how many threads there are in all."""

    mapper: Mapper
    threads: int


@contextmanager
def working(place: Place, language: str) -> Iterator[Working]:
    """Yield the mapper of a place; waiting parts are dropped when it is left early."""
    if place.dask is not None:
        from workbench.cluster import connected, dask_mapper, threads_of_cluster

        with connected(place.dask) as client:
            mapper = _told(dask_mapper(client), language)
            yield Working(mapper=mapper, threads=max(1, threads_of_cluster(client)))
        return
    if place.threads == 1:
        yield Working(mapper=_told(map, language), threads=1)
        return
    pool = _pool(place)
    try:
        yield Working(mapper=_told(pool.map, language), threads=place.threads)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _pool(place: Place) -> Executor:
    if not place.processes:
        return ThreadPoolExecutor(max_workers=place.threads)
    # A child begins afresh: a fork beside threads of a library may hang.
    return ProcessPoolExecutor(max_workers=place.threads, mp_context=get_context("spawn"))


def _told(mapper: Mapper, language: str) -> Mapper:
    """Return a mapper that tells its progress where standard error is a terminal."""
    if not sys.stderr.isatty():
        return mapper

    def telling(function: Callable[[Any], Any], parts: Iterable[Any]) -> Iterable[Any]:
        waiting = list(parts)
        begun = time.monotonic()
        results = []
        try:
            for result in mapper(function, waiting):
                results.append(result)
                _tell(len(results) / len(waiting), time.monotonic() - begun, language)
        finally:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
        return results

    return telling


def _tell(share: float, seconds: float, language: str) -> None:
    """Write the share that is done and the time left on one line."""
    if seconds < _QUIET_SECONDS:
        return
    left = seconds * (1.0 - share) / share
    line = words(language)("cli.progress", share=f"{share * 100:.0f}", seconds=f"{left:.0f}")
    print(f"\r\x1b[K{line}", end="", file=sys.stderr, flush=True)
