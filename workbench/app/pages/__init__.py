"""The pages: one module a page, made when it is first opened.

Floor 10. A page is one line of `PAGES`, a module with `make(desk)`, and the words `page.nav_NAME`.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workbench.app.desk import Desk, Showing

__all__ = ["FRONT", "PAGES", "make_page"]

PAGES: Mapping[str, str] = {
    "front": "front",
    "what_if": "what_if",
    "tiers": "tiers",
    "reserves": "reserves",
    "fund": "fund",
}
"""Name of a page in an address → its module."""

FRONT = "front"
"""The page that opens where none is asked for."""


def make_page(name: str, desk: Desk) -> Showing:
    """Return a page by its name (KeyError for an unknown one)."""
    module = import_module(f"workbench.app.pages.{PAGES[name]}")
    made: Showing = module.make(desk)
    return made
