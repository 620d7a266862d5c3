"""What every tier of the chosen plan leads to, from 25 to 95 yuan.

Floor 10.
"""

from __future__ import annotations

from html import escape
from typing import Any

from workbench.app.chart import Chart
from workbench.app.markup import details_html, figure, paragraph, table_html
from workbench.app.panels.choices import View
from workbench.app.panels.parts import (
    Buttons,
    LaterPanel,
    Tools,
    answered,
    card,
    chart_labels,
    region,
    save_picture,
    save_table,
)
from workbench.app.panels.tier_grid import tiers_of
from workbench.app.seen import Seen
from workbench.show.charts import TierCurve, tier_chart
from workbench.show.choosing import rule_name
from workbench.show.numbers import number, per_cent, percent, probability
from workbench.show.picture_parts import figure_of, value_of

__all__ = ["TiersPanel", "tier_curve"]

STEP = 5
"""The table on the page has every fifth tier; files have them all."""


def _verdict(seen: Seen, code: str, rule: str) -> dict[str, Any] | None:
    rules = seen.documents[tiers_of(seen)]["rules"]
    found: dict[str, Any] | None = rules[rule]["plans"][code] if rule in rules else None
    return found


def _limit(seen: Seen, rule: str) -> float | None:
    """The greatest deficit probability that the rule allows, None where it names none."""
    rules = seen.documents[tiers_of(seen)]["rules"]
    conditions = rules[rule]["conditions"] if rule in rules else []
    limits = [one["limit"] for one in conditions if one["figure"] == "deficit_probability"]
    return float(limits[0]) if limits else None


def tier_curve(seen: Seen, code: str, rule: str = "") -> TierCurve:
    """Return the content of the picture of one plan; `rule` is the code of a rule."""
    name = tiers_of(seen)
    rows, found = seen.documents[name]["plans"][code], _verdict(seen, code, rule)
    met = found is not None and found["least_yuan"] is not None
    process = seen.documents["tiers"]["plans"][code] if name != "tiers" else []
    return TierCurve(
        plan=code,
        premiums=[row["premium_yuan"] for row in rows],
        deficit_probability=[value_of(row["deficit_probability"]) for row in rows],
        loss_ratio=[value_of(row["loss_ratio"]) for row in rows],
        today=seen.pack.plan(code).premium_yuan,
        chosen=value_of(seen.documents[name]["in_force_yuan"][code]),
        rule=_limit(seen, rule),
        allowed=(found["least_yuan"], found["most_yuan"]) if found and met else None,
        process=[value_of(row["deficit_probability"]) for row in process] or None,
    )


def _ending(seen: Seen, code: str, rule: str) -> str:
    found = _verdict(seen, code, rule)
    if found is None:
        return "plain"
    return "met" if found["met"] else "none" if found["least_yuan"] is None else "not"


def _labels(seen: Seen, curve: TierCurve, rule: str) -> dict[str, str]:
    say, unit, code = seen.say, seen.say("unit.yuan"), curve.plan
    together = seen.documents[tiers_of(seen)]["together"]["in_force"]
    chance = figure_of(together["plans"][code]["deficit_probability"])
    chosen = next((one for one in seen.pack.rules if one.code == rule), None)
    parts = {
        "plan": seen.plan(code),
        "premium": number(curve.chosen),
        "chance": probability(chance, seen.language),
        "tier": number(curve.allowed[0]) if curve.allowed else "",
        "rule": rule_name(chosen, seen.language) if chosen else "",
    }
    named = say(f"page.tiers_curve_{_ending(seen, code, rule)}", **parts)
    ends = [number(one) for one in curve.allowed or (0, 0)]
    limit = "" if curve.rule is None else percent(curve.rule, seen.language, 0)
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
        rule=say("chart.tier_rule", rule=limit),
        allowed=say("page.tiers_curve_allowed", low=ends[0], high=ends[1]),
        process=say("chart.process"),
        parameters=say("basis.short_parameters"),
    )


def _table(seen: Seen, code: str) -> str:
    """Every fifth tier and the one chosen."""
    say, money, yuan, name = seen.say, seen.say("unit.money"), seen.say("unit.yuan"), tiers_of(seen)
    chosen = seen.documents[name]["in_force_yuan"][code]
    kinds = [
        ("premium_yuan", "number", yuan),
        ("loss_ratio", "percent", ""),
        ("loss_ratio_range", "range", ""),
        ("deficit_probability", "probability", ""),
        ("expected_shortfall_yuan", "money", money),
        ("expected_surplus_yuan", "money", money),
        ("scheme_surplus_yuan", "money", money),
    ]
    heads = [
        (
            say("head.with_unit", label=say(f"head.{key}"), unit=unit)
            if unit
            else say(f"head.{key}"),
            at > 0,
        )
        for at, (key, _, unit) in enumerate(kinds)
    ]
    if name != "tiers":
        kinds.append(("bands/deficit_probability", "range", ""))
        heads.append((say("page.tiers_band"), True))
    rows = []
    for place, row in enumerate(seen.documents[name]["plans"][code]):
        if row["premium_yuan"] % STEP == 0 or row["premium_yuan"] == chosen:
            at = f"{name}/plans/{code}/{place}"
            rows.append([figure(seen, f"{at}/{key}", kind) for key, kind, _ in kinds])
    return table_html(heads, rows)


class TiersPanel(LaterPanel):
    """Picture and table of the chosen plan's tiers."""

    def __init__(self, tools: Tools, view: View) -> None:
        self._view, self._chart = view, Chart(height=430)
        self.told = region()
        self._seen: Seen | None = None
        self._buttons = Buttons(
            tools,
            {
                "page.save_picture": lambda: save_picture(self._chart, self._seen),
                "page.save_csv": lambda: save_table(tools, self._seen, "tiers", "break_even"),
            },
        )
        self.widget = card(self._chart, self.told, self._buttons.widget)

    def wait(self, seen: Seen) -> None:
        """Put the buttons into the language."""
        self._buttons.show(seen.language)

    def show(self, seen: Seen) -> None:
        """Show the answers."""
        self._seen = seen
        self._buttons.show(seen.language)
        code, name = self._view.plan, tiers_of(seen)
        curve = tier_curve(seen, code, self._view.rule)
        self._chart.show(tier_chart(curve, _labels(seen, curve, self._view.rule)))
        even = figure(seen, f"{name}/break_even_yuan/{code}", "price")
        told = seen.say("page.break_even", plan=escape(seen.plan(code)), figure=even)
        table = details_html("tiers", seen.say("page.tiers_table"), _table(seen, code))
        note = f'<div class="wb-note">{paragraph(told)}</div>'
        self.told.value = answered(seen, note + table)
