"""Up to four settings that the reader keeps to compare: a name and what was chosen.

Floor 10, no widget here. They live in the page and in its address, so that a link carries them. A
name is the reader's own text: shortened, without control signs, and escaped wherever it is shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from workbench.app.state import TODAY, Settings, from_query
from workbench.guard import refuse
from workbench.inputs import Inputs

__all__ = ["MOST", "Kept", "clean", "keep", "kept_from", "kept_query", "remove", "rename"]

MOST = 4
"""Most settings that are kept at one time."""

LONGEST = 24
"""Signs of a name."""

_BETWEEN = "|"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Settings under a name."""

    name: str
    settings: Settings


def clean(name: object, otherwise: str) -> str:
    """Return a name as it is kept: one line, at most `LONGEST` signs; `otherwise` for nothing."""
    text = "".join(sign if sign.isprintable() else " " for sign in str(name)[:1000])
    text = " ".join(text.replace(_BETWEEN, "/").split())[:LONGEST].strip()
    return text or otherwise


def keep(kept: tuple[Kept, ...], one: Kept) -> tuple[Kept, ...]:
    """Return the list with one more (InputRefused, `too-many-kept`, where it is full)."""
    if len(kept) >= MOST:
        raise refuse("too-many-kept", value=one.name, high=MOST)
    return (*kept, one)


def rename(kept: tuple[Kept, ...], place: int, name: object) -> tuple[Kept, ...]:
    """Return the list with another name at a place; an empty name changes nothing."""
    return tuple(
        replace(one, name=clean(name, one.name)) if at == place else one
        for at, one in enumerate(kept)
    )


def remove(kept: tuple[Kept, ...], place: int) -> tuple[Kept, ...]:
    """Return the list without the one at a place."""
    return tuple(one for at, one in enumerate(kept) if at != place)


def kept_query(kept: tuple[Kept, ...]) -> dict[str, str]:
    """Return the part of an address that carries the list: s1 to s4."""
    return {
        f"s{place}": _BETWEEN.join(
            (one.name, one.settings.scenario, ";".join(one.settings.changes.lines))
        )
        for place, one in enumerate(kept, start=1)
    }


def kept_from(pack: Inputs, query: Mapping[str, object], otherwise: str) -> tuple[Kept, ...]:
    """Return the list that an address carries.

    Raises
    ------
    InputRefused
        A scenario, name or value that cannot be taken; nothing is kept then.
    """
    found: tuple[Kept, ...] = ()
    for place in range(1, MOST + 1):
        text = str(query.get(f"s{place}") or "")[:3000]
        if not text:
            continue
        name, _, rest = text.partition(_BETWEEN)
        scenario, _, changes = rest.partition(_BETWEEN)
        settings = from_query(pack, {"scenario": scenario or TODAY, "set": changes})
        found = keep(found, Kept(name=clean(name, f"{otherwise} {place}"), settings=settings))
    return found
