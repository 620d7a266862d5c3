"""Finds the files that travel with the program, in a checkout or in an installed wheel.

The only opener of built-in files. Floor 0: standard library only.
"""

from pathlib import Path

__all__ = ["KINDS", "builtin", "read_builtin_text"]

_PACKAGE = Path(__file__).resolve().parent

KINDS = ("data", "notebooks", "share", "locale")
_INSIDE_PACKAGE = {"share": "app/share/jupyter", "locale": "locale"}


def builtin(kind: str) -> Path:
    """Folder of the built-in files of one kind.

    Parameters
    ----------
    kind : str
        ``data`` (the default pack), ``notebooks``, ``share`` (Jupyter's folder with the page
        template and the chart library) or ``locale`` (words).

    Returns
    -------
    Path
        An absolute folder. In a checkout ``data`` and ``notebooks`` stand beside the package,
        in a wheel they travel inside it.

    Raises
    ------
    ValueError
        If `kind` is not one of `KINDS`.
    """
    if kind not in KINDS:
        raise ValueError(f"unknown kind of built-in file {kind!r}; allowed: {', '.join(KINDS)}")
    if kind in _INSIDE_PACKAGE:
        return _PACKAGE / _INSIDE_PACKAGE[kind]
    root = _PACKAGE.parent
    if (root / "pyproject.toml").is_file() and (root / kind).is_dir():
        return root / kind
    return _PACKAGE / "_builtin" / kind


def read_builtin_text(kind: str, name: str) -> str:
    """Text of one built-in file, read as UTF-8.

    Parameters
    ----------
    kind : str
        As for `builtin`.
    name : str
        Path inside the folder, with ``/`` between parts, for instance ``plans.csv``.

    Raises
    ------
    ValueError
        If `kind` is unknown or `name` leads out of the folder.
    FileNotFoundError
        If the installation lacks the file.
    """
    folder = builtin(kind)
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise ValueError(f"{name!r} leads out of the built-in folder {kind!r}")
    return path.read_text(encoding="utf-8")
