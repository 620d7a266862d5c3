"""Writes a copy of the built-in pack for a user to edit.

Floor 2, inside `pack`. The copy is made beside its place and then renamed, so that a stop at any
moment leaves nothing half-written.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from workbench.guard import refuse
from workbench.resources import builtin
from workbench.schema import FILES
from workbench.textfile import shown_path

__all__ = ["new_pack"]

_README = "README.md"


def _check_place(folder: Path) -> None:
    """Refuse a place that holds something already."""
    if not folder.parent.is_dir():
        raise refuse("folder-above-missing", value=shown_path(folder.parent))
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise refuse("folder-is-a-file", value=shown_path(folder))
    if folder.is_dir() and any(folder.iterdir()):
        raise refuse("folder-not-empty", value=shown_path(folder))


def _fill(copy: Path) -> None:
    source = builtin("data")
    for file in FILES:
        shutil.copyfile(source / file.name, copy / file.name)
    if (source / _README).is_file():
        shutil.copyfile(source / _README, copy / _README)
    copy.chmod(0o755)


def new_pack(folder: Path, change: Callable[[Path], None] | None = None) -> Path:
    """Write a copy of the built-in pack, with its README, to a new or empty folder.

    Parameters
    ----------
    folder
        The new folder.
    change
        What is done to the copy before it gets its name, such as `spread_over_areas`.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    InputRefused
        `folder-above-missing`, `folder-not-empty`, `folder-is-a-file` or `folder-not-writable`;
        nothing was written.
    """
    folder = Path(folder).absolute()
    copy: Path | None = None
    try:
        _check_place(folder)
        copy = Path(tempfile.mkdtemp(prefix=".new-pack-", dir=folder.parent))
        _fill(copy)
        if change is not None:
            change(copy)
        if folder.is_dir():
            folder.rmdir()
        copy.rename(folder)
    except (OSError, ValueError):
        raise refuse("folder-not-writable", value=shown_path(folder)) from None
    finally:
        if copy is not None:
            shutil.rmtree(copy, ignore_errors=True)
    return folder
