"""Opens a user's text file with care: size, encoding, and characters that have no place in data.

Floor 1: standard library only. Used for the files of a pack and for scenario files.
"""

from __future__ import annotations

import re
from pathlib import Path

from workbench.guard import InputRefused, refuse

__all__ = ["MOST_BYTES", "bad_sign", "decode", "read_text", "shown", "shown_path"]

MOST_BYTES = 20 * 1024 * 1024
"""Largest file that is read; the built-in pack has 70 kB in all."""

_REPLACED = "\ufffd"
_CONTROL = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
_INVISIBLE = r"\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff"
_SIGNS = (
    ("cell-control-character", re.compile(f"[{_CONTROL}\t\r\n]")),
    ("cell-invisible-mark", re.compile(f"[{_INVISIBLE}]")),
    ("cell-markup", re.compile(r"<[A-Za-z/!?]|&#|&(?:amp|lt|gt|quot|apos|nbsp);")),
    ("cell-damaged-text", re.compile(f"{_REPLACED}|锟斤拷")),
)
_HIDDEN = re.compile(f"[{_CONTROL}{_INVISIBLE}\t\r\n]")
_MOST_SHOWN = 60


def bad_sign(text: str) -> str:
    """Return the key of the fault in a piece of text, or an empty string.

    `cell-control-character`, `cell-invisible-mark` (bidirectional and zero-width marks),
    `cell-markup` or `cell-damaged-text`.
    """
    for key, pattern in _SIGNS:
        if pattern.search(text):
            return key
    return ""


def shown(text: object, most: int = _MOST_SHOWN) -> str:
    """Return `text` fit for a message: at most 60 characters, hidden signs written as U+XXXX."""
    plain = _HIDDEN.sub(lambda found: f"U+{ord(found.group()):04X}", str(text))
    return plain if len(plain) <= most else plain[: most - 1] + "…"


def shown_path(path: object) -> str:
    """Return a path fit for a message: at most 300 characters."""
    return shown(path, 300)


def _broken_utf8(raw: bytes) -> bool:
    """Whether `raw` is UTF-8 with some bytes damaged: more good than bad multi-byte characters."""
    text = raw.decode("utf-8-sig", errors="replace")
    bad = text.count(_REPLACED)
    good = sum(not sign.isascii() for sign in text) - bad
    return good > bad


def decode(raw: bytes) -> str | None:
    """Return the text of UTF-8 (with or without BOM), else GB18030, both strictly; else None.

    GB18030 accepts almost any bytes, so UTF-8 with a damaged byte is told apart and refused.
    """
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        text = raw.decode("gb18030")
    except UnicodeDecodeError:
        return None
    return None if _broken_utf8(raw) else text


def read_text(path: Path) -> str:
    """Return the text of a file of at most 20 MB.

    Raises
    ------
    InputRefused
        `file-missing`, `file-too-large` (told before anything is read), `file-unreadable`,
        `file-empty` or `file-encoding`.
    """
    try:
        if not path.is_file():
            raise refuse("file-missing", file=shown(path.name))
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise refuse(
                "file-too-large",
                file=shown(path.name),
                value=f"{size / 1024 / 1024:,.0f}",
                allowed=MOST_BYTES // 1024 // 1024,
            )
        raw = path.read_bytes()
    except InputRefused:
        raise
    except (OSError, ValueError):
        raise refuse("file-unreadable", file=shown(path.name)) from None
    if not raw.strip(b"\xef\xbb\xbf \t\r\n"):
        raise refuse("file-empty", file=shown(path.name))
    text = decode(raw)
    if text is None:
        raise refuse("file-encoding", file=shown(path.name))
    return text
