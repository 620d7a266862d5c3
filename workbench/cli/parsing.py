"""The command line as a declaration: commands, their options, and one reader for all.

Floor 11. Options of a question are made from `workbench.questions`. Every value is read as text
here and judged later, so that a mistake gives one of our messages with a code.
"""

from __future__ import annotations

import argparse
import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

from workbench.guard import refuse
from workbench.textfile import shown

__all__ = ["COMMANDS", "Command", "Flag", "Request", "command_named", "flags_of", "parse"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """One option: `metavar` empty for a switch."""

    name: str
    metavar: str = ""
    repeat: bool = False

    @property
    def key(self) -> str:
        """Name of the value: `no_browser` for `--no-browser`."""
        return self.name.lstrip("-").replace("-", "_")


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command: its argument (`needed` or not), options, and whether it asks a question."""

    name: str
    argument: str = ""
    needed: bool = False
    flags: tuple[Flag, ...] = ()
    question: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What was typed: a command ("help" and "version" too), its argument, options as texts."""

    command: str
    argument: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)


_LANG = Flag(name="--lang", metavar="zh|en")
_HELP = Flag(name="--help")
_DATA = Flag(name="--data", metavar="DIR")
_FILES = (
    Flag(name="--json"),
    Flag(name="--csv", metavar="FILE"),
    Flag(name="--xlsx", metavar="FILE"),
)
_CHANGES = (
    Flag(name="--scenario", metavar="NAME|FILE.toml"),
    Flag(name="--set", metavar="NAME=VALUE", repeat=True),
    Flag(name="--expenses", metavar="none"),
)
_THREADS = Flag(name="--threads", metavar="N")
_DASK = Flag(name="--dask", metavar="ADDRESS")
_WHERE = (_THREADS, _DASK, Flag(name="--out", metavar="FILE"))
_AREAS = (
    Flag(name="--areas", metavar="N"),
    Flag(name="--members", metavar="N"),
    Flag(name="--seed", metavar="N"),
)
_SERVER = (Flag(name="--port", metavar="N"), Flag(name="--no-browser"))


def _question(name: str) -> Command:
    return Command(name=name, flags=(_DATA, *_CHANGES, *_FILES, *_WHERE), question=True)


_ALL = (
    Command(
        name="app",
        argument="NOTEBOOK",
        flags=(_DATA, Flag(name="--scenario", metavar="FILE.toml"), *_SERVER),
    ),
    Command(name="lab", argument="DIR", flags=_SERVER),
    Command(name="new-pack", argument="DIR", needed=True, flags=_AREAS),
    Command(name="check-data", argument="DIR", needed=True, flags=_FILES),
    _question("calibrate"),
    _question("run"),
    _question("price"),
    _question("tiers"),
    _question("reserve"),
    _question("layers"),
    _question("year"),
    _question("allocate"),
    _question("models"),
    _question("design"),
    _question("surplus"),
    _question("optimise"),
    _question("fairness"),
    _question("programmes"),
    Command(
        name="observe",
        argument="FILE",
        flags=(
            Flag(name="--blank", metavar="FILE"),
            Flag(name="--changes", metavar="FILE.toml"),
            _DATA,
            *_CHANGES,
            *_FILES,
            *_WHERE,
        ),
        question=True,
    ),
    _question("participation"),
    _question("persons"),
    Command(
        name="triangle",
        argument="FILE",
        flags=(
            Flag(name="--premium", metavar="FILE"),
            Flag(name="--counts", metavar="FILE"),
            Flag(name="--reported", metavar="FILE"),
            _DATA,
            *_FILES,
            Flag(name="--out", metavar="FILE"),
        ),
        question=True,
    ),
    *(
        Command(
            name=name,
            argument="FILE",
            flags=(_DATA, *_CHANGES, *_FILES, Flag(name="--out", metavar="FILE")),
            question=True,
        )
        for name in ("runoff", "counties")
    ),
    _question("sensitivity"),
    Command(name="describe", argument="NAME", flags=(_DATA, *_FILES)),
    Command(name="explain", argument="CODE", flags=(Flag(name="--json"),)),
    Command(name="verify", flags=_FILES),
    _question("fund"),
    Command(
        name="rerun",
        argument="FILE",
        needed=True,
        flags=(Flag(name="--against", metavar="FILE"), *_FILES, _THREADS, _DASK),
    ),
)
COMMANDS: Mapping[str, Command] = {command.name: command for command in _ALL}
"""Every command by name."""


def command_named(name: str) -> Command:
    """Return a command.

    Raises
    ------
    InputRefused
        `unknown-command` with the nearest names.
    """
    command = COMMANDS.get(name)
    if command is None:
        near = difflib.get_close_matches(name, COMMANDS, n=3, cutoff=0.4) or list(COMMANDS)
        raise refuse("unknown-command", value=shown(name), nearest=near)
    return command


def flags_of(command: Command) -> tuple[Flag, ...]:
    """Return the options of a command, a question's own first."""
    own: tuple[Flag, ...] = ()
    if command.question:
        from workbench.questions import QUESTIONS

        own = tuple(
            Flag(name=f"--{option.name}", metavar=_metavar(option), repeat=option.repeat)
            for option in QUESTIONS[command.name].options
        )
    return (*own, *command.flags, _LANG, _HELP)


def _metavar(option: Any) -> str:
    written = {"date": "YYYY-MM-DD", "whole": "N", "number": "X", "text": "TEXT"}
    return written.get(option.kind) or "|".join((*option.allowed, *option.later))


class _Reader(argparse.ArgumentParser):
    """argparse as a reader only: it never prints and never ends the process."""

    def error(self, message: str) -> NoReturn:
        raise refuse("command-line", value=shown(message))


def parse(argv: Sequence[str]) -> Request:
    """Return what was typed.

    Raises
    ------
    InputRefused
        One fault with a code: unknown command or option, a value too few or too many.
    """
    before, name, rest = _split(list(argv))
    if "--version" in before:
        return Request(command="version")
    if name is None or "--help" in before or "-h" in before:
        return Request(command="help", values=_read_global(before))
    command = command_named(name)
    return _read(command, [*before, *rest])


def _split(argv: list[str]) -> tuple[list[str], str | None, list[str]]:
    """Return what stands before the command, the command, and the rest."""
    place = 0
    while place < len(argv) and argv[place].startswith("-"):
        known = argv[place].split("=")[0]
        if known not in ("--lang", "--version", "--help", "-h"):
            raise refuse("option-before-command", name=shown(known))
        place += 2 if argv[place] == "--lang" else 1
    place = min(place, len(argv))
    name = argv[place] if place < len(argv) else None
    return argv[:place], name, argv[place + 1 :]


def _read_global(before: list[str]) -> dict[str, Any]:
    request = _read(Command(name="help"), [word for word in before if word != "-h"])
    return {name: value for name, value in request.values.items() if name == "lang"}


def _read(command: Command, words: list[str]) -> Request:
    """Return the request of one command."""
    flags = flags_of(command)
    reader = _reader(command, flags)
    try:
        found, extra = reader.parse_known_args(words)
    except argparse.ArgumentError as error:
        _refuse_value(flags, str(error.argument_name))
    values = {name: value for name, value in vars(found).items() if value not in (None, False)}
    argument = values.pop("argument", None)
    if values.pop("help", False):
        return Request(command="help", argument=command.name, values=values)
    _refuse_extra(flags, extra)
    if command.needed and argument is None:
        raise refuse("argument-missing", name=command.argument, value=f"workbench {command.name}")
    return Request(command=command.name, argument=argument, values=values)


def _reader(command: Command, flags: tuple[Flag, ...]) -> _Reader:
    reader = _Reader(prog="workbench", add_help=False, allow_abbrev=False, exit_on_error=False)
    for flag in flags:
        names = ("-h", flag.name) if flag is _HELP else (flag.name,)
        if flag.metavar:
            action = "append" if flag.repeat else "store"
            reader.add_argument(*names, dest=flag.key, action=action)
        else:
            reader.add_argument(*names, dest=flag.key, action="store_true")
    if command.argument:
        reader.add_argument("argument", nargs="?")
    return reader


def _refuse_value(flags: tuple[Flag, ...], told: str) -> NoReturn:
    """Refuse an option that lacks its value, or has one and takes none."""
    name = told.split("/")[-1]
    switch = any(flag.name == name and not flag.metavar for flag in flags)
    code = "option-takes-no-value" if switch else "option-without-value"
    raise refuse(code, name=name)


def _refuse_extra(flags: tuple[Flag, ...], extra: list[str]) -> None:
    """Refuse what no option and no argument took."""
    if not extra:
        return
    word = extra[0].split("=")[0]
    if not word.startswith("-"):
        raise refuse("argument-unexpected", value=shown(word))
    names = [flag.name for flag in flags]
    near = difflib.get_close_matches(word, names, n=3, cutoff=0.5) or names
    raise refuse("unknown-option", name=shown(word), allowed=near)
