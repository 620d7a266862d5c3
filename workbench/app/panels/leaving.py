"""Who comes and who leaves because of a tier, in sentences, always as a range.

Floor 10. Comes after the rest, when the reader rests.
"""

from __future__ import annotations

from html import escape

from workbench.app.markup import details_html, paragraph
from workbench.app.panels.commands import command_row
from workbench.app.panels.parts import card, region
from workbench.app.seen import Seen
from workbench.show.behaving import participation_sentences

__all__ = ["LeavingPanel", "leaving_sentences"]

NAME = "leaving"


def leaving_sentences(seen: Seen) -> list[str]:
    """Return who leaves and who joins; what the command line says of no change is left out."""
    changed = not seen.unchanged
    told = participation_sentences(seen.answer(NAME), seen.language, changed=changed)
    return [line for line in told if line != seen.say("sentence.participation_nothing")]


class LeavingPanel:
    """Sentences about members who leave and workers who join, with their command."""

    def __init__(self) -> None:
        self._region = region("wb-sentence")
        self._language = ""
        self.widget = card(self._region)

    def _fill(self, seen: Seen, told: str) -> None:
        title = f'<h2 class="wb-section">{escape(seen.say("page.leaving_title"))}</h2>'
        self._region.value = f'{title}<div class="wb-changes wb-leaving">{told}</div>'

    def show(self, seen: Seen) -> None:
        """Show the sentences."""
        told = leaving_sentences(seen)
        lines = [paragraph(escape(line), f"{NAME}_{at}") for at, line in enumerate(told)]
        self._language = seen.language
        command = details_html(NAME, seen.say("page.command_behind"), command_row(seen, NAME))
        self._fill(seen, "".join(lines) + command)

    def refuse(self, seen: Seen, reason: str) -> None:
        """Say why there is no answer with these settings."""
        self._fill(seen, paragraph(escape(reason), f"{NAME}_refused"))

    def wait(self, seen: Seen) -> None:
        """Say that it is on its way, where nothing stands yet in this language."""
        if self._language != seen.language:
            self._fill(seen, paragraph(escape(seen.say("page.leaving_wait")), style="wb-quiet"))

    def stale(self, is_stale: bool) -> None:
        """Grey the sentences while newer ones are on their way."""
        (self.widget.add_class if is_stale else self.widget.remove_class)("wb-stale")
