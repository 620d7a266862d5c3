"""How sure: the tightest plan and the changed tiers once the assumptions are uncertain too.

Floor 10. Takes some seconds, so the reader asks for it; he sees how far it is and may stop it.
"""

from __future__ import annotations

from html import escape

import ipywidgets

from workbench.app.deeper import UNCERTAIN
from workbench.app.desk import Desk
from workbench.app.markup import details_html, paragraph
from workbench.app.panels.answer import tightest_plan
from workbench.app.panels.change import change_sentences
from workbench.app.panels.commands import command_row
from workbench.app.panels.parts import card, region
from workbench.app.seen import Seen
from workbench.show.sentences import tightest_uncertain_sentence
from workbench.show.words import words

__all__ = ["SurePanel", "uncertain_sentences"]


def uncertain_sentences(seen: Seen) -> dict[str, str]:
    """Return the sentences with uncertain assumptions by name; empty where they were not asked."""
    if UNCERTAIN not in seen.asked.answers or UNCERTAIN not in seen.today.answers:
        return {}
    code = tightest_plan(seen)
    before, after = (seen.answer(name).result.result.plans[code] for name in ("run", UNCERTAIN))
    told = tightest_uncertain_sentence(before, after, seen.plan(code), seen.language)
    return {"uncertain": told, **change_sentences(seen, UNCERTAIN)}


class SurePanel:
    """Sentences with the assumptions uncertain, and the button that asks for them."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._region, self._bar = region("wb-sentence"), region("wb-progress")
        self._ask, self._stop = ipywidgets.Button(), ipywidgets.Button()
        self._ask.on_click(desk.guarded(lambda _: self._asked()))
        self._stop.on_click(desk.guarded(lambda _: self._stopped()))
        desk.progress = self._progress
        row = ipywidgets.HBox([self._ask, self._stop, self._bar]).add_class("wb-slot")
        self.widget = card(self._region, row)

    def _asked(self) -> None:
        self._desk.deeper.ask(self._desk.answers.settings)
        self._buttons()

    def _stopped(self) -> None:
        self._desk.deeper.stop()
        self._buttons()

    def _progress(self, done: int, whole: int) -> None:
        say = words(self._desk.language)
        share = round(100 * done / whole)
        told = escape(say("page.sure_progress", share=share))
        self._bar.value = (
            f'<progress max="{whole}" value="{done}" aria-label="{told}"></progress> {told}'
        )
        self._buttons()

    def _buttons(self) -> None:
        running = self._desk.deeper.running
        known = self._desk.deeper.found(self._desk.answers.settings) is not None
        self._ask.disabled = running or known
        self._stop.disabled = not running
        if not running:
            self._bar.value = ""

    def show(self, seen: Seen) -> None:
        """Show the answers."""
        say, told = seen.say, uncertain_sentences(seen)
        lines = [paragraph(escape(line), name) for name, line in told.items()]
        if told:
            row = command_row(seen, UNCERTAIN)
            lines.append(details_html(UNCERTAIN, say("page.command_behind"), row))
        else:
            lines = [paragraph(escape(say("page.sure_ask")), style="wb-quiet")]
        title = f'<h2 class="wb-section">{escape(say("page.sure_title"))}</h2>'
        self._region.value = f'{title}<div class="wb-changes">{"".join(lines)}</div>'
        self._ask.description, self._stop.description = say("page.sure_now"), say("page.stop")
        self._buttons()
