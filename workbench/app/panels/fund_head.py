"""The head of the page Fund: does it last, in one sentence; four figures.

Floor 10.
"""

from __future__ import annotations

from html import escape

from workbench.app.markup import clauses, figure, marked, paragraph
from workbench.app.panels.fund_view import FundView
from workbench.app.panels.parts import card, region
from workbench.app.panels.reserve_head import figure_card, moved_note
from workbench.app.seen import Seen
from workbench.show.funding import fund_sentence, fund_sentences
from workbench.show.numbers import percent
from workbench.show.sentences import basis_sentence

__all__ = ["FundHead"]


class FundHead:
    """Sentence 9, what restores it, figures."""

    def __init__(self, view: FundView) -> None:
        self._view = view
        self._answer, self._figures = region("wb-answer"), region("wb-figures")
        self._more, self._basis = region("wb-sentence"), region("wb-note")
        self._said = ("", "")
        self.widget = card(self._answer, self._more, self._figures, self._basis, style="wb-top")

    def show(self, seen: Seen) -> None:
        """Show the answer; what changed in the sentence is marked for a second."""
        answer = seen.answer(self._view.shown)
        first = fund_sentence(answer, seen.asked.answers.get(self._view.uncertain), seen.language)
        _, *rest = fund_sentences(answer, seen.language, changed=False)
        before = self._said[1] if self._said[0] == seen.language else ""
        self._said = (seen.language, first)
        told = paragraph(clauses(marked(first, before)), "fund_nine")
        self._answer.value = f'<div data-answer-rev="{seen.asked.revision}">{told}</div>'
        lines = [paragraph(escape(line), f"fund_{n}") for n, line in enumerate(rest, start=1)]
        self._more.value = "".join(lines)
        self._figures.value = "".join(self._cards(seen))
        basis = basis_sentence(seen.language, differences=seen.differences)
        self._basis.value = paragraph(escape(basis), "basis")

    def _cards(self, seen: Seen) -> list[str]:
        """Yuan first, then the possibility with the opening fund that it belongs to."""
        say, view, money = seen.say, self._view, seen.say("unit.money")
        at = f"{view.shown}/variants/plain"
        low = figure(seen, f"{at}/closing_yuan/0.05", "money")
        change = figure(seen, f"{at}/one_year_change_yuan", "money")
        loss = figure(seen, f"{at}/one_year_loss_yuan", "money")
        needed = f"{view.shown}/restored/opening_yuan"
        end = f"{at}/closing_yuan/0.5"
        share = percent(view.possibility, seen.language, 0)
        last = say("page.fund_card_end_note", low=low, unit=escape(money))
        year = say("page.fund_card_year_note", loss=loss, unit=escape(money))
        opening = figure(seen, f"{view.shown}/opening_yuan", "money")
        return [
            figure_card(
                say("page.fund_card_end", year=view.last),
                *(figure(seen, end, "money"), money),
                *(moved_note(seen, view.shown, end), last),
            ),
            figure_card(
                say("page.fund_card_year"),
                *(change, money),
                *(moved_note(seen, view.shown, f"{at}/one_year_change_yuan"), year),
            ),
            figure_card(
                say("page.fund_card_needed"),
                *(figure(seen, needed, "money"), money),
                *(
                    moved_note(seen, view.shown, needed),
                    escape(say("page.fund_card_needed_note", share=share)),
                ),
            ),
            figure_card(
                say("page.fund_card_used", years=view.years),
                *(figure(seen, f"{at}/used_up", "probability"), ""),
                *(
                    escape(say("page.fund_card_used_basis")),
                    say("page.fund_card_used_note", opening=opening, unit=escape(money)),
                ),
            ),
        ]
