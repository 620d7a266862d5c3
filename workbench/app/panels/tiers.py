"""What every tier of a plan leads to, from 25 to 95 yuan.

Floor 10.
"""

from __future__ import annotations

from html import escape

import ipywidgets

from workbench.app.chart import Chart
from workbench.app.markup import details_html, figure, paragraph, table_html
from workbench.app.panels.parts import (
    Buttons,
    Tools,
    card,
    chart_labels,
    region,
    save_picture,
    save_table,
)
from workbench.app.seen import Seen
from workbench.show.charts import TierCurve, tier_chart
from workbench.show.numbers import number, per_cent, percent, probability
from workbench.show.reports import RULE

__all__ = ["TiersPanel", "tier_curve"]

STEP = 5
"""The table on the page has every fifth tier; files have them all."""


def tier_curve(seen: Seen, code: str) -> TierCurve:
    """Return the content of the picture of one plan."""
    rows = seen.documents["tiers"]["plans"][code]
    chances = [row["deficit_probability"]["value"] for row in rows]
    enough = [row["premium_yuan"] for row in rows if row["deficit_probability"]["value"] < RULE]
    return TierCurve(
        plan=code,
        premiums=[row["premium_yuan"] for row in rows],
        deficit_probability=chances,
        loss_ratio=[row["loss_ratio"]["value"] for row in rows],
        today=seen.pack.plan(code).premium_yuan,
        chosen=seen.value(f"price/plans/{code}/premium_yuan"),
        rule=RULE,
        allowed=(min(enough), rows[-1]["premium_yuan"]) if enough else None,
    )


def _labels(seen: Seen, curve: TierCurve) -> dict[str, str]:
    say, unit = seen.say, seen.say("unit.yuan")
    chance = seen.answer("run").result.result.plans[curve.plan].deficit_probability
    ending = "met" if chance.value < RULE else "from" if curve.allowed else "none"
    parts = {
        "plan": seen.plan(curve.plan),
        "premium": number(curve.chosen),
        "chance": probability(chance, seen.language),
        "tier": number(curve.allowed[0]) if curve.allowed else "",
        "rule": percent(RULE, seen.language, 0),
    }
    named = say(f"chart.tier_title_{ending}", **parts)
    return chart_labels(
        seen,
        "tier",
        ("subtitle", "axis", "probability", "loss_ratio"),
        title=named,
        alt=say("chart.tier_alt", title=named, **parts),
        unit=unit,
        per_cent=per_cent("", seen.language),
        today=say("chart.tier_today", premium=number(curve.today), unit=unit),
        chosen=say("chart.tier_chosen", **parts),
        rule=say("chart.tier_rule", rule=parts["rule"]),
        allowed=say("chart.tier_allowed", tier=parts["tier"], rule=parts["rule"], unit=unit),
    )


def _table(seen: Seen, code: str) -> str:
    """Every fifth tier and the one chosen."""
    say, money, yuan = seen.say, seen.say("unit.money"), seen.say("unit.yuan")
    chosen = seen.value(f"price/plans/{code}/premium_yuan")
    kinds = (
        ("premium_yuan", "number", yuan),
        ("loss_ratio", "percent", ""),
        ("loss_ratio_range", "range", ""),
        ("deficit_probability", "probability", ""),
        ("expected_shortfall_yuan", "money", money),
        ("expected_surplus_yuan", "money", money),
    )
    heads = [
        (
            say("head.with_unit", label=say(f"head.{key}"), unit=unit)
            if unit
            else say(f"head.{key}"),
            at > 0,
        )
        for at, (key, _, unit) in enumerate(kinds)
    ]
    rows = []
    for place, row in enumerate(seen.documents["tiers"]["plans"][code]):
        if row["premium_yuan"] % STEP == 0 or row["premium_yuan"] == chosen:
            at = f"tiers/plans/{code}/{place}"
            rows.append([figure(seen, f"{at}/{key}", kind) for key, kind, _ in kinds])
    return table_html(heads, rows)


class TiersPanel:
    """Picture and table of a plan's tiers; the reader chooses the plan."""

    def __init__(self, tools: Tools) -> None:
        self._chart = Chart(height=430)
        self._title, self._note, self._table = region(), region("wb-note"), region()
        self._choice = ipywidgets.ToggleButtons()
        self._choice.observe(tools.guarded(self._chosen), "value")
        self._code, self._placing = "", False
        self._seen: Seen | None = None
        self._buttons = Buttons(
            tools,
            {
                "page.save_picture": lambda: save_picture(self._chart, self._seen),
                "page.save_csv": lambda: save_table(tools, self._seen, "tiers", "tiers"),
            },
        )
        self.widget = card(
            self._title, self._choice, self._chart, self._note, self._table, self._buttons.widget
        )

    def _chosen(self, change: dict) -> None:
        if self._placing or self._seen is None:
            return
        if change["new"] in self._seen.pack.plan_codes:
            self._code = change["new"]
            self._draw(self._seen)

    def show(self, seen: Seen) -> None:
        """Show the answers."""
        from workbench.app.panels.answer import tightest_plan

        before, self._seen = self._seen, seen
        self._code = self._code or tightest_plan(seen)
        if before is None or before.language != seen.language:
            self._offer(seen)
            self._choice.tooltip = seen.say("page.tier_plan")
            title = escape(seen.say("page.tiers_title"))
            self._title.value = f'<h2 class="wb-section">{title}</h2>'
            self._buttons.show(seen.language)
        self._draw(seen)

    def stale(self, is_stale: bool) -> None:
        """Grey the picture while newer figures are on their way."""
        (self.widget.add_class if is_stale else self.widget.remove_class)("wb-stale")

    def _offer(self, seen: Seen) -> None:
        """Offer the plans by name; new options would choose the first by themselves."""
        self._placing = True
        try:
            self._choice.options = [(seen.plan(one), one) for one in seen.pack.plan_codes]
            self._choice.value = self._code
        finally:
            self._placing = False

    def _draw(self, seen: Seen) -> None:
        code = self._code
        curve = tier_curve(seen, code)
        self._chart.show(tier_chart(curve, _labels(seen, curve)))
        even = figure(seen, f"tiers/break_even_yuan/{code}", "price")
        told = seen.say("page.break_even", plan=escape(seen.plan(code)), figure=even)
        self._note.value = paragraph(told)
        table = details_html("tiers", seen.say("page.tiers_table"), _table(seen, code))
        self._table.value = f'<div data-answer-rev="{seen.asked.revision}">{table}</div>'
