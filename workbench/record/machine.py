"""Where a run was made: platform and program, for the record and for the cause of a difference.

Floor 8.1.
"""

from __future__ import annotations

import getpass
import hashlib
import platform
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

__all__ = ["code_sha256", "machine_part", "now_text", "user_name"]


def machine_part() -> dict[str, Any]:
    """Return system, processor and its features that NumPy uses, C library."""
    config: Any = np.show_config(mode="dicts")
    features = config.get("SIMD Extensions", {})
    used = [*features.get("baseline", ()), *features.get("found", ())]
    return {
        "system": platform.system(),
        "processor": platform.machine(),
        "features": [str(one) for one in used],
        "c_library": " ".join(platform.libc_ver()).strip(),
    }


@lru_cache(maxsize=1)
def code_sha256() -> str:
    """Return the SHA-256 of the program's own source files, whatever their line ends."""
    folder = Path(__file__).resolve().parent.parent
    total = hashlib.sha256()
    for path in sorted(folder.rglob("*.py"), key=lambda one: one.relative_to(folder).as_posix()):
        content = path.read_bytes().replace(b"\r\n", b"\n")
        total.update(path.relative_to(folder).as_posix().encode("utf-8"))
        total.update(hashlib.sha256(content).digest())
    return total.hexdigest()


def user_name() -> str:
    """Return the name under which the run is kept; empty where the system tells none."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""


def now_text() -> str:
    """Return the time now, UTC, to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
