"""CPU and wall time of a function or of a cold process, in interleaved rounds; a line's result."""

from __future__ import annotations

import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from os import cpu_count
from pathlib import Path
from statistics import median

import numpy as np
import scipy

__all__ = [
    "Line",
    "Sizes",
    "cold_seconds",
    "cpu_seconds",
    "machine",
    "peak_megabytes",
    "ratios",
    "table",
    "wall_seconds",
]

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """How much is measured: interleaved rounds, a divisor of the work in each, or all of it."""

    rounds: int = 11
    divisor: int = 1
    full: bool = False

    def of(self, number: int, least: int = 1) -> int:
        """Return this much work, divided."""
        return max(number // self.divisor, least)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One measured figure.

    `value` in `unit`; `asked` at least (`more`) or at most; `ours` and `reference` say in words and
    seconds what was compared; `limit` the same figure if only the work that nothing can avoid were
    done, at the speed measured in the same run, and `limit_is` what that work is.
    """

    what: str
    value: float
    unit: str
    asked: float | None = None
    more: bool = True
    reference: str = ""
    reference_seconds: float | None = None
    ours_seconds: float | None = None
    limit: float | None = None
    limit_is: str = ""
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the figure is what was asked; None where nothing was."""
        if self.asked is None:
            return None
        return self.value >= self.asked if self.more else self.value <= self.asked

    def document(self) -> dict:
        """Return the line as plain data."""
        return asdict(self) | {"met": self.met}


def cpu_seconds(work: Callable[[], object]) -> float:
    """CPU seconds of this process while `work` runs."""
    start = time.process_time()
    work()
    return time.process_time() - start


def wall_seconds(work: Callable[[], object]) -> float:
    """Seconds on the clock while `work` runs."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def cold_seconds(statement: str) -> float:
    """CPU seconds (user and system) of a new Python process that runs `statement`."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, "-c", statement], check=True, cwd=ROOT, stdout=subprocess.DEVNULL
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def peak_megabytes() -> float:
    """Largest memory that this process has held, MB (of 2^20)."""
    try:
        text = Path("/proc/self/status").read_text(encoding="utf-8")
    except OSError:
        # Where there is no such file; a new process may then count what its parent held.
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0
    (line,) = [line for line in text.splitlines() if line.startswith("VmHWM")]
    return float(line.split()[1]) / 1024.0


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


def _processor() -> str:
    """Name of the processor, as far as the system tells it."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.split(":", 1)[1].strip() for line in text.splitlines() if "model name" in line]
    return names[0] if names else platform.machine()


def machine() -> dict:
    """Return what the figures depend on: processor, cores, versions."""
    return {
        "processor": _processor(),
        "architecture": platform.machine(),
        "cores": cpu_count(),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "scipy": scipy.__version__,
    }


def _number(value: float | None) -> str:
    if value is None:
        return "–"
    if value and abs(value) < 1e-3:
        return f"{value:.1e}"
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return f"{value:,.{digits}f}"


def table(lines: list[Line]) -> str:
    """Return the lines as a table in Markdown."""
    rows = ["| figure | measured | asked | limit | what the limit is |", "|---|---|---|---|---|"]
    for line in lines:
        sign = "≥" if line.more else "≤"
        asked = "–" if line.asked is None else f"{sign} {_number(line.asked)}"
        value = f"{_number(line.value)} {line.unit}".strip()
        mark = "" if line.met is None or line.met else " (not met)"
        cells = (line.what, value + mark, asked, _number(line.limit), line.limit_is or "–")
        rows.append("| " + " | ".join(cells) + " |")
    return "\n".join(rows)
