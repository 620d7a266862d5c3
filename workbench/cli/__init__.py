"""The command line: `workbench COMMAND [options]`.

Floor 11. Exit status: 0 done; 1 a fault of ours (number and log file named); 2 the input was
refused; 3 a comparison found a difference; 130 stopped by the user.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

# Before NumPy loads: its matrix products are small here, and on a busy machine threads that wait
# for each other cost more than they bring. A user's own setting stands.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# isort: split
from workbench.cli.language import system_language
from workbench.guard import Disagreement, WorkbenchError, refuse
from workbench.show.words import LANGUAGES, words

__all__ = ["main"]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status.

    Parameters
    ----------
    argv
        Words after the program's name; None takes those of the process.
    """
    if argv is None:
        _plain_streams()
        argv = sys.argv[1:]
    language = _language_of(argv)
    try:
        return _carry_out(argv, language)
    except WorkbenchError as error:
        from workbench.cli.failures import messages

        _complain(messages(error, language))
        return 3 if isinstance(error, Disagreement) else 2
    except KeyboardInterrupt:
        _complain("\n" + words(language)("cli.stopped") + "\n")
        return 130
    except BrokenPipeError:
        _forget_stdout()
        return 0
    except Exception as error:
        from workbench.cli.failures import report_fault

        _complain(report_fault(error, language))
        return 1


def _carry_out(argv: Sequence[str], language: str) -> int:
    from workbench.cli.commands import run_request
    from workbench.cli.parsing import parse

    request = parse(argv)
    wanted = request.values.get("lang", language)
    if wanted not in LANGUAGES:
        raise refuse("unknown-choice", name="--lang", value=wanted, allowed=LANGUAGES)
    return int(run_request(request, wanted))


def _language_of(argv: Sequence[str]) -> str:
    """Return the language for messages: `--lang` wherever it stands, else the system's."""
    chosen = system_language()
    for place, word in enumerate(argv):
        value = word.removeprefix("--lang=")
        if word == "--lang" and place + 1 < len(argv):
            value = argv[place + 1]
        if word.startswith("--lang") and value in LANGUAGES:
            chosen = value
    return chosen


def _plain_streams() -> None:
    """UTF-8 and plain line ends wherever the output goes; a terminal keeps what it can show."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is None:
            continue
        if stream.isatty():
            reconfigure(errors="replace")
        else:
            reconfigure(encoding="utf-8", newline="\n")


def _complain(text: str) -> None:
    """Write to standard error; a closed one is no fault."""
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except (OSError, ValueError):
        pass


def _forget_stdout() -> None:
    """The reader went away: point standard output to nothing, so that Python ends in peace."""
    try:
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, sys.stdout.fileno())
    except (OSError, ValueError):
        pass
