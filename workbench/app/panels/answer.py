"""The answer: one sentence, then income and benefits, four figures, and what they stand on.

Floor 10.
"""

from __future__ import annotations

from html import escape

from workbench.app.markup import clauses, compared, figure, marked, paragraph
from workbench.app.panels.parts import card, region
from workbench.app.seen import OVER, Seen
from workbench.show.sentences import answer_sentence, basis_sentence, income_sentence, tightest

__all__ = ["AnswerPanel", "gap_kind", "tightest_plan"]


def tightest_plan(seen: Seen) -> str:
    """Return the code of the plan nearest its limit."""
    return tightest(seen.answer("run").result.result.plans)


def gap_kind(language: str) -> str:
    """Return the format of a mean gap: too small for million yuan, right for 万元."""
    return "money" if language == "zh" else "yuan"


class AnswerPanel:
    """The head of the page below its title."""

    def __init__(self) -> None:
        self._answer = region("wb-answer")
        self._income = region("wb-sentence")
        self._figures = region("wb-figures")
        self._basis = region("wb-note")
        self._said = ("", "")
        self.widget = card(self._answer, self._income, self._figures, self._basis, style="wb-top")

    def show(self, seen: Seen) -> None:
        """Show the answers; what changed in the sentence is marked for a second."""
        total = seen.answer("run").result.result.total
        sentence = answer_sentence(total, seen.plan(tightest_plan(seen)), seen.language)
        before = self._said[1] if self._said[0] == seen.language else ""
        self._said = (seen.language, sentence)
        revision = seen.asked.revision
        shown = clauses(marked(sentence, before))
        self._answer.value = f'<div data-answer-rev="{revision}">{paragraph(shown, "answer")}</div>'
        income = income_sentence(total, seen.language, changed=not seen.unchanged)
        self._income.value = paragraph(escape(income), "income")
        self._figures.value = "".join(_cards(seen))
        basis = basis_sentence(seen.language, differences=seen.differences)
        self._basis.value = paragraph(escape(basis), "basis")


def _card(seen: Seen, label: str, shown: tuple[str, str], unit: str, note: str) -> str:
    """One figure: label, value with unit, what it is above today's, and a note."""
    place, kind = shown
    small = f"<small>{escape(unit)}</small>" if unit else ""
    return (
        f'<div class="wb-figure"><p class="wb-figure-label">{escape(label)}</p>'
        f'<p class="wb-figure-value">{figure(seen, place, kind)}{small}</p>'
        f'<p class="wb-figure-note">{compared(seen, place, kind)}</p>'
        f'<p class="wb-figure-note wb-small">{note}</p></div>'
    )


def _cards(seen: Seen) -> list[str]:
    """Yuan first, then shares and the probability with its gap."""
    say, plan = seen.say, tightest_plan(seen)
    money, yuan = say("unit.money"), say("unit.yuan")
    bad_year = figure(seen, "run/total/paid_yuan/quantile/0.95", "money")
    split = figure(seen, "run/total/loss_ratio_range", "range")
    chance = f"run/plans/{plan}/deficit_probability"
    gap = _gap(seen, plan)
    surplus_share = figure(seen, "price/total/per_hundred/surplus", "hundred")
    return [
        _card(
            seen,
            say("page.card_surplus"),
            ("run/total/expected_surplus_yuan", "money"),
            money,
            say("page.card_surplus_note", figure=surplus_share, unit=yuan),
        ),
        _card(
            seen,
            say("page.card_benefits"),
            ("run/total/paid_yuan/mean", "money"),
            money,
            say("page.card_benefits_note", figure=bad_year, unit=money),
        ),
        _card(
            seen,
            say("page.card_hundred"),
            ("price/total/per_hundred/benefits", "hundred"),
            yuan,
            say("page.card_hundred_note", figure=split),
        ),
        _card(seen, say("page.card_deficit"), (chance, "probability"), "", gap),
    ]


def _gap(seen: Seen, plan: str) -> str:
    """The mean gap of a deficit year beside its probability; none where deficits are too rare."""
    say, chance = seen.say, f"run/plans/{plan}/deficit_probability"
    if seen.value(chance) < 0.001:
        return escape(say("page.no_gap", plan=seen.plan(plan)))
    place = f"run/plans/{plan}/expected_shortfall_yuan{OVER}{chance}"
    kind = gap_kind(seen.language)
    return say(
        "page.mean_gap",
        plan=escape(seen.plan(plan)),
        figure=figure(seen, place, kind),
        unit=say(f"unit.{kind}"),
    )
