"""The file of a run record: one zip whose every byte is vouched for.

Floor 8.1. The manifest lists the SHA-256 of every other member; the comment at the end of the file
is the SHA-256 of all bytes before it, so that a single flipped bit is found. The same content gives
the same bytes on machines with the same zlib: no clock, no order of a folder.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import struct
import zipfile
import zlib
from collections.abc import Mapping
from typing import Any

from workbench.guard import InputRefused, refuse

__all__ = ["FORMAT", "MANIFEST", "MOST_BYTES", "MOST_UNPACKED", "read_members", "write_members"]

FORMAT, VERSION = "workbench.record", 1
MANIFEST = "manifest.json"
MOST_BYTES = 256 * 1024 * 1024
"""Largest record file that is kept or read."""
MOST_UNPACKED = 1024 * 1024 * 1024
MOST_MEMBERS = 100_000

_SEAL = b"sha256:"
_SEAL_BYTES = len(_SEAL) + 64
_START = b"PK\x03\x04"
_NAME = re.compile(r"[a-z]+\.json|(?:tables|results)/[a-z0-9]+\.npy")
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
    UnicodeError,
)


def _seal(body: bytes) -> bytes:
    return _SEAL + hashlib.sha256(body).hexdigest().encode("ascii")


def write_members(manifest: Mapping[str, Any], members: Mapping[str, bytes]) -> bytes:
    """Return the bytes of a record: its manifest, completed, and its members.

    Raises
    ------
    InputRefused
        `record-too-large`; such a record could not be read again.
    """
    listed = {
        name: {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
        for name, content in members.items()
    }
    whole = {"format": f"{FORMAT}/{VERSION}", **manifest, "members": listed}
    told = json.dumps(whole, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    contents = {MANIFEST: told.encode("utf-8"), **members}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, content in contents.items():
            info = zipfile.ZipInfo(name, _FIRST_DAY)
            info.create_system, info.external_attr = 3, 0o644 << 16
            archive.writestr(info, content, zipfile.ZIP_DEFLATED)
        archive.comment = b" " * _SEAL_BYTES
    body = out.getvalue()[:-_SEAL_BYTES]
    if len(body) >= MOST_BYTES or sum(map(len, contents.values())) > MOST_UNPACKED:
        size, most = len(body) >> 20, MOST_BYTES >> 20
        raise refuse("record-too-large", file="--out", value=size, allowed=most)
    return body + _seal(body)


def read_members(raw: bytes, file: str) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Return manifest and members of a record; `file` is its name in messages.

    Raises
    ------
    InputRefused
        `record-not-one`, `record-broken` (no directory), `record-damaged` (which members),
        `record-newer`, `record-too-large`.
    """
    sealed = raw[-_SEAL_BYTES:].startswith(_SEAL)
    if not sealed and not raw.startswith(_START):
        raise refuse("record-not-one", file=file)
    whole = sealed and _seal(raw[:-_SEAL_BYTES]) == raw[-_SEAL_BYTES:]
    try:
        archive = zipfile.ZipFile(io.BytesIO(raw))
    except _BROKEN:
        raise refuse("record-broken", file=file) from None
    with archive:
        contents, unreadable = _contents(archive, file)
    if MANIFEST not in [*contents, *unreadable]:
        raise refuse("record-broken" if sealed else "record-not-one", file=file)
    manifest = _manifest(contents.get(MANIFEST, b""))
    damaged = [*unreadable, *_unlike(manifest, contents)]
    if manifest is not None and whole:
        _check_format(manifest, file)
    if manifest is None or damaged or not whole:
        told = damaged or ([MANIFEST] if manifest is None else ["zip"])
        raise refuse("record-damaged", file=file, value=sorted(set(told))[:3], number=len(told))
    return manifest, {name: one for name, one in contents.items() if name != MANIFEST}


def _contents(archive: zipfile.ZipFile, file: str) -> tuple[dict[str, bytes], list[str]]:
    """Members that can be read, and names of those that cannot."""
    infos = archive.infolist()
    size = sum(info.file_size for info in infos)
    if len(infos) > MOST_MEMBERS or size > MOST_UNPACKED:
        raise refuse("record-too-large", file=file, value=size >> 20, allowed=MOST_UNPACKED >> 20)
    contents: dict[str, bytes] = {}
    bad = []
    for info in infos:
        name = info.filename
        if not _NAME.fullmatch(name) or name in contents:
            bad.append("zip")
            continue
        try:
            with archive.open(info) as member:
                contents[name] = member.read(info.file_size + 1)
            if len(contents[name]) != info.file_size:
                bad.append(name)
        except _BROKEN:
            bad.append(name)
    return contents, bad


def _manifest(content: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _unlike(manifest: dict[str, Any] | None, contents: Mapping[str, bytes]) -> list[str]:
    """Names of members that are missing, too many, or not what the manifest vouches for."""
    listed = (manifest or {}).get("members")
    if not isinstance(listed, dict):
        return [MANIFEST]
    digests = {
        name: hashlib.sha256(content).hexdigest()
        for name, content in contents.items()
        if name != MANIFEST
    }
    vouched = {
        name: entry.get("sha256") if isinstance(entry, dict) else None
        for name, entry in listed.items()
    }
    return [name for name in sorted({*digests, *vouched}) if digests.get(name) != vouched.get(name)]


def _check_format(manifest: Mapping[str, Any], file: str) -> None:
    """Refuse another format, or a newer version of ours."""
    name, _, version = str(manifest.get("format")).partition("/")
    if name != FORMAT or not version.isdigit() or len(version) > 6:
        raise _not_one(file)
    if int(version) > VERSION:
        raise refuse("record-newer", file=file, value=int(version), allowed=VERSION)


def _not_one(file: str) -> InputRefused:
    return refuse("record-not-one", file=file)
