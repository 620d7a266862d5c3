"""Which language to speak when nobody said: the one that was set, else the system's, else Chinese.

Floor 9.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

from workbench.show.words import LANGUAGES

__all__ = ["VARIABLE", "language", "system_language"]

VARIABLE = "WORKBENCH_LANG"
"""Set by `workbench app` and `workbench lab` for the notebooks that they open."""

_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
_ENGLISH = 0x09
_PRIMARY = 0x3FF


def language(environ: Mapping[str, str] = os.environ) -> str:
    """Return the language of a notebook: WORKBENCH_LANG where it is set, else the system's."""
    asked = environ.get(VARIABLE, "")
    return asked if asked in LANGUAGES else system_language(environ)


def system_language(environ: Mapping[str, str] = os.environ, platform: str = sys.platform) -> str:
    """Return "en" where the system speaks English, else "zh"."""
    for name in _VARIABLES:
        value = environ.get(name, "")
        if value and value.split(".")[0] not in ("C", "POSIX"):
            return "en" if value.lower().startswith("en") else "zh"
    if platform == "win32":
        return _windows_language()
    return "zh"


def _windows_language() -> str:
    """Return the language of the user's Windows."""
    import ctypes

    try:
        found = ctypes.windll.kernel32.GetUserDefaultUILanguage()  # type: ignore[attr-defined]
    except (AttributeError, OSError):
        return "zh"
    return "en" if found & _PRIMARY == _ENGLISH else "zh"
