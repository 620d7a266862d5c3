"""What to take away: the link, the one-page sheet.

Floor 10.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape

import ipywidgets

from workbench.app.markup import paragraph
from workbench.app.panels.parts import Buttons, Tools, card, file_name, region
from workbench.app.seen import Seen
from workbench.app.sheet import PICTURE, sheet_html

__all__ = ["SharePanel"]


class SharePanel:
    """Link and sheet; `now` gives all that is answered when the sheet is asked for."""

    def __init__(self, tools: Tools, now: Callable[[], Seen]) -> None:
        self._tools, self._now = tools, now
        self._region, self._link = region(), region()
        self._seen: Seen | None = None
        self._differs: list[str] = []
        self._buttons = Buttons(tools, {"page.save_sheet": self._save})
        row = ipywidgets.HBox([self._link, self._buttons.widget]).add_class("wb-share")
        self.widget = card(self._region, row)

    def show(self, seen: Seen, differs: list[str]) -> None:
        """Show the answers; `differs` says in words what is not as today."""
        self._seen, self._differs = seen, differs
        say = seen.say
        self._region.value = (
            f'<h2 class="wb-section">{escape(say("page.share_title"))}</h2>'
            f'<div class="wb-note">{paragraph(escape(say("page.share_note")))}</div>'
        )
        self._link.value = (
            f'<button type="button" data-wb-copy="address">{escape(say("page.copy_link"))}</button>'
        )
        self._buttons.show(seen.language)
        self._buttons.explain("page.save_sheet", say("page.sheet_tip"))

    def _save(self) -> None:
        """Hand the sheet to the reader; the browser puts the picture in."""
        if self._seen is None:
            return
        content = sheet_html(self._now(), self._differs)
        name = file_name(self._seen.say("page.sheet_file"), ".html")
        self._tools.save(name, content, "text/html", (PICTURE,))
