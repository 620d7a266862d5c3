"""Likely causes of a difference, from what a record says of its program and machine.

Floor 8.1. Integers drawn from recorded tables depend on the program alone (and, in the individual
form, on NumPy's binomial numbers); figures and tables made anew depend on libraries and processor.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from workbench.record.differing import Difference
from workbench.record.machine import code_sha256, machine_part

__all__ = ["causes_of", "here_part", "other_program"]


def here_part(versions: Mapping[str, str]) -> dict[str, Any]:
    """Return program and machine of this process, as a record has them."""
    return {
        "versions": dict(versions),
        "code_sha256": code_sha256(),
        "machine": machine_part(),
    }


def other_program(recorded: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    """Whether another program made the record: it may make its tables in another way."""
    unlike = _unlike(recorded, now)
    return unlike["version"] or unlike["program"]


def _unlike(recorded: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, bool]:
    """Which of program, libraries and processor differ."""
    one, other = recorded["versions"], now["versions"]
    libraries = ("python", "numpy", "scipy")
    version = one.get("workbench") != other.get("workbench")
    return {
        "version": version,
        "program": not version and recorded["code_sha256"] != now["code_sha256"],
        "counts": one.get("numpy") != other.get("numpy"),
        "library": any(one.get(name) != other.get(name) for name in libraries),
        "processor": recorded["machine"] != now["machine"],
    }


def causes_of(
    found: Sequence[Difference],
    recorded: Mapping[str, Any],
    now: Mapping[str, Any],
    *,
    counts: str | None,
) -> tuple[str, ...]:
    """Return the likely causes, the likeliest first; empty where nothing differs.

    "version" of the workbench, "program" (the same version, other source), "counts" (NumPy's
    binomial numbers), "library", "processor", or "changed": nothing of these differs, so that the
    record was changed after it was kept.
    """
    if not found:
        return ()
    unlike = _unlike(recorded, now)
    parts = {one.part for one in found if not one.near}
    order: tuple[str, ...]
    if not parts:
        order = ("library", "processor", "version", "program")
    elif parts & {"results", "inputs"}:
        order = ("version", "program", "counts") if counts == "numpy" else ("version", "program")
    elif "tables" in parts:
        order = ("version", "program", "library")
    else:
        order = ("version", "program", "library", "processor")
    likely = tuple(name for name in order if unlike[name])
    return likely or ("changed",)
