"""CPU time of a function or of a cold process, in interleaved rounds."""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

__all__ = ["cold_seconds", "cpu_seconds", "ratios"]

ROOT = Path(__file__).parent.parent


def cpu_seconds(work: Callable[[], object]) -> float:
    """CPU seconds of this process while `work` runs."""
    start = time.process_time()
    work()
    return time.process_time() - start


def cold_seconds(statement: str) -> float:
    """CPU seconds (user and system) of a new Python process that runs `statement`."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, "-c", statement], check=True, cwd=ROOT, stdout=subprocess.DEVNULL
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def ratios(
    reference: Callable[[], float], ours: Callable[[], float], rounds: int
) -> tuple[float, float, float]:
    """Return the medians of reference, ours (seconds) and of the ratio, in interleaved rounds."""
    pairs = [(reference(), ours()) for _ in range(rounds)]
    return (
        median(pair[0] for pair in pairs),
        median(pair[1] for pair in pairs),
        median(pair[0] / pair[1] for pair in pairs),
    )
