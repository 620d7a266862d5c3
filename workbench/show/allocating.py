"""The sentences of an allocation for a terminal.

Floor 9. Those of the other questions are in `workbench.show.reports` and `sentences`.
"""

from __future__ import annotations

from workbench.questions import Answer
from workbench.questions.allocate import plan_parts, total_part
from workbench.risk import Figure
from workbench.show.numbers import money_words, number, percent, yuan
from workbench.show.words import plan_name, words

__all__ = ["allocation_sentences"]


def allocation_sentences(answer: Answer, language: str, *, changed: bool) -> list[str]:
    """Return the measure of the year beside the plans' own, and the plan that carries most."""
    asked, measure = answer.asked, answer.result.distortion
    total, parts = total_part(asked, answer.result), plan_parts(asked, answer.result)
    code = max(parts, key=lambda code: parts[code].allocated_yuan.value)
    saved = total.stand_alone_yuan.value - total.allocated_yuan.value
    error = total.stand_alone_yuan.error + total.allocated_yuan.error
    most = parts[code]
    expected = most.expected_paid_yuan.scaled(1.0 / max(most.enrolments, 1))
    say = words(language)
    tail = 100.0 * (1.0 - measure.parameter)
    return [
        say(
            f"sentence.allocated_{measure.code}",
            parameter=number(tail if measure.code == "tail_mean" else measure.parameter),
            amount=money_words(total.allocated_yuan, language),
            alone=money_words(total.stand_alone_yuan, language),
            saved=money_words(Figure(max(saved, 0.0), error), language),
        ),
        say(
            "sentence.allocated_most",
            plan=plan_name(asked.inputs.plan(code), language),
            share=percent(most.allocated_share, language),
            price=yuan(most.allocated_per_enrolment_yuan),
            expected=yuan(expected),
        ),
    ]
