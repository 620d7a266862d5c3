"""The head of the page Reserves: what is held at the date in one sentence, four figures.

Floor 10.
"""

from __future__ import annotations

from html import escape

from workbench.app.markup import clauses, figure, marked, paragraph
from workbench.app.panels.parts import card, region
from workbench.app.panels.reserve_view import ReserveView
from workbench.app.seen import LESS, TODAY_PREFIX, Seen
from workbench.show.reports import reserve_answer, reserve_sentences
from workbench.show.sentences import basis_sentence

__all__ = ["ReserveHead", "figure_card", "moved_note"]


def moved_note(seen: Seen, name: str, place: str) -> str:
    """Return what money stands above or below today's; "" where today's is not known here."""
    if seen.unchanged:
        return escape(seen.say("page.same"))
    if f"{TODAY_PREFIX}{name}" not in seen.documents:
        return ""
    less = f"{place}{LESS}{TODAY_PREFIX}{place}"
    if not any(sign in "123456789" for sign in seen.text(less, "money")):
        return escape(seen.say("page.same"))
    shown = figure(seen, less, "money", sign=True)
    return seen.say("page.compared", figure=shown, unit=escape(seen.say("page.short_money")))


def figure_card(label: str, shown: str, unit: str, note: str, small: str) -> str:
    """Return one figure with its label, unit, comparison and note; all but the label is HTML."""
    unit = f"<small>{escape(unit)}</small>" if unit else ""
    return (
        f'<div class="wb-figure"><p class="wb-figure-label">{escape(label)}</p>'
        f'<p class="wb-figure-value">{shown}{unit}</p>'
        f'<p class="wb-figure-note">{note}</p>'
        f'<p class="wb-figure-note wb-small">{small}</p></div>'
    )


class ReserveHead:
    """Sentence, figures, what they stand on."""

    def __init__(self, view: ReserveView) -> None:
        self._view = view
        self._answer, self._figures = region("wb-answer"), region("wb-figures")
        self._more, self._basis = region("wb-sentence"), region("wb-note")
        self._said = ("", "")
        self.widget = card(self._answer, self._more, self._figures, self._basis, style="wb-top")

    def show(self, seen: Seen) -> None:
        """Show the answer of the date; what changed in the sentence is marked for a second."""
        answer = seen.answer(self._view.name)
        first = reserve_answer(answer, seen.language)
        rest = reserve_sentences(answer, seen.language, changed=False)[1:]
        before = self._said[1] if self._said[0] == seen.language else ""
        self._said = (seen.language, first)
        told = paragraph(clauses(marked(first, before)), "reserve")
        self._answer.value = f'<div data-answer-rev="{seen.asked.revision}">{told}</div>'
        short = "".join(paragraph(escape(line), "deficient") for line in rest)
        none = paragraph(escape(seen.say("page.reserves_enough")))
        self._more.value = short or none
        self._figures.value = "".join(self._cards(seen))
        basis = basis_sentence(seen.language, differences=seen.differences)
        self._basis.value = paragraph(escape(basis), "basis")

    def _cards(self, seen: Seen) -> list[str]:
        say, at, money = seen.say, self._view.at, seen.say("unit.money")
        small = {
            "reserve_yuan": escape(say("page.reserves_card_reserve")),
            "unearned_yuan": say(
                "page.reserves_card_unearned",
                figure=figure(seen, at("total", "unearned_half_months_yuan"), "money"),
                unit=escape(money),
            ),
            "unpaid_yuan": say(
                "page.reserves_card_unpaid",
                low=figure(seen, at("total", "unpaid_low_yuan"), "money"),
                high=figure(seen, at("total", "unpaid_high_yuan"), "money"),
                unit=escape(money),
            ),
            "advance_yuan": escape(say("page.reserves_card_advance")),
        }
        found = []
        for key, note in small.items():
            place = at("total", key)
            label, shown = say(f"page.reserves_{key}"), figure(seen, place, "money")
            moved = moved_note(seen, self._view.name, place)
            found.append(figure_card(label, shown, money, moved, note))
        return found
