"""The help of the command line, in the reader's language.

Floor 11.
"""

from __future__ import annotations

from workbench.cli.parsing import COMMANDS, Command, command_named, flags_of
from workbench.show.tables import width
from workbench.show.words import words

__all__ = ["command_help", "main_help"]


WIDEST = 40
"""Signs of the left column; a longer name stands on a line of its own."""


def _aligned(pairs: list[tuple[str, str]]) -> list[str]:
    wide = max((width(left) for left, _ in pairs if width(left) <= WIDEST), default=WIDEST)
    lines = []
    for left, right in pairs:
        room = wide - width(left) + 2
        gap = " " * room if room >= 2 else "\n" + " " * (wide + 4)
        lines.append(f"  {left}{gap}{right}")
    return lines


def _told(name: str) -> str:
    """Return the part of a key for a name: `new_pack` for `new-pack`."""
    return name.lstrip("-").replace("-", "_")


def _argument(command: Command) -> str:
    """Return the argument of a command, in brackets where it may be left out."""
    optional = command.argument and not command.needed
    return f"[{command.argument}]" if optional else command.argument


def main_help(language: str) -> str:
    """Return the list of commands."""
    say = words(language)
    commands = [
        (
            f"{command.name} {_argument(command)}".rstrip(),
            say(f"help.command_{_told(command.name)}"),
        )
        for command in COMMANDS.values()
    ]
    begin = [say("help.usage"), "", say("help.about"), "", say("help.commands")]
    end = [say("help.more")]
    return "\n".join([*begin, *_aligned(commands), "", *end]) + "\n"


def command_help(name: str, language: str) -> str:
    """Return the options of one command."""
    say, command = words(language), command_named(name)
    usage = f"{name} {_argument(command)}".rstrip()
    flags = [
        (
            f"{flag.name} {flag.metavar}".rstrip(),
            say(f"help.option_{flag.key}"),
        )
        for flag in flags_of(command)
    ]
    return "\n".join(
        [
            say("help.usage_command", usage=usage),
            "",
            say(f"help.command_{_told(name)}"),
            "",
            say("help.options"),
            *_aligned(flags),
            "",
            say("help.status"),
            "",
        ]
    )
