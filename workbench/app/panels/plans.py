"""Plan by plan: status, what returns to members, how likely a deficit is, and how large.

Floor 10.
"""

from __future__ import annotations

from html import escape

from workbench.app.markup import figure, flowing, paragraph, plan_cell, table_html
from workbench.app.panels.answer import gap_kind, tightest_plan
from workbench.app.panels.parts import Buttons, Tools, card, region, save_table
from workbench.app.seen import OVER, Seen
from workbench.show.numbers import plain
from workbench.show.sentences import tightest_sentence
from workbench.show.status import LIMITS, STATUS_SIGNS, returns_little, status_of
from workbench.show.words import Words

__all__ = ["PlansPanel", "limits_text"]


def limits_text(say: Words) -> str:
    """Return the limits of the status in words."""
    return say(
        "page.status_limits", **{name: plain(share * 100, 0) for name, share in LIMITS.items()}
    )


def _status(seen: Seen, code: str) -> str:
    """Shape and word of a status, its limits on hover; and where little returns."""
    figures, say = seen.answer("run").result.result.plans[code], seen.say
    state, limits = status_of(figures), escape(limits_text(say))
    word = f"{STATUS_SIGNS[state]} {say(f'page.status_{state}')}"
    little = ""
    if returns_little(figures):
        little = f'<small class="wb-remark">{escape(say("page.returns_little"))}</small>'
    return f'<span class="wb-status-{state}" title="{limits}">{escape(word)}</span>{little}'


def _little(seen: Seen) -> str:
    """The plans that return little, in words with their figures; empty where there are none."""
    say, plans = seen.say, seen.answer("run").result.result.plans
    told = [
        say(
            "page.returns_little_one",
            plan=escape(seen.plan(code)),
            figure=figure(seen, f"price/plans/{code}/per_hundred/benefits", "hundred"),
        )
        for code in seen.pack.plan_codes
        if returns_little(plans[code])
    ]
    return say("page.returns_little_all", list=say("page.list_join").join(told)) if told else ""


def _row(seen: Seen, code: str) -> list[str]:
    at = f"run/plans/{code}" if code else "run/total"
    chance = f"{at}/deficit_probability"
    rare = seen.value(chance) < 0.001
    place, kind = f"{at}/expected_shortfall_yuan{OVER}{chance}", gap_kind(seen.language)
    gap = "—" if rare else figure(seen, place, kind)
    premium = figure(seen, f"price/plans/{code}/premium_yuan", "number") if code else ""
    return [
        plan_cell(seen, code),
        _status(seen, code) if code else "",
        premium,
        figure(seen, f"{at}/loss_ratio", "percent"),
        figure(seen, f"{at}/loss_ratio_range", "range"),
        figure(seen, chance, "probability"),
        gap,
        figure(seen, f"{at}/expected_surplus_yuan", "money"),
    ]


def _heads(say: Words) -> list[tuple[str, bool]]:
    money, yuan = say("unit.money"), say("unit.yuan")
    gap = say(f"unit.{gap_kind(say.language)}")
    return [
        (say("head.plan"), False),
        (say("page.head_status"), False),
        (say("head.with_unit", label=say("head.premium_yuan"), unit=yuan), True),
        (say("head.loss_ratio"), True),
        (say("page.head_range"), True),
        (say("head.deficit_probability"), True),
        (say("head.with_unit", label=say("head.mean_gap_yuan"), unit=gap), True),
        (say("head.with_unit", label=say("head.expected_surplus_yuan"), unit=money), True),
    ]


class PlansPanel:
    """The table of the plans."""

    def __init__(self, tools: Tools) -> None:
        self._region = region()
        self._seen: Seen | None = None
        self._buttons = Buttons(
            tools, {"page.save_csv": lambda: save_table(tools, self._seen, "run", "run")}
        )
        self.widget = card(self._region, self._buttons.widget)

    def show(self, seen: Seen) -> None:
        """Show the answers."""
        self._seen = seen
        say, tight = seen.say, tightest_plan(seen)
        plans = seen.answer("run").result.result.plans
        told = tightest_sentence(plans[tight], seen.plan(tight), seen.language)
        rows = [_row(seen, code) for code in (*seen.pack.plan_codes, "")]
        limits = paragraph(escape(limits_text(say)))
        self._region.value = (
            f'<h2 class="wb-section">{escape(say("page.plans_title"))}</h2>'
            f'<div class="wb-sentence wb-two">{flowing({"tightest": told}, seen.language)}'
            f"{paragraph(_little(seen), 'little')}</div>"
            f"{table_html(_heads(say), rows, total=True)}"
            f'<div class="wb-note">{limits}{paragraph(escape(say("page.range_note")))}</div>'
        )
        self._buttons.show(seen.language)
