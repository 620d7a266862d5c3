"""Words: the one catalogue of what users read, in Chinese and English, by key.

Floor 9. A language is a column of the CSV files in `workbench/locale/`: `words.csv` (everything
said), `columns.csv` (meaning of files, columns and names), `app.csv` (page template), `faults.csv`
(messages with stable codes). How to use it::

    from workbench.show.words import fault_text, words
    say = words("zh")
    say("head.loss_ratio")                   # "赔付率"
    fault_text(fault, "en")                  # "... (WB-105)"
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from workbench.guard import Fault
from workbench.plans import Plan
from workbench.resources import read_builtin_text

__all__ = [
    "LANGUAGES",
    "FaultEntry",
    "Words",
    "both_languages",
    "fault_entries",
    "fault_text",
    "plan_name",
    "read_catalogue",
    "short_name",
    "words",
]

LANGUAGES = ("zh", "en")
_FILES = ("words.csv", "app.csv", "columns.csv")
_NOT_GIVEN = "—"
_PREFIXES_ZH = ("在职职工", "职工")
_SUFFIXES_ZH = ("综合互助保障活动", "互助保障活动", "互助保障计划")


@dataclass(frozen=True, slots=True)
class FaultEntry:
    """One line of `faults.csv`: stable code, message and explanation by language."""

    key: str
    code: str
    message: Mapping[str, str]
    explanation: Mapping[str, str]


class _Parts(dict):
    """Parts of a message; one that was not given shows as a dash."""

    def __missing__(self, name: str) -> str:
        return _NOT_GIVEN


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language; call it with a key and the parts of its text."""

    language: str

    def __call__(self, key: str, **parts: Any) -> str:
        """Return the text of `key` (KeyError if the catalogue has no such key)."""
        for name in _FILES:
            entry = read_catalogue(name).get(key)
            if entry is not None:
                return (
                    entry[self.language].format_map(_Parts(parts))
                    if parts
                    else _bare(entry[self.language])
                )
        raise KeyError(key)

    def __contains__(self, key: object) -> bool:
        return any(key in read_catalogue(name) for name in _FILES)


def _bare(text: str) -> str:
    """Return a text that was asked for without parts."""
    return text.format_map(_Parts()) if "{" in text else text


@lru_cache(maxsize=8)
def read_catalogue(name: str) -> Mapping[str, Mapping[str, str]]:
    """Return one file of the locale by key; each entry has a text a language."""
    rows = csv.DictReader(io.StringIO(read_builtin_text("locale", name)))
    return {row["key"]: row for row in rows}


def words(language: str) -> Words:
    """Return the words of a language, "zh" or "en" (ValueError for another)."""
    if language not in LANGUAGES:
        raise ValueError(f"language {language!r}; allowed: {', '.join(LANGUAGES)}")
    return Words(language)


@lru_cache(maxsize=1)
def fault_entries() -> Mapping[str, FaultEntry]:
    """Return every message with a code, by key."""
    return {
        key: FaultEntry(
            key=key,
            code=row["code"],
            message={language: row[language] for language in LANGUAGES},
            explanation={language: row[f"explain_{language}"] for language in LANGUAGES},
        )
        for key, row in read_catalogue("faults.csv").items()
    }


def fault_text(fault: Fault, language: str) -> str:
    """Return the message of a fault: what, where, what is allowed, what to do, and its code."""
    entry = fault_entries().get(fault.code)
    if entry is None:
        return f"{fault} (WB-000)"
    parts = _Parts({name: _told(value) for name, value in fault.parts.items()})
    text = entry.message[language].format_map(parts)
    return words(language)("cli.message", text=text, code=entry.code)


def both_languages(fault: Fault) -> str:
    """Return the message of a fault in both languages: a file does not depend on the reader's."""
    return f"{fault_text(fault, 'zh')} / {fault_text(fault, 'en')}"


def _told(value: Any) -> str:
    """Return a part of a message as text; lists are joined, floats written shortly."""
    if isinstance(value, float):
        return f"{value:.15g}"
    if isinstance(value, str) or not isinstance(value, Iterable):
        return str(value)
    return ", ".join(str(entry) for entry in value)


def short_name(name_zh: str) -> str:
    """Return a Chinese plan name without its common beginning and end: 重大疾病."""
    short = name_zh
    for prefix in _PREFIXES_ZH:
        short = short.removeprefix(prefix)
    for suffix in _SUFFIXES_ZH:
        short = short.removesuffix(suffix)
    return short or name_zh


def plan_name(plan: Plan, language: str) -> str:
    """Return the short name of a plan."""
    return short_name(plan.name_zh) if language == "zh" else plan.name_en
