"""Files that a user asks for: checked before anything is computed, written whole or not at all.

Floor 11. Each file is made beside its place and renamed at the end, so that a stop at any moment
leaves nothing half-written under its name.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from workbench.guard import refuse
from workbench.textfile import shown

__all__ = ["check_place", "write_all"]


def check_place(text: str) -> Path:
    """Return the path of a file to be written, if it can be.

    Raises
    ------
    InputRefused
        `file-is-a-folder`, `file-not-writable`; nothing was written.
    """
    path = Path(text).absolute()
    try:
        if path.is_dir():
            raise refuse("file-is-a-folder", value=shown(text))
        if path.exists() and not os.access(path, os.W_OK):
            raise refuse("file-not-writable", value=shown(text))
        handle, name = tempfile.mkstemp(prefix=".workbench-", dir=path.parent)
        os.close(handle)
        os.unlink(name)
    except (OSError, ValueError):
        raise refuse("file-not-writable", value=shown(text)) from None
    return path


def write_all(contents: Mapping[Path, bytes]) -> None:
    """Write files whole: all beside their places first, then each renamed.

    Raises
    ------
    InputRefused
        `file-not-writable`; what could not be renamed was removed.
    """
    waiting: dict[Path, Path] = {}
    place = None
    try:
        for place, content in contents.items():
            waiting[_beside(place, content)] = place
        for made, place in waiting.items():
            os.replace(made, place)
    except OSError:
        raise refuse("file-not-writable", value=shown(place)) from None
    finally:
        for made in waiting:
            with suppress(OSError):
                made.unlink()


def _beside(place: Path, content: bytes) -> Path:
    """Write `content` to a new file in the folder of `place`."""
    handle, name = tempfile.mkstemp(prefix=f".{place.name[:40]}-", dir=place.parent)
    made = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        made.chmod(0o644)
    except BaseException:
        with suppress(OSError):
            made.unlink()
        raise
    return made
