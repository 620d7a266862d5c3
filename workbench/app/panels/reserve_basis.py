"""Why, and how sure, of a page with a question of its own: its assumptions and its method.

Floor 10. For the pages Reserves and Fund.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from workbench.app.markup import details_html, paragraph
from workbench.app.panels.parts import card, region
from workbench.app.seen import Seen
from workbench.questions import tables
from workbench.show.answers import basis_lines
from workbench.show.tables import html as table_of
from workbench.show.words import fault_text

__all__ = ["OwnBasisPanel"]


class OwnBasisPanel:
    """Lines of the answer's basis, warnings, and tables of the answer that open by a click."""

    def __init__(self, name: Callable[[], str], listed: tuple[str, ...]) -> None:
        self._name, self._listed = name, listed
        self._now, self._tables = region(), region()
        self.widget = card(self._now, self._tables)

    def show(self, seen: Seen) -> None:
        """Show what the answer stands on."""
        say, name = seen.say, self._name()
        answer = seen.answer(name)
        lines = basis_lines(answer, seen.language, differences=seen.differences)
        warnings = [
            say("cli.warning", text=fault_text(one, seen.language)) for one in answer.asked.warnings
        ]
        told = "".join(paragraph(escape(line)) for line in [*warnings, *lines])
        self._now.value = (
            f'<h2 class="wb-section">{escape(say("page.basis_title"))}</h2>'
            f'<div class="wb-note">{told}</div>'
        )
        there = {table.name: table for table in tables(answer)}
        parts = []
        for one in (one for one in self._listed if one in there):
            content = table_of(there[one], seen.language)
            rows = f'<div class="wb-table" tabindex="0">{content}</div>'
            shown = f'<div class="wb-beliefs">{rows}</div>'
            parts.append(details_html(one, say(f"table.{one}"), shown))
        self._tables.value = "".join(parts)
