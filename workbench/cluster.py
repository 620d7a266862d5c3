"""Parts of the work on a Dask cluster: other machines, the same figures.

Floor 11, below the command line. The function is sent to the workers once, the parts few at a time;
what a part gives depends on the part alone, so neither the workers nor their deaths move a figure.
Workers with another program or library are refused by name. Source: docs/cluster.md.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import time
import warnings
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import lru_cache
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Any

import workbench
from workbench.guard import Fault, InputRefused, refuse
from workbench.record.machine import code_sha256
from workbench.textfile import read_text, shown

if TYPE_CHECKING:
    from workbench.questions.registry import Mapper

__all__ = ["connected", "dask_mapper", "scheduler_at", "threads_of_cluster"]

TASK_SECONDS = 0.5
"""Work in one task; Dask itself takes some milliseconds for each."""
MOST_PARTS = 32
"""Most parts in one task, so that what comes back at once stays small."""
AHEAD = 2
"""Tasks sent ahead for every thread of the cluster."""
CONNECT_SECONDS = 10.0
"""How long a scheduler is looked for."""
PATIENCE = 30.0
"""Seconds without any worker after which a run is given up."""
LIVES = 5
"""How often the function is sent; again only where every worker that held it is gone."""

_ADDRESS = re.compile(r"((tcp|tls)://)?([\w.-]+|\[[0-9a-fA-F:.]+\]):\d{1,5}", re.ASCII)


def scheduler_at(address: str) -> str:
    """Return the address of a scheduler; a scheduler file, written by Dask, is read for it.

    Raises
    ------
    InputRefused
        `dask-address`: neither HOST:PORT nor a scheduler file.
    """
    if _ADDRESS.fullmatch(address):
        return address
    with suppress(InputRefused, LookupError, TypeError, ValueError):
        told = json.loads(read_text(Path(address)))["address"]
        if _ADDRESS.fullmatch(told):
            return str(told)
    raise refuse("dask-address", value=shown(address))


def _library() -> Any:
    """Return the package `distributed`, which is no part of a plain installation."""
    try:
        return import_module("distributed")
    except ImportError:
        raise refuse("dask-missing") from None


@contextmanager
def connected(address: str) -> Iterator[Any]:
    """Yield a Dask client of the scheduler at an address; it is closed at the end.

    For the command line: Dask's own messages are silenced, ours say what happened.

    Raises
    ------
    InputRefused
        `dask-address`, `dask-missing`, or `dask-unreachable` after 10 seconds.
    """
    found, library, seconds = scheduler_at(address), _library(), CONNECT_SECONDS
    for name in ("distributed", "distributed.client", "tornado.application"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    # Dask's own last act would tell of a client that never came to be, after 20 seconds.
    quiet = type("Client", (library.Client,), {"__del__": lambda client: None})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # versions are compared below, and refused by name
        client = _called(lambda: quiet(found, timeout=seconds, set_as_default=False))
    if client is None:
        raise refuse("dask-unreachable", value=shown(found), seconds=f"{seconds:g}")
    try:
        yield client
    finally:
        client.close()


def _called(call: Callable[[], Any]) -> Any:
    """Return what a call gives, None where it fails or takes too long.

    Dask waits without end for somebody who takes a connection and then says nothing.
    """
    answers: SimpleQueue[Any] = SimpleQueue()

    def calling() -> None:
        with suppress(Exception):  # sockets, certificates, another protocol, another version
            answers.put(call())
        answers.put(None)

    Thread(target=calling, daemon=True).start()
    with suppress(Empty):
        return answers.get(timeout=CONNECT_SECONDS + 1.0)
    return None


@lru_cache(maxsize=1)
def _here() -> dict[str, str]:
    """Return what could move a bit: program, its source, Python, libraries of this process."""
    return {
        "workbench": workbench.__version__,
        "source": code_sha256()[:12],
        "python": ".".join(str(part) for part in sys.version_info[:2]),
        "numpy": version("numpy"),
        "scipy": version("scipy"),
    }


def _unlike(theirs: Mapping[str, Any], ours: Mapping[str, str]) -> list[Fault]:
    """Return what differs from `ours`, a fault for each name and version, its processes named.

    One that answers with an error has no workbench; one that is gone by now is passed over.
    """
    found: dict[tuple[str, str], list[str]] = {}
    for worker, told in theirs.items():
        if isinstance(told, OSError):
            continue
        known = told if isinstance(told, Mapping) else {}
        for name in ours if known else ("workbench",):
            if known.get(name) != ours[name]:
                found.setdefault((name, str(known.get(name, "—"))), []).append(worker)
    return [_fault(key, sorted(workers), ours) for key, workers in found.items()]


def _fault(key: tuple[str, str], workers: list[str], ours: Mapping[str, str]) -> Fault:
    told = {"name": key[0], "value": key[1], "allowed": ours[key[0]], "number": len(workers)}
    return Fault("dask-unlike", {**told, "workers": ", ".join(workers[:3])})


def threads_of_cluster(client: Any) -> int:
    """Return the threads of all workers; 0 where nobody answers."""
    return _called(lambda: sum(client.nthreads().values())) or 0


def dask_mapper(client: Any) -> Mapper:
    """Return the mapper that runs parts on the workers of a `distributed.Client`.

    To be handed to whatever takes a mapper, such as `workbench.simulate_years`; results come in
    the order of the parts and are the same to the last bit.

    Raises
    ------
    InputRefused
        `dask-missing`, `dask-no-worker`, or `dask-unlike` with every worker, or the scheduler,
        whose program or libraries are not those of this process; `dask-lost` while it runs.
    """
    _library()
    if not threads_of_cluster(client):
        raise refuse("dask-no-worker")
    faults = _unlike(_asked(client), _here())
    if faults:
        raise InputRefused(faults)
    return lambda function, parts: _mapped(client, function, deque(parts))


def _asked(client: Any) -> dict[str, Any]:
    """Return what each worker, and the scheduler, says of itself, or its error.

    The scheduler only hands out work, but Dask's reads every task before it does.
    """
    try:
        scheduler = client.run_on_scheduler(_here)
    except Exception as error:
        scheduler = error
    return {"scheduler": scheduler, **client.run(_here, on_error="return")}


def _do(function: Callable[[Any], Any], parts: list[Any], ours: Mapping[str, str]) -> Any:
    """Carry out some parts on a worker; returns the results and the seconds of one part."""
    theirs = _here()
    if theirs != ours:  # a worker that came after the others had been asked
        worker = import_module("distributed").get_worker().address
        raise InputRefused(_unlike({worker: theirs}, ours))
    begun = time.perf_counter()
    results = [function(part) for part in parts]
    return results, (time.perf_counter() - begun) / len(parts)


def _mapped(client: Any, function: Callable[[Any], Any], waiting: deque[Any]) -> Iterator[Any]:
    """Yield the results in order; tasks grow to half a second, their number in flight is bounded.

    The function, tables and all, lies on every worker; where all of them died, it is sent again.
    """
    ours, most, size = _here(), AHEAD * max(1, threads_of_cluster(client)), 1
    lives = iter(range(LIVES))
    held = _held(client, function, lives)
    flying: deque[tuple[list[Any], Any]] = deque()
    try:
        while waiting or flying:
            while waiting and len(flying) < most:
                few = max(1, min(size, len(waiting) // most))
                batch = [waiting.popleft() for _ in range(few)]
                flying.append((batch, client.submit(_do, held, batch, ours, pure=False)))
            landed = _landed(client, flying[0][1])
            if landed is None:
                held = _held(client, function, lives)
                again = [client.submit(_do, held, batch, ours, pure=False) for batch, _ in flying]
                flying = deque(zip([batch for batch, _ in flying], again, strict=True))
                continue
            flying.popleft()
            results, seconds = landed
            size = max(1, min(MOST_PARTS, int(TASK_SECONDS / max(seconds, 1e-6))))
            yield from results
    finally:
        if flying:
            _called(lambda: client.cancel([task for _, task in flying], force=True))


def _held(client: Any, function: Callable[[Any], Any], lives: Iterator[int]) -> Any:
    """Send the function to every worker; one of its lives is spent with each attempt."""
    for _ in lives:
        with suppress(OSError, RuntimeError):  # a worker died under way, or the client is closed
            return client.scatter([function], broadcast=True, hash=False, timeout=PATIENCE)[0]
        if not threads_of_cluster(client):
            break
    raise refuse("dask-lost")


def _landed(client: Any, task: Any) -> Any:
    """Return what a task gave, waiting for it; None where its workers took it with them.

    Dask itself sends a task to another worker when the one that had it dies, three times.
    """
    library = _library()
    while True:
        try:
            return task.result(timeout=PATIENCE)
        except library.CancelledError:
            return None
        except library.KilledWorker:
            raise refuse("dask-lost") from None
        except TimeoutError:
            if task.status == "error":
                raise
            if not threads_of_cluster(client):
                raise refuse("dask-lost") from None
