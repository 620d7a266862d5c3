"""A page, as the desk sees it.

Floor 10.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, runtime_checkable

import ipywidgets

from workbench.app.seen import Seen
from workbench.app.state import Settings

__all__ = ["Looking", "Showing"]


class Showing(Protocol):
    """A page, as the desk sees it."""

    stages: tuple[tuple[str, ...], ...]
    widget: ipywidgets.Widget

    def show(self, seen: Seen, stage: int) -> None:
        """Show the answers of a stage."""

    def refused(self, seen: Seen, stage: int, reason: str) -> None:
        """Say why a later stage has no answer."""

    def relabel(self, language: str) -> None:
        """Put the words into a language."""

    def place(self, settings: Settings) -> None:
        """Put the controls where the settings say."""

    def progress(self, stage: int, done: int, whole: int) -> None:
        """Say how far a later stage is that takes long."""

    def tell(self, content: str, *, fault: bool, revision: int) -> None:
        """Say what differs from today, or what was refused; content is HTML."""

    def stale(self, is_stale: bool) -> None:
        """Grey what does not belong to the settings."""


@runtime_checkable
class Looking(Protocol):
    """A page that looks at something besides the settings, and has it in its address."""

    def looked_at(self) -> dict[str, str]:
        """Return what the page looks at as a part of an address."""

    def look_at(self, query: Mapping[str, object]) -> None:
        """Look where an address says; InputRefused where that cannot be."""
