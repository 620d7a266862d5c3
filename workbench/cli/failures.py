"""What a user sees when it does not work: our message with its code, never a traceback.

Floor 11. A fault of ours gets a number; its traceback goes to a log file and nowhere else.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
import time
import traceback
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from workbench.guard import Fault, WorkbenchError
from workbench.show.words import fault_text, words

__all__ = ["log_folder", "messages", "report_fault"]


def messages(error: WorkbenchError, language: str) -> str:
    """Return every fault of an error, one a line."""
    say = words(language)
    lines = [say("cli.refused", text=fault_text(fault, language)) for fault in error.faults]
    return "\n".join(lines) + "\n"


def log_folder(environ: Mapping[str, str] = os.environ, platform: str = sys.platform) -> Path:
    """Return the folder for logs where the system keeps such files."""
    home = Path(environ.get("HOME") or environ.get("USERPROFILE") or tempfile.gettempdir())
    if platform == "win32":
        return Path(environ.get("LOCALAPPDATA") or home) / "workbench" / "Logs"
    if platform == "darwin":
        return home / "Library" / "Logs" / "workbench"
    state = environ.get("XDG_STATE_HOME")
    return (Path(state) if state else home / ".local" / "state") / "workbench"


def report_fault(error: BaseException, language: str) -> str:
    """Log a fault of ours; return the message with a number to quote and the log's name."""
    told = "".join(traceback.format_exception(error))
    number = hashlib.sha256(f"{time.time_ns()} {os.getpid()} {told}".encode()).hexdigest()[:8]
    log = _write_log(number, told)
    parts = {"number": number, "log": str(log) if log else words(language)("cli.no_log")}
    return fault_text(Fault("internal", parts), language) + "\n"


def _write_log(number: str, told: str) -> Path | None:
    """Append a traceback to the log; fall back to the folder for temporary files."""
    stamp = time.strftime("%Y-%m-%d %H:%M:%S")
    for folder in (log_folder(), Path(tempfile.gettempdir()) / "workbench"):
        with suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            log = folder / "workbench.log"
            with log.open("a", encoding="utf-8") as file:
                file.write(f"{stamp} {number}\n{told}\n")
            return log
    return None
